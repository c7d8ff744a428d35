/**
 * Mends the engine's deduplication logs before it opens. The engine writes the token of an insert to the log and only
 * then moves the part into place; a kill between the two leaves a token that says "stored" for rows that are not, and
 * the repeated insert would be dropped. So an entry whose part is not on disk, alone or merged into another, is taken out.
 *
 * Layout of the store: `store/<3 hex>/<table uuid>/{<parts>/, deduplication_logs/deduplication_log_<n>.txt}`; a line of
 * a log is operation (1 added, 2 dropped), part, block id, separated by tabs (ClickHouse, MergeTreeDeduplicationLog).
 */
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Part {
  readonly partition: string;
  readonly minBlock: number;
  readonly maxBlock: number;
}

const PART_NAME = /^([^_]+)_(\d+)_(\d+)_\d+(?:_\d+)?$/;

/** Takes out entries whose part never landed; gives how many. The engine must not have the folder open. */
export function mendDeduplicationLogs(storeFolder: string): number {
  let mended = 0;
  const tables = join(storeFolder, 'store');
  for (const prefix of entriesOf(tables)) {
    for (const table of entriesOf(join(tables, prefix))) {
      mended += mendTable(join(tables, prefix, table), join(storeFolder, 'deduplication-log.partial'));
    }
  }
  return mended;
}

function mendTable(folder: string, partialPath: string): number {
  const logs = join(folder, 'deduplication_logs');
  const parts = entriesOf(folder).flatMap((name) => partOf(name) ?? []);
  let mended = 0;
  for (const name of entriesOf(logs)) {
    const path = join(logs, name);
    const lines = readFileSync(path, 'utf8').split('\n');
    const kept = lines.filter((line) => !isLost(line, parts));
    if (kept.length === lines.length) continue;
    // Not written beside the log: the engine reads every file of that folder as one.
    writeFileSync(partialPath, kept.join('\n'), { flush: true });
    renameSync(partialPath, path);
    mended += lines.length - kept.length;
  }
  return mended;
}

function isLost(line: string, parts: readonly Part[]): boolean {
  const [operation, name = ''] = line.split('\t');
  const logged = partOf(name);
  if (operation !== '1' || logged === undefined) return false;
  return !parts.some(
    (part) =>
      part.partition === logged.partition &&
      part.minBlock <= logged.minBlock &&
      part.maxBlock >= logged.maxBlock,
  );
}

function partOf(name: string): Part | undefined {
  const [, partition, minBlock, maxBlock] = PART_NAME.exec(name) ?? [];
  if (partition === undefined) return undefined;
  return { partition, minBlock: Number(minBlock), maxBlock: Number(maxBlock) };
}

function entriesOf(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
