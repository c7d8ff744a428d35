/** What was rejected, offered again: after an upgrade, or when somebody mended the bytes at their origin. */
import { createReadStream, type Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Engine } from '../engine/engine.ts';
import { FORMATS } from '../formats/all.ts';
import type { Format, FormatName } from '../formats/format.ts';
import type { Clock } from '../lib/clock.ts';
import type { OfferedBatch, Source, SourceStatus } from '../sources/source.ts';
import type { Spool } from './spool.ts';

interface RejectedParts {
  readonly spool: Spool;
  readonly engine: Engine;
  readonly clock: Clock;
}

interface RejectedBatch {
  readonly id: string;
  readonly origin: string;
  readonly identity: string;
  readonly namespace: string;
  readonly format: FormatName | '';
  readonly loaded_at: string;
  readonly delivered_ms: string | number | null;
}

interface RejectedRecord {
  readonly id: string;
  readonly line_number: number;
  readonly line: string;
}

/** Records of one format offered as one batch, all of a line or none; what is beyond waits for the next retry. */
const RECORDS_AT_ONCE = 100_000;
const DELETES_AT_ONCE = 5_000;

export function openRejected(parts: RejectedParts): Source {
  return {
    name: 'retry',
    kind: 'files',
    location: 'rejected batches and records',
    batches: () => rejectedBatches(parts),
    status: (): SourceStatus => ({ state: 'idle', message: '', lastCheckedMs: 0, requests: {} }),
  };
}

async function* rejectedBatches(parts: RejectedParts): AsyncGenerator<OfferedBatch> {
  const batches = await parts.engine.query<RejectedBatch>(
    "select toString(batch_id) as id, origin, identity, namespace, format, loaded_at, toUnixTimestamp64Milli(delivered_at) as delivered_ms from batches where state = 'rejected' order by batches.loaded_at limit 100000",
  );
  for (const batch of batches) {
    const kept = parts.spool.rejectedPath(batch.id);
    const description = await parts.spool.rejectedDescription(batch.id);
    // What a source refused, or a data file without its manifest, is its source's to offer again.
    if (description === undefined && isOfRows(batch.format)) continue;
    const described =
      description === undefined || batch.format === '' ? {} : { format: batch.format, description };
    const origin = batch.origin.startsWith('file://') ? fileURLToPath(batch.origin) : undefined;
    if ((await fileAt(kept)) !== undefined) yield { ...offerKept(batch, kept, parts), ...described };
    else if (origin !== undefined) {
      for await (const offered of offerOrigin(batch, origin, parts.engine))
        yield { ...offered, ...described };
    }
  }
  // A row of a file is no line that could be read again: the file has to be.
  for (const format of FORMATS.filter(({ name }) => !isOfRows(name))) {
    const records = await recordsOf(format.name, parts.engine);
    for (const [namespace, some] of await byNamespace(format, records, parts.engine))
      yield offerRecords({ format: format.name, namespace }, some, parts);
  }
}

function isOfRows(name: FormatName | ''): boolean {
  return FORMATS.some((format) => format.name === name && format.unit === 'row');
}

async function fileAt(path: string): Promise<Stats | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() === true ? found : undefined;
}

/** The bytes that were kept, under the identity they had; dropped once they are loaded. */
function offerKept(batch: RejectedBatch, path: string, { engine, spool }: RejectedParts): OfferedBatch {
  return {
    origin: batch.origin,
    identity: batch.identity,
    ...(batch.delivered_ms === null ? {} : { deliveredMs: Number(batch.delivered_ms) }),
    ...namespaceOf(batch),
    content: { kind: 'stream', open: async () => createReadStream(path) },
    acknowledge: async () => {
      const [row] = await engine.query(
        `select 1 from batches where batch_id = toUInt64(${batch.id}) and state = 'loaded'`,
      );
      if (row !== undefined) await spool.forgetRejected(batch.id);
    },
    failed: () => {},
  };
}

/** The file where it lies; whatever comes of it now takes the place of its old rejection, also when its bytes changed. */
async function* offerOrigin(
  batch: RejectedBatch,
  path: string,
  engine: Engine,
): AsyncGenerator<OfferedBatch> {
  const file = await fileAt(path);
  if (file === undefined) return;
  yield {
    origin: batch.origin,
    deliveredMs: file.mtimeMs,
    ...namespaceOf(batch),
    content: { kind: 'file', path },
    acknowledge: () =>
      engine.applyDdl(
        `delete from batches where batch_id = toUInt64(${batch.id}) and state = 'rejected' and loaded_at <= '${batch.loaded_at}'`,
      ),
    failed: () => {},
  };
}

function recordsOf(format: FormatName, engine: Engine): Promise<RejectedRecord[]> {
  return engine.query<RejectedRecord>(
    `select toString(batch_id) as id, line_number, line from rejects where format = '${format}'
     order by rejects.batch_id, rejects.line_number limit ${RECORDS_AT_ONCE} with ties`,
  );
}

/** The records by the namespace their batches had; only formats that decode can have one. */
async function byNamespace(
  format: Format,
  records: readonly RejectedRecord[],
  engine: Engine,
): Promise<Map<string, RejectedRecord[]>> {
  const namespaces = new Map<string, string>();
  const ids = format.decode === undefined ? [] : [...new Set(records.map(({ id }) => id))];
  for (let start = 0; start < ids.length; start += DELETES_AT_ONCE) {
    const some = ids.slice(start, start + DELETES_AT_ONCE).map((id) => `toUInt64(${id})`);
    const rows = await engine.query<{ id: string; namespace: string }>(
      `select toString(batch_id) as id, namespace from batches where namespace != '' and batch_id in (${some.join(', ')})`,
    );
    for (const { id, namespace } of rows) namespaces.set(id, namespace);
  }
  return Map.groupBy(records, ({ id }) => namespaces.get(id) ?? '');
}

function namespaceOf({ namespace }: { readonly namespace: string }): { readonly namespace?: string } {
  return namespace === '' ? {} : { namespace };
}

/** The records as a batch of lines; once it is in the ledger the old rejects go: those that failed again are there anew. */
function offerRecords(
  of: { readonly format: FormatName; readonly namespace: string },
  records: readonly RejectedRecord[],
  parts: RejectedParts,
): OfferedBatch {
  const nowMs = parts.clock.nowMs();
  const text = records.map((record) => record.line).join('\n');
  return {
    origin: `rejects:${of.format}`,
    etag: `${nowMs}${of.namespace === '' ? '' : `-${of.namespace}`}`,
    format: of.format,
    ...namespaceOf(of),
    content: { kind: 'stream', open: async () => lines(text) },
    acknowledge: () => deleteRecords(records, parts.engine),
    failed: () => {},
  };
}

async function* lines(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(`${text}\n`);
}

async function deleteRecords(records: readonly RejectedRecord[], engine: Engine): Promise<void> {
  for (let start = 0; start < records.length; start += DELETES_AT_ONCE) {
    const pairs = records
      .slice(start, start + DELETES_AT_ONCE)
      .map((record) => `(toUInt64(${record.id}), ${record.line_number})`)
      .join(', ');
    await engine.applyDdl(`delete from rejects where (batch_id, line_number) in (${pairs})`);
  }
}
