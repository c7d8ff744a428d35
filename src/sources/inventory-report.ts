/**
 * Reports of S3 Inventory. A report arrives as `<config>/<time>/manifest.json`, `<config>/hive/dt=<time>/symlink.txt` and files
 * under `<config>/data/`. The manifest stands for the report: its data files are offered as batches, described by it.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory-location.html
 */
import { createHash } from 'node:crypto';
import type { BatchDescription } from '../formats/format.ts';
import { describe, layoutOfName, type ManifestFile, readManifest } from '../formats/inventory/manifest.ts';
import { Fault } from '../lib/fault.ts';
import type { OfferedBatch } from './source.ts';

/** What a key or path is to a report. */
export type ReportRole = 'manifest' | 'symlink' | 'checksum' | 'data';

/** Where reports are: an S3 bucket, folders of this machine. Keys are whole, with `/` between their parts. */
export interface ReportPlace {
  /** The bytes of a small file; nothing when there is none. Throws a `Fault` when nobody can tell. */
  read(key: string): Promise<Buffer | undefined>;
  /** The file as it is now, ready to be offered; nothing when there is none. */
  find(key: string): Promise<FoundFile | undefined>;
  /** Its URI. */
  originOf(key: string): string;
}

export type FoundFile = Pick<OfferedBatch, 'origin' | 'etag' | 'deliveredMs' | 'content'>;

interface DataFile {
  readonly key: string;
  readonly description: BatchDescription;
}

const TIME = String.raw`20\d\d-[01]\d-[0-3]\dT[0-2]\d-[0-5]\dZ`;
const ROLES: readonly (readonly [RegExp, ReportRole])[] = [
  [new RegExp(`(?:^|/)${TIME}/manifest\\.json$`), 'manifest'],
  [new RegExp(`(?:^|/)${TIME}/manifest\\.checksum$`), 'checksum'],
  [/(?:^|\/)hive\/dt=20\d\d-[01]\d-[0-3]\d-[0-2]\d-[0-5]\d\/symlink\.txt$/, 'symlink'],
  [/(?:^|\/)data\/[^/]+\.(?:csv\.gz|parquet|orc)$/, 'data'],
];
const LINES_MAX = 100_000;

/** What the key is to a report; nothing when it is no part of one. */
export function roleOf(key: string): ReportRole | undefined {
  return ROLES.find(([pattern]) => pattern.test(key))?.[1];
}

/** The manifest or symlink.txt whose writing says that a report is complete: the checksum is written last. */
export function reportKeyOf(key: string): string | undefined {
  const role = roleOf(key);
  if (role === 'checksum') return key.replace(/checksum$/, 'json');
  return role === 'manifest' || role === 'symlink' ? key : undefined;
}

/** The folder of a report's inventory configuration, with its `/`. */
export function configFolderOf(key: string): string {
  const levels = { manifest: 2, checksum: 2, symlink: 3, data: 2 };
  const role = roleOf(key);
  const kept = key.split('/').slice(0, role === undefined ? 0 : -levels[role]);
  return kept.length === 0 ? '' : `${kept.join('/')}/`;
}

/**
 * Offers the data files of the report of a manifest or symlink.txt. `ended` hears once what became of it: nothing when the
 * ledger has all of them, or why the report has to be offered again. A report that cannot be read is a batch refused with
 * the reason.
 */
export async function* offersOfReport(
  key: string,
  ended: (failure: string | undefined) => void | Promise<void>,
  place: ReportPlace,
): AsyncGenerator<OfferedBatch> {
  let files: readonly DataFile[] | { readonly refusal: string };
  let manifest: FoundFile | undefined;
  try {
    files = await filesOfReport(key, place);
    manifest = 'refusal' in files ? await place.find(key) : undefined;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    await ended(error.message);
    return;
  }
  const offers: readonly (DataFile | { readonly key: string; readonly refusal: string })[] =
    'refusal' in files ? [{ key, ...files }] : files;
  let left = offers.length;
  let failure: string | undefined;
  const settle = async (): Promise<void> => {
    left -= 1;
    if (left <= 0) await ended(failure);
  };
  if (left === 0) await ended(undefined);
  for (const { key: fileKey, ...known } of offers) {
    yield {
      ...(manifest ?? (await foundOf(fileKey, place))),
      ...known,
      format: 'inventory',
      acknowledge: settle,
      failed: (reason) => {
        failure ??= reason;
        void settle();
      },
    };
  }
}

