/** How far one stream of keys has been read: a place to list after, and what is known of the keys behind it. */
import { createHash } from 'node:crypto';
import type { ListedObject } from '../s3/s3.ts';
import type { StoredStream } from './bucket-listing-cursor.ts';
import { compareKeys, lookBack, type StreamName, type TimedKey, timedKey } from './bucket-listing-keys.ts';

/** What remembers which objects have been offered. */
export interface Memory {
  /** Whether this object, with this content, has not been seen yet. */
  isNew(object: ListedObject): boolean;
  /** Remembers it as under way; call what is returned when it need not be offered again. */
  begin(object: ListedObject): () => void;
}

interface Known {
  readonly etag: string;
  isUnderWay: boolean;
}

export interface StreamRequest {
  readonly stream: StreamName;
  /** The prefix that is watched. */
  readonly root: string;
  readonly overlapMs: number;
  /** The key to list after at first; empty for the beginning. */
  readonly start: string;
  /** Marks of keys after it that are settled. */
  readonly known: readonly string[];
}

const DAY_MS = 86_400_000;

export class StreamProgress implements Memory {
  readonly stream: StreamName;
  readonly #request: StreamRequest;
  /** Every object whose key sorts at or before it need not be listed again. Never moves back. */
  #start: string;
  /** The newest key seen. */
  #newest: TimedKey | undefined;
  #newestKey = '';
  /** Keys after `#start`: no more than the overlap holds, and what is under way. */
  readonly #known = new Map<string, Known>();
  /** Marks of what was known before a restart, until the first whole pass. */
  readonly #marks: Set<string>;

  constructor(request: StreamRequest) {
    this.stream = request.stream;
    this.#request = request;
    this.#start = request.start;
    this.#marks = new Set(request.known);
  }

  /** The key to list after; empty for the beginning. */
  get start(): string {
    return this.#start;
  }

  /** Notes the time of a key that was listed. A key from the future says nothing about the others, so it moves nothing. */
  see(key: string, timed: TimedKey, nowMs: number): void {
    if (timed.timeMs > nowMs + DAY_MS || compareKeys(key, this.#newestKey) <= 0) return;
    this.#newest = timed;
    this.#newestKey = key;
  }

  isNew(object: ListedObject): boolean {
    const known = this.#known.get(object.key);
    if (known !== undefined) return known.etag !== object.etag;
    if (!this.#marks.has(markOf(object.key, object.etag))) return true;
    this.#known.set(object.key, { etag: object.etag, isUnderWay: false });
    return false;
  }

  begin(object: ListedObject): () => void {
    const known: Known = { etag: object.etag, isUnderWay: true };
    this.#known.set(object.key, known);
    return () => {
      known.isUnderWay = false;
    };
  }

  /** To be called when the stream was listed to its end. */
  endPass(): void {
    this.#marks.clear();
  }

  /** Moves the start up to the overlap before the newest key or the first one under way, and forgets what is behind. */
  advance(): void {
    if (this.#newest === undefined) return;
    const { overlapMs, root } = this.#request;
    let start = lookBack(this.#newest, overlapMs);
    const first = this.#firstUnderWay();
    if (first !== undefined && compareKeys(first, this.#newestKey) < 0) {
      const timed = timedKey(first, root);
      if (timed === undefined) return;
      const held = lookBack(timed, overlapMs);
      if (compareKeys(held, start) < 0) start = held;
    }
    if (compareKeys(start, this.#start) <= 0) return;
    this.#start = start;
    for (const key of this.#known.keys()) if (compareKeys(key, start) <= 0) this.#known.delete(key);
  }

  /** What a restart needs; at most `marksMax` keys are marked as known, the rest would be offered again. */
  stored(marksMax: number): StoredStream {
    if (this.#marks.size + this.#known.size > marksMax)
      return { ...this.stream, start: this.#start, known: [] };
    const known = new Set(this.#marks);
    for (const [key, { etag, isUnderWay }] of this.#known) if (!isUnderWay) known.add(markOf(key, etag));
    return { ...this.stream, start: this.#start, known: [...known] };
  }

  #firstUnderWay(): string | undefined {
    let first: string | undefined;
    for (const [key, { isUnderWay }] of this.#known) {
      if (isUnderWay && (first === undefined || compareKeys(key, first) < 0)) first = key;
    }
    return first;
  }
}

/** Objects whose keys hold no time: remembered while there is room; beyond it they are offered at every look. */
export class LooseObjects implements Memory {
  readonly #known = new Map<string, string>();
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  get isFull(): boolean {
    return this.#known.size >= this.#max;
  }

  isNew(object: ListedObject): boolean {
    return this.#known.get(object.key) !== object.etag;
  }

  begin(object: ListedObject): () => void {
    if (!this.isFull || this.#known.has(object.key)) this.#known.set(object.key, object.etag);
    return () => undefined;
  }
}

/** 8 bytes that stand for a key and its content. */
function markOf(key: string, etag: string): string {
  return createHash('sha256').update(`${key}\n${etag}`).digest('base64url').slice(0, 11);
}
