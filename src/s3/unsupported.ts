/** What the stores at an endpoint do not offer, so that it is asked once a day and not once a bucket. */
import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock } from '../lib/clock.ts';
import { replaceFile } from '../lib/durable.ts';

/** How long it is believed. */
const AGE_MS_MAX = 86_400_000;

interface Remembered {
  readonly reason: string;
  readonly askedMs: number;
}

/** Reads and keeps one file. A file that cannot be read or written costs no more than repeated questions. */
export class Unsupported {
  readonly #path: string;
  readonly #clock: Clock;
  #known: Promise<Map<string, Remembered>> | undefined;
  #turn: Promise<void> = Promise.resolve();

  constructor(path: string, parts: { readonly clock: Clock }) {
    this.#path = path;
    this.#clock = parts.clock;
  }

  /** The reason for not asking; nothing when it is to be asked. */
  async reason(endpoint: string, aspect: string): Promise<string | undefined> {
    const known = (await this.#read()).get(keyOf(endpoint, aspect));
    const isFresh = known !== undefined && this.#clock.nowMs() - known.askedMs < AGE_MS_MAX;
    return isFresh ? known.reason : undefined;
  }

  async remember(endpoint: string, aspect: string, reason: string): Promise<void> {
    const known = await this.#read();
    known.set(keyOf(endpoint, aspect), { reason, askedMs: this.#clock.nowMs() });
    await this.#write(known);
  }

  /** It is offered after all. */
  async forget(endpoint: string, aspect: string): Promise<void> {
    const known = await this.#read();
    if (known.delete(keyOf(endpoint, aspect))) await this.#write(known);
  }

  #read(): Promise<Map<string, Remembered>> {
    this.#known ??= readFile(this.#path, 'utf8').then(rememberedIn, () => new Map<string, Remembered>());
    return this.#known;
  }

  async #write(known: ReadonlyMap<string, Remembered>): Promise<void> {
    this.#turn = this.#turn.then(async () => {
      const entries = [...known].map(([key, remembered]) => ({ key, ...remembered }));
      await mkdir(dirname(this.#path), { recursive: true });
      await replaceFile(this.#path, JSON.stringify({ version: 1, entries }));
    });
    this.#turn = this.#turn.catch(() => undefined);
    await this.#turn;
  }
}

function keyOf(endpoint: string, aspect: string): string {
  return `${endpoint} ${aspect}`;
}

function rememberedIn(text: string): Map<string, Remembered> {
  const known = new Map<string, Remembered>();
  try {
    const { entries } = JSON.parse(text) as { entries?: unknown };
    for (const entry of Array.isArray(entries) ? (entries as unknown[]) : []) {
      if (isEntry(entry)) known.set(entry.key, { reason: entry.reason, askedMs: entry.askedMs });
    }
  } catch {
    return new Map();
  }
  return known;
}

function isEntry(value: unknown): value is Remembered & { readonly key: string } {
  if (typeof value !== 'object' || value === null) return false;
  const { key, reason, askedMs } = value as Record<string, unknown>;
  return typeof key === 'string' && typeof reason === 'string' && typeof askedMs === 'number';
}
