/** How far an audit has come, kept so that it can go on after a stop. */
import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { replaceFile } from '../../../lib/durable.ts';
import { Fault, reasonOf } from '../../../lib/fault.ts';
import { type Answer, ANSWERS } from './classify.ts';
import type { Difference } from './difference.ts';

export interface AnswerCount {
  readonly objects: number;
  /** Of the source's object, of the destination's when there is no other. */
  readonly bytes: number;
}

export interface Progress {
  /** When the audit began, milliseconds since 1970 UTC: going on does not change it. */
  readonly startedMs: number;
  /** Every key of both sides up to it is in the counts; empty at the beginning. */
  readonly lastKey: string;
  readonly answers: Readonly<Record<Answer, AnswerCount>>;
  readonly sourceObjects: number;
  readonly destinationObjects: number;
  /** Requests sent so far, repeats included. */
  readonly requests: number;
  /** The first differences. */
  readonly first: readonly Difference[];
  /** Length of each output in bytes, by its name. */
  readonly outputs: Readonly<Record<string, number>>;
}

export function startOf(startedMs: number): Progress {
  const none = ANSWERS.map((answer) => [answer, { objects: 0, bytes: 0 }] as const);
  return {
    startedMs,
    lastKey: '',
    answers: Object.fromEntries(none) as Progress['answers'],
    sourceObjects: 0,
    destinationObjects: 0,
    requests: 0,
    first: [],
    outputs: {},
  };
}

export interface ProgressStore {
  /** What was kept of this audit; nothing when there is none. Throws `conflict` when it is of another one. */
  load(): Promise<Progress | undefined>;
  save(progress: Progress): Promise<void>;
  discard(): Promise<void>;
}

const VERSION = 1;

/** `audit` says what is compared and how: progress is only good for the same. */
export function openProgressFile(path: string, audit: string): ProgressStore {
  return {
    async load() {
      const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined;
        throw new Fault('unavailable', `Cannot read ${path}: ${error.message}`, { cause: error });
      });
      return text === undefined ? undefined : progressIn(text, { path, audit });
    },
    async save(progress) {
      try {
        await mkdir(dirname(path), { recursive: true });
        await replaceFile(path, JSON.stringify({ version: VERSION, audit, progress }));
      } catch (error) {
        throw new Fault('unavailable', `Cannot keep the progress in ${path}: ${reasonOf(error)}.`, {
          cause: error,
        });
      }
    },
    discard: () => rm(path, { force: true }),
  };
}

interface Kept {
  readonly version?: number;
  readonly audit?: string;
  readonly progress?: Progress;
}

function progressIn(
  text: string,
  { path, audit }: { readonly path: string; readonly audit: string },
): Progress {
  const kept = keptIn(text);
  if (kept?.version !== VERSION || kept.progress === undefined)
    throw new Fault('invalid', `Cannot go on from ${path}: it is not the progress of an audit.`);
  if (kept.audit !== audit)
    throw new Fault('conflict', `Cannot go on from ${path}: it is of another audit: ${kept.audit ?? ''}`);
  return kept.progress;
}

function keptIn(text: string): Kept | undefined {
  try {
    return (JSON.parse(text) as Kept | null) ?? undefined;
  } catch {
    return undefined;
  }
}