/** A data file to be offered; one that is not there, or cannot be looked up, fails as it is fetched. */
async function foundOf(key: string, place: ReportPlace): Promise<FoundFile> {
  let fault: Fault;
  try {
    const found = await place.find(key);
    if (found !== undefined) return found;
    fault = new Fault(
      'not_found',
      `Cannot read ${place.originOf(key)}: the report names it and it is not there.`,
    );
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    fault = error;
  }
  return { origin: place.originOf(key), content: { kind: 'stream', open: () => Promise.reject(fault) } };
}

async function filesOfReport(
  key: string,
  place: ReportPlace,
): Promise<readonly DataFile[] | { readonly refusal: string }> {
  const folder = configFolderOf(key);
  if (roleOf(key) !== 'symlink') return filesOfManifest(key, await place.read(key), place);
  const time = /dt=(\d{4}-\d\d-\d\d)-(\d\d)-(\d\d)\//.exec(key);
  const manifestKey = `${folder}${time?.[1]}T${time?.[2]}-${time?.[3]}Z/manifest.json`;
  const bytes = await place.read(manifestKey);
  if (bytes !== undefined) return filesOfManifest(manifestKey, bytes, place);
  const createdMs = Date.parse(`${time?.[1]}T${time?.[2]}:${time?.[3]}:00Z`);
  return filesOfSymlink(folder, createdMs, await place.read(key));
}

async function filesOfManifest(
  key: string,
  bytes: Buffer | undefined,
  place: ReportPlace,
): Promise<readonly DataFile[] | { readonly refusal: string }> {
  if (bytes === undefined) throw new Fault('not_found', `Cannot read ${place.originOf(key)}: it is gone.`);
  const checksum = (await place.read(key.replace(/json$/, 'checksum')))?.toString('latin1').trim();
  const md5 = createHash('md5').update(bytes).digest('hex');
  if (checksum !== undefined && checksum.toLowerCase() !== md5) {
    return { refusal: `its MD5 is ${md5}, and manifest.checksum says "${checksum.slice(0, 64)}"` };
  }
  const manifest = readManifest(bytes.toString('utf8'));
  if ('problem' in manifest) return { refusal: manifest.problem };
  const folder = configFolderOf(key);
  const placed = manifest.files.map((file) => ({ file, tail: tailOf(file, manifest.sourceBucket) }));
  const configId = placed.find(({ tail }) => tail.configId !== '')?.tail.configId ?? nameOf(folder);
  const description = describe({ ...manifest, configId }, manifest.rows);
  return placed.map(({ file: { md5: fileMd5, sizeBytes }, tail }) => ({
    key: folder + tail.path,
    description: {
      ...description,
      ...(fileMd5 === undefined ? {} : { md5: fileMd5 }),
      ...(sizeBytes === undefined ? {} : { sizeBytes }),
    },
  }));
}

/**
 * Where a data file is below the folder of its configuration. Not what the manifest says is above it: a report that was copied
 * is read where it lies, and a key from outside leads nowhere else.
 */
function tailOf(
  { key }: ManifestFile,
  sourceBucket: string,
): { readonly path: string; readonly configId: string } {
  const parts = key.split('/').filter((part) => part !== '' && part !== '.' && part !== '..');
  const at = parts.lastIndexOf(sourceBucket);
  const isBelow = at >= 0 && at + 2 < parts.length;
  const path = isBelow ? parts.slice(at + 2).join('/') : `data/${parts.at(-1) ?? ''}`;
  return { path, configId: isBelow ? (parts[at + 1] ?? '') : '' };
}

/** Without a manifest the folders tell what the report is of, and Parquet and ORC how they read. */
function filesOfSymlink(
  folder: string,
  createdMs: number,
  bytes: Buffer | undefined,
): readonly DataFile[] | { readonly refusal: string } {
  const lines = (bytes?.toString('utf8') ?? '').split('\n').map((line) => line.trim());
  const keys = lines.filter((line) => line !== '').slice(0, LINES_MAX);
  const sourceBucket = nameOf(folder.replace(/[^/]*\/$/, ''));
  const files: DataFile[] = [];
  for (const key of keys) {
    const rows = layoutOfName(key);
    if (rows === undefined) return { refusal: CSV_ALONE };
    const description = describe({ sourceBucket, configId: nameOf(folder), createdMs }, rows);
    files.push({ key: folder + tailOf({ key }, sourceBucket).path, description });
  }
  return files;
}

const CSV_ALONE =
  'it lists files that are neither Parquet nor ORC, and CSV reads only with the manifest.json of the report, which names its columns';

/** The last part of a folder. */
function nameOf(folder: string): string {
  return folder.split('/').at(-2) ?? '';
}
