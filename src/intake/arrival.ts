/** How an offered batch becomes a spooled one: fetched if need be, every byte looked at, named by its identity. */
import { createHash } from 'node:crypto';
import { open, rm, stat } from 'node:fs/promises';
import { Fault } from '../lib/fault.ts';
import { FORMATS, guessFormat } from '../formats/all.ts';
import type { BatchDescription, Format } from '../formats/format.ts';
import type { Clock } from '../lib/clock.ts';
import type { OfferedBatch } from '../sources/source.ts';
import { type Inspection, type InspectRequest, inspect, inspectFile } from './inspect.ts';
import { type IntakeLimits, LOAD_BYTES } from './limits.ts';
import { fileStamp, type Spool, type SpooledBatch } from './spool.ts';

export interface ArrivalParts {
  readonly spool: Spool;
  readonly clock: Clock;
  readonly limits: IntakeLimits;
}

/** A batch in the spool, and either the format it is to be read as or why it cannot be read at all. */
export type Arrival =
  | {
      readonly kind: 'readable';
      readonly batch: SpooledBatch;
      readonly format: Format;
      readonly isLarge: boolean;
    }
  | {
      readonly kind: 'unreadable';
      readonly batch: SpooledBatch;
      readonly format: Format | undefined;
      readonly reason: string;
    };

/** The year 2106: what the engine's seconds end at. */
const TIME_MS_MAX = 4_294_967_295_000;

/** The id of a batch: the first 8 bytes of the SHA-256 of its identity, in decimal. */
export function batchIdOf(identity: string): string {
  return createHash('sha256').update(identity).digest().readBigUInt64BE(0).toString();
}

/** The identity of a batch that has one before its bytes are read. */
export function announcedIdentity(offered: OfferedBatch): string | undefined {
  return offered.etag === undefined ? undefined : `${offered.origin}#${offered.etag}`;
}

/** Fetches and inspects a batch. Throws the source's `Fault` when it cannot be fetched; then nothing is left behind. */
export async function receive(
  offered: OfferedBatch,
  source: string,
  parts: ArrivalParts,
  signal: AbortSignal,
): Promise<Arrival> {
  const taken =
    offered.content.kind === 'file'
      ? await takeFile(offered, offered.content.path, parts)
      : await takeStream(offered, parts, signal);
  const { inspection } = taken;
  const identity = offered.identity ?? announcedIdentity(offered) ?? contentIdentity(offered, inspection);
  const batch: SpooledBatch = {
    batchId: batchIdOf(identity),
    source,
    origin: offered.origin,
    identity,
    sizeBytes: inspection.sizeBytes,
    expandedBytes: inspection.expandedBytes,
    isCompressed: inspection.isCompressed,
    receivedMs: parts.clock.nowMs(),
    ...deliveryOf(offered),
    ...(offered.namespace === undefined ? {} : { namespace: offered.namespace }),
    ...(offered.description === undefined ? {} : { description: offered.description }),
    ...(inspection.contentSha256 === undefined ? {} : { contentSha256: inspection.contentSha256 }),
    path: taken.path,
    spoolBytes: taken.stamp === undefined ? inspection.sizeBytes : 0,
    ...(taken.stamp === undefined ? {} : { fileStamp: taken.stamp }),
  };
  const format = formatOf(offered, inspection);
  const reason = offered.refusal ?? problemOf(batch, inspection, { format, limits: parts.limits });
  if (reason !== undefined || format === undefined) {
    return { kind: 'unreadable', batch, format, reason: reason ?? 'of no known format' };
  }
  return { kind: 'readable', batch, format, isLarge: isLarge(batch, format) };
}

/** The same bytes of two namespaces tell of different buckets. */
function contentIdentity({ namespace }: OfferedBatch, { sha256 }: Inspection): string {
  return `${namespace === undefined ? '' : `${namespace}:`}sha256:${sha256}`;
}

/** A time that the ledger can hold; files may carry any. */
function deliveryOf({ deliveredMs }: OfferedBatch): { readonly deliveredMs?: number } {
  const isTime = deliveredMs !== undefined && deliveredMs > 0 && deliveredMs < TIME_MS_MAX;
  return isTime ? { deliveredMs: Math.round(deliveredMs) } : {};
}

