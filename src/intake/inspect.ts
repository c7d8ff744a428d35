/** Looks at every byte of a batch once, before it is loaded: so that nothing the engine reads later can surprise it. */
import { createHash, type Hash, webcrypto } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { reasonOf } from '../lib/fault.ts';
import type { IntakeLimits } from './limits.ts';

export interface Inspection {
  readonly sizeBytes: number;
  readonly expandedBytes: number;
  readonly isCompressed: boolean;
  /** Length of the longest line; exact where it matters, above 64 KiB. */
  readonly lineBytesMax: number;
  /** The first bytes after decompression, up to 64 KiB. */
  readonly head: Buffer;
  /** SHA-256 of the bytes as they arrived; of the SHA-256s of its 4 MiB parts when there are several. */
  readonly sha256: string;
  /** SHA-256 of the decompressed bytes in hex, where it was asked for. */
  readonly contentSha256?: string;
  /** MD5 of the bytes as they arrived in hex, where it was asked for. */
  readonly md5?: string;
  /** Why the bytes cannot be loaded whatever their format; absent when they can. */
  readonly problem?: string;
}

const PART_BYTES = 4 * 1024 * 1024;
const HEAD_BYTES = 64 * 1024;

export interface InspectRequest {
  readonly limits: IntakeLimits;
  /** Whether a batch with this head is to be hashed as decompressed. */
  readonly isHashed: (head: Buffer) => boolean;
  /** Whether somebody says what its MD5 must be. */
  readonly hasMd5?: boolean;
}

/** Inspects a file of `sizeBytes` where it lies. */
export async function inspectFile(
  path: string,
  sizeBytes: number,
  request: InspectRequest,
): Promise<Inspection> {
  const isSmall = sizeBytes <= PART_BYTES;
  return inspect(isSmall ? wholeFile(path) : createReadStream(path, { highWaterMark: PART_BYTES }), request);
}

async function* wholeFile(path: string): AsyncGenerator<Uint8Array> {
  yield await readFile(path);
}

/** Inspects bytes as they pass; `keep` is given every chunk in order and awaited. */
export async function inspect(
  chunks: AsyncIterable<Uint8Array>,
  request: InspectRequest,
  keep?: (chunk: Uint8Array) => Promise<void>,
): Promise<Inspection> {
  const { limits } = request;
  const parts = new PartHash();
  const md5 = request.hasMd5 === true ? createHash('md5') : undefined;
  let reader: Reader | undefined;
  let sizeBytes = 0;
  let problem: string | undefined;
  for await (const chunk of chunks) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > limits.batchBytes) {
      problem = `larger than the limit for one batch, ${limits.batchBytes} bytes (intake.batch)`;
      break;
    }
    parts.add(chunk);
    md5?.update(chunk);
    reader ??= isGzip(chunk) ? new GzipReader(request) : new PlainReader(request);
    await reader.add(chunk);
    await keep?.(chunk);
  }
  reader ??= new PlainReader(request);
  problem ??= sizeBytes === 0 ? 'empty' : await reader.end();
  return {
    sizeBytes,
    expandedBytes: reader.text.bytes,
    isCompressed: reader instanceof GzipReader,
    lineBytesMax: reader.text.lineBytesMax,
    head: reader.text.head,
    sha256: await parts.digest(),
    ...hashOf(reader.text),
    ...(md5 === undefined ? {} : { md5: md5.digest('hex') }),
    ...(problem === undefined ? {} : { problem }),
  };
}

function hashOf(text: TextMeter): { readonly contentSha256?: string } {
  const contentSha256 = text.sha256();
  return contentSha256 === undefined ? {} : { contentSha256 };
}

function isGzip(chunk: Uint8Array): boolean {
  return chunk[0] === 0x1f && chunk[1] === 0x8b;
}

interface Reader {
  readonly text: TextMeter;
  add(chunk: Uint8Array): Promise<void>;
  /** Why the bytes are not whole, if they are not. */
  end(): Promise<string | undefined>;
}

/** Counts what comes by: bytes, the head, the longest line; and hashes it if its head says so. */
class TextMeter {
  bytes = 0;
  lineBytesMax = 0;
  #sinceNewline = 0;
  readonly #head: Uint8Array[] = [];
  #headBytes = 0;
  readonly #isHashed: (head: Buffer) => boolean;
  /** Nothing before the head is whole. */
  #hashing: { readonly hash: Hash | undefined } | undefined;

  constructor(request: InspectRequest) {
    this.#isHashed = request.isHashed;
  }

