/** Files as what a cluster is sent. Lines and documents: cut at line ends into bodies, framed as RowBinary. All read from disk as they go out. */
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Fault, reasonOf } from '../lib/fault.ts';
import type { FileLoad } from './engine.ts';

const BODY_BYTES = 1_048_576;
/** Longest line or document: it has to be in memory as a whole. */
const BODY_BYTES_MAX = 268_435_456;

interface Body {
  readonly firstLine: number;
  readonly bytes: Buffer;
}

/** The files as rows of `batch_id UInt64, first_line UInt64, body String` in RowBinary, read as they are sent. */
export async function* framesOf(load: FileLoad): AsyncGenerator<Buffer> {
  for (const name of load.files) {
    const batchId = BigInt(/^\d+/.exec(name)?.[0] ?? 0);
    const chunks = readChunks(join(load.folder, name));
    try {
      const bodies = load.unit === 'document' ? wholeBody(chunks) : lineBodies(chunks);
      for await (const body of bodies) yield frameOf(batchId, body);
    } catch (error) {
      if (error instanceof Fault) throw error;
      throw new Fault('invalid', `Cannot read the batch file ${name}: ${reasonOf(error)}`, { cause: error });
    }
  }
}

/** The bytes of the load's one file of rows, decompressed. */
export async function* rowBytesOf(load: FileLoad): AsyncGenerator<Buffer> {
  const name = load.files[0] ?? '';
  try {
    yield* readChunks(join(load.folder, name));
  } catch (error) {
    throw new Fault('invalid', `Cannot read the batch file ${name}: ${reasonOf(error)}`, { cause: error });
  }
}

function frameOf(batchId: bigint, { firstLine, bytes }: Body): Buffer {
  const numbers = Buffer.alloc(16);
  numbers.writeBigUInt64LE(batchId, 0);
  numbers.writeBigUInt64LE(BigInt(firstLine), 8);
  return Buffer.concat([numbers, lengthPrefix(bytes.length), bytes]);
}

/** A length as ClickHouse writes it: seven bits a byte, lowest first. */
function lengthPrefix(length: number): Buffer {
  const bytes: number[] = [];
  for (let rest = length; bytes.length === 0 || rest > 0; rest >>>= 7) {
    bytes.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
  }
  return Buffer.from(bytes);
}

function readChunks(path: string): AsyncIterable<Buffer> {
  const file = createReadStream(path, { highWaterMark: 262_144 });
  if (!path.endsWith('.gz')) return file;
  const gunzip = createGunzip({ chunkSize: 262_144 });
  pipeline(file, gunzip, () => undefined);
  return gunzip;
}

async function* wholeBody(chunks: AsyncIterable<Buffer>): AsyncGenerator<Body> {
  const parts: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of chunks) {
    sizeBytes += chunk.length;
    if (sizeBytes > BODY_BYTES_MAX) throw tooLong('document');
    parts.push(chunk);
  }
  yield { firstLine: 1, bytes: Buffer.concat(parts) };
}

/** Cuts at the last line end within each `BODY_BYTES`, or after the first line when that is longer. */
async function* lineBodies(chunks: AsyncIterable<Buffer>): AsyncGenerator<Body> {
  let parts: Buffer[] = [];
  let sizeBytes = 0;
  let wantedBytes = BODY_BYTES;
  let firstLine = 1;
  for await (const chunk of chunks) {
    parts.push(chunk);
    sizeBytes += chunk.length;
    if (sizeBytes < wantedBytes) continue;
    const cut = cutBodies(Buffer.concat(parts), firstLine);
    yield* cut.bodies;
    ({ firstLine } = cut);
    parts = [cut.rest];
    sizeBytes = cut.rest.length;
    if (sizeBytes > BODY_BYTES_MAX) throw tooLong('line');
    wantedBytes = Math.max(BODY_BYTES, 2 * sizeBytes);
  }
  const cut = cutBodies(Buffer.concat(parts), firstLine);
  yield* cut.bodies;
  if (cut.rest.length > 0) yield { firstLine: cut.firstLine, bytes: cut.rest };
}

interface Cut {
  readonly bodies: readonly Body[];
  readonly rest: Buffer;
  readonly firstLine: number;
}

/** All bodies that are certain whatever bytes follow, so that how a file arrives does not change how it is cut. */
function cutBodies(bytes: Buffer, line: number): Cut {
  const bodies: Body[] = [];
  let rest = bytes;
  let firstLine = line;
  for (let end = bodyEnd(rest); end >= 0; end = bodyEnd(rest)) {
    const body = rest.subarray(0, end);
    bodies.push({ firstLine, bytes: body });
    firstLine += lineEndsIn(body) + 1;
    rest = rest.subarray(end + 1);
  }
  return { bodies, rest, firstLine };
}

/** Where the next body ends, at a line end; -1 when more bytes are needed to tell. */
function bodyEnd(bytes: Buffer): number {
  if (bytes.length < BODY_BYTES) return -1;
  const end = bytes.lastIndexOf(LINE_END, BODY_BYTES - 1);
  return end >= 0 ? end : bytes.indexOf(LINE_END, BODY_BYTES);
}

const LINE_END = 0x0a;

function lineEndsIn(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(LINE_END); at >= 0; at = bytes.indexOf(LINE_END, at + 1)) count += 1;
  return count;
}

function tooLong(what: 'line' | 'document'): Fault {
  return new Fault('limit', `Cannot load the batch file: a ${what} is longer than ${BODY_BYTES_MAX} bytes.`);
}