interface Taken {
  readonly path: string;
  readonly inspection: Inspection;
  /** Present for a file that is read in place. */
  readonly stamp?: string;
}

async function takeFile(offered: OfferedBatch, path: string, parts: ArrivalParts): Promise<Taken> {
  const stamp = await fileStamp(path);
  if (stamp === undefined) throw new Fault('not_found', `Cannot read ${path}: it is gone.`);
  const inspection = await inspectFile(path, (await stat(path)).size, inspectRequest(offered, parts));
  return { path, inspection, stamp };
}

async function takeStream(offered: OfferedBatch, parts: ArrivalParts, signal: AbortSignal): Promise<Taken> {
  if (offered.content.kind !== 'stream') throw new Error('not a stream');
  const path = parts.spool.incomingPath();
  const file = await open(path, 'wx', 0o600);
  try {
    const chunks = await offered.content.open(signal);
    const inspection = await inspect(chunks, inspectRequest(offered, parts), async (chunk) => {
      signal.throwIfAborted();
      await file.writeFile(chunk);
    });
    await file.sync();
    await file.close();
    return { path, inspection };
  } catch (error) {
    await file.close();
    await rm(path, { force: true });
    throw error;
  }
}

function inspectRequest(offered: OfferedBatch, { limits }: ArrivalParts): InspectRequest {
  return {
    limits,
    isHashed: (head) => formatOf(offered, { head })?.isHashed === true,
    hasMd5: offered.description?.md5 !== undefined,
  };
}

function formatOf(offered: OfferedBatch, inspection: Pick<Inspection, 'head'>): Format | undefined {
  const name = (offered.origin.split('/').at(-1) ?? '').replace(/\.gz$/, '');
  return guessFormat({ name, head: inspection.head }, offered.format);
}

/** A file of rows is a load of its own: how it reads is its own too. */
function isLarge({ expandedBytes }: SpooledBatch, { unit, decode }: Format): boolean {
  return unit === 'row' || (unit === 'line' && decode === undefined && expandedBytes > LOAD_BYTES);
}

interface Judged {
  readonly format: Format | undefined;
  readonly limits: IntakeLimits;
}

/** Why the batch cannot be loaded; nothing when it can. */
function problemOf(
  { description }: SpooledBatch,
  inspection: Inspection,
  { format, limits }: Judged,
): string | undefined {
  return (
    descriptionProblem(description, inspection) ??
    inspection.problem ??
    (format?.unit === 'row'
      ? rowProblem(description, inspection, limits)
      : formatProblem(inspection, format, limits))
  );
}

function descriptionProblem(
  description: BatchDescription | undefined,
  { sizeBytes, md5 }: Inspection,
): string | undefined {
  if (description?.sizeBytes !== undefined && description.sizeBytes !== sizeBytes) {
    return `has ${sizeBytes} bytes, and its manifest says ${description.sizeBytes}`;
  }
  if (description?.md5 !== undefined && description.md5 !== md5) {
    return `its MD5 is ${md5}, and its manifest says ${description.md5}`;
  }
  return undefined;
}

function rowProblem(
  description: BatchDescription | undefined,
  { lineBytesMax }: Inspection,
  { lineBytes }: IntakeLimits,
): string | undefined {
  if (description === undefined) {
    return 'a data file of a report, which reads only with its manifest: load the manifest.json of the report';
  }
  return description.rows.encoding === 'csv' ? lineProblem(lineBytesMax, lineBytes) : undefined;
}

function lineProblem(lineBytesMax: number, lineBytes: number): string | undefined {
  return lineBytesMax > lineBytes
    ? `has a line longer than the limit, ${lineBytes} bytes (intake.line)`
    : undefined;
}

function formatProblem(
  inspection: Inspection,
  format: Format | undefined,
  limits: IntakeLimits,
): string | undefined {
  if (format === undefined) {
    const titles = FORMATS.map((known) => known.title).join(', ');
    return `of no known format: its beginning is not that of a ${titles}; name the format if it is one`;
  }
  const isWhole = format.unit === 'document' || format.decode !== undefined;
  if (isWhole && inspection.expandedBytes > limits.documentBytes) {
    return `longer than the limit for a ${format.title}, ${limits.documentBytes} bytes (intake.document)`;
  }
  return isWhole ? undefined : lineProblem(inspection.lineBytesMax, limits.lineBytes);
}