  get head(): Buffer {
    return Buffer.concat(this.#head);
  }

  add(chunk: Uint8Array): void {
    this.bytes += chunk.byteLength;
    if (this.#headBytes < HEAD_BYTES) {
      const piece = Buffer.from(chunk.subarray(0, HEAD_BYTES - this.#headBytes));
      this.#head.push(piece);
      this.#headBytes += piece.byteLength;
      if (piece.byteLength < chunk.byteLength)
        this.#beginHash().hash?.update(chunk.subarray(piece.byteLength));
    } else this.#beginHash().hash?.update(chunk);
    this.#measureLines(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
  }

  /** Of everything so far, in hex; nothing for what is not to be hashed. */
  sha256(): string | undefined {
    return this.#beginHash().hash?.digest('hex');
  }

  #beginHash(): { readonly hash: Hash | undefined } {
    if (this.#hashing !== undefined) return this.#hashing;
    const { head } = this;
    this.#hashing = { hash: this.#isHashed(head) ? createHash('sha256').update(head) : undefined };
    return this.#hashing;
  }

  /** Looks for one newline in every stretch of 64 KiB: a line longer than two stretches cannot hide. */
  #measureLines(chunk: Buffer): void {
    for (let start = 0; start < chunk.byteLength; start += HEAD_BYTES) {
      const stretch = chunk.subarray(start, start + HEAD_BYTES);
      const first = stretch.indexOf(10);
      if (first === -1) {
        this.#sinceNewline += stretch.byteLength;
      } else {
        this.lineBytesMax = Math.max(this.lineBytesMax, this.#sinceNewline + first);
        this.#sinceNewline = stretch.byteLength - stretch.lastIndexOf(10) - 1;
      }
    }
    this.lineBytesMax = Math.max(this.lineBytesMax, this.#sinceNewline);
  }
}

class PlainReader implements Reader {
  readonly text: TextMeter;

  constructor(request: InspectRequest) {
    this.text = new TextMeter(request);
  }

  async add(chunk: Uint8Array): Promise<void> {
    this.text.add(chunk);
  }

  async end(): Promise<string | undefined> {
    return undefined;
  }
}

class GzipReader implements Reader {
  readonly text: TextMeter;
  readonly #gunzip = createGunzip({ chunkSize: HEAD_BYTES * 4 });
  readonly #limits: IntakeLimits;
  #problem: string | undefined;
  #last: Buffer = Buffer.alloc(0);
  readonly #done: Promise<void>;

  constructor(request: InspectRequest) {
    this.text = new TextMeter(request);
    this.#limits = request.limits;
    this.#done = this.#drain();
  }

  async add(chunk: Uint8Array): Promise<void> {
    this.#last = Buffer.concat([this.#last, chunk.subarray(-4)]).subarray(-4);
    if (this.#problem !== undefined) return;
    if (this.#gunzip.write(chunk)) return;
    // An error ends the drain loop, which says what it was.
    const drained = once(this.#gunzip, 'drain').catch(() => undefined);
    await Promise.race([drained, this.#done]);
  }

  async end(): Promise<string | undefined> {
    if (this.#problem === undefined) this.#gunzip.end();
    await this.#done;
    return this.#problem ?? this.#trailerProblem();
  }

  /**
   * Bytes behind the last member are passed over by zlib. A gzip file ends with the size of its last member, which
   * cannot be more than the whole; zeros are padding.
   */
  #trailerProblem(): string | undefined {
    const claimed = this.#last.byteLength === 4 ? this.#last.readUInt32LE(0) : 0;
    return claimed > this.text.bytes ? 'damaged gzip: other bytes behind its end' : undefined;
  }

  async #drain(): Promise<void> {
    try {
      for await (const chunk of this.#gunzip as AsyncIterable<Buffer>) {
        this.text.add(chunk);
        if (this.text.bytes > this.#limits.expandedBytes) {
          this.#problem = `expands beyond the limit for one batch, ${this.#limits.expandedBytes} bytes (intake.expanded)`;
          return;
        }
      }
    } catch (error) {
      this.#problem = `damaged gzip: ${reasonOf(error)}`;
    }
  }
}

/** SHA-256 in the thread pool, part by part, so that large files hash beside other work. */
class PartHash {
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  readonly #digests: Promise<ArrayBuffer>[] = [];

  add(chunk: Uint8Array): void {
    let rest = chunk;
    while (this.#pendingBytes + rest.byteLength >= PART_BYTES) {
      const room = PART_BYTES - this.#pendingBytes;
      this.#pending.push(rest.subarray(0, room));
      this.#flush();
      rest = rest.subarray(room);
    }
    if (rest.byteLength === 0) return;
    this.#pending.push(rest);
    this.#pendingBytes += rest.byteLength;
  }

  async digest(): Promise<string> {
    const whole = createHash('sha256');
    if (this.#digests.length === 0) {
      for (const piece of this.#pending) whole.update(piece);
      return whole.digest('hex');
    }
    if (this.#pendingBytes > 0) this.#flush();
    for (const digest of await Promise.all(this.#digests)) whole.update(new Uint8Array(digest));
    return `parts-${whole.digest('hex')}`;
  }

  #flush(): void {
    this.#digests.push(webcrypto.subtle.digest('SHA-256', Buffer.concat(this.#pending)));
    this.#pending = [];
    this.#pendingBytes = 0;
  }
}
