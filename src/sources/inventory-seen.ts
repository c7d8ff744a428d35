/** Which reports of S3 Inventory a source has come by, and the data files beside which there was none. */
import { configFolderOf, roleOf } from './inventory-report.ts';

const KEPT_MAX = 10_000;

export class ReportsSeen {
  /** Folders that need no look: of reports that are settled, and of the same reports in Hive's layout. */
  readonly #known = new Set<string>();
  readonly #configFolders = new Set<string>();
  readonly #alone = new Set<string>();

  /** A manifest was come by. */
  see(key: string): void {
    if (roleOf(key) !== 'manifest') return;
    const configFolder = configFolderOf(key);
    const time = /(\d{4}-\d\d-\d\d)T(\d\d-\d\d)Z\/[^/]*$/.exec(key);
    this.#configFolders.add(configFolder);
    this.#known.add(`${configFolder}hive/dt=${time?.[1]}-${time?.[2]}/`);
  }

  /** The report of this manifest is in the ledger. */
  settle(key: string): void {
    if (roleOf(key) === 'manifest') this.#known.add(folderOf(key));
  }

  /** A data file was come by; the manifest beside it, if there is one, offers it. */
  pass(key: string): void {
    const isAlone = !this.#configFolders.has(configFolderOf(key));
    if (isAlone && this.#alone.size < KEPT_MAX) this.#alone.add(key);
  }

  /** Whether nothing of the folder is to be looked at: a manifest tells all that is in it. */
  isKnown(folder: string): boolean {
    if (this.#known.has(folder)) return true;
    return folder.endsWith('/data/') && this.#configFolders.has(folder.slice(0, -'data/'.length));
  }

  /** What was left alone, for people; empty when nothing was. */
  note(): string {
    const [first] = this.#alone;
    if (first === undefined) return '';
    const { size } = this.#alone;
    const files =
      size === 1
        ? `${first} is`
        : `${size === KEPT_MAX ? 'At least ' : ''}${size} files (first ${first}) are`;
    return `${files} left alone: data of an inventory report is loaded by its manifest.json, and there is none beside it.`;
  }
}

function folderOf(key: string): string {
  return key.slice(0, key.lastIndexOf('/') + 1);
}
