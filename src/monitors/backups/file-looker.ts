/** Looks at files of backups: their headers, and where that is wanted the bytes at both ends. */
import type { Clock } from '../../lib/clock.ts';
import type { RequestBudget } from '../../lib/request-budget.ts';
import type { HeadAnswer } from '../../s3/s3.ts';
import { type BucketPlaces, SparedStores, type Unanswered } from '../../s3/spared-stores.ts';
import { checkContent, type ContentCheck, type ContentKind } from './content.ts';
import { type Ends, endsOf } from './file-ends.ts';
import type { FileLook, FileLooker, FileToLookAt } from './look.ts';

export interface FileLookerParts {
  readonly estate: BucketPlaces;
  readonly budget: RequestBudget;
  readonly clock: Clock;
}

/**
 * A look is one HEAD; with `content` and two ranged GETs, or one of a small file. All requests are taken off the budget, and
 * none is sent unless there is room for all of them. A store that is busy or silent gives nothing, and is left alone for a
 * while; one that refuses gives its reason as `problem`. Where only the ends are refused, as of what was archived or replaced,
 * nothing is known of the content.
 */
export function openFileLooker(parts: FileLookerParts): FileLooker {
  return new OpenFileLooker(parts);
}

/** HEAD and both ends. */
const REQUESTS_MAX = 3;

type Present = Extract<HeadAnswer, { kind: 'present' }>;

class OpenFileLooker implements FileLooker {
  readonly #parts: FileLookerParts;
  readonly #stores: SparedStores;

  constructor(parts: FileLookerParts) {
    this.#parts = parts;
    this.#stores = new SparedStores(parts);
  }

  async look(file: FileToLookAt, signal: AbortSignal): Promise<FileLook | undefined> {
    if (!(await this.#mayAsk(file.content === undefined ? 1 : REQUESTS_MAX))) return undefined;
    const { bucket: bucketId, key } = file;
    const version = file.versionId === '' ? {} : { versionId: file.versionId };
    const answer = await this.#stores.ask<HeadAnswer>(
      {
        bucketId,
        kind: 'HEAD',
        send: (s3, bucket) => s3.headObject({ bucket, key, ...version }, signal),
      },
      signal,
    );
    const atMs = this.#parts.clock.nowMs();
    switch (answer.kind) {
      case 'present':
        return answer.isDeleteMarker ? goneLook(atMs) : this.#present(file, { answer, atMs, signal });
      case 'missing':
        return goneLook(atMs);
      case 'denied':
        return { ...NOTHING, atMs, problem: answer.reason };
      default:
        return answer.isSent && !answer.mayPass ? { ...NOTHING, atMs, problem: answer.reason } : undefined;
    }
  }

  async #mayAsk(requests: number): Promise<boolean> {
    const left = await this.#parts.budget.left();
    // A budget that never holds so many is spent below nothing rather than never.
    return left > 0 && left >= Math.min(requests, this.#parts.budget.perHour);
  }

  async #present(
    file: FileToLookAt,
    {
      answer,
      atMs,
      signal,
    }: { readonly answer: Present; readonly atMs: number; readonly signal: AbortSignal },
  ): Promise<FileLook | undefined> {
    const { lock, isLegalHold, replicationStatus } = answer;
    const look = {
      ...NOTHING,
      atMs,
      ...(lock === undefined ? {} : { lock }),
      isLegalHold,
      replicationStatus,
    };
    if (file.content === undefined) return look;
    const ends = await this.#ends(file, answer, signal);
    if (ends.kind !== 'ends' && ends.mayPass) return undefined;
    return { ...look, content: contentOf(file.content, ends, answer.sizeBytes) };
  }

  /** Of the very bytes the headers were of: what was replaced since is refused. */
  async #ends(
    { bucket: bucketId, key, versionId }: FileToLookAt,
    { etag, sizeBytes }: Present,
    signal: AbortSignal,
  ): Promise<Ends | Unanswered> {
    const version = versionId === '' ? {} : { versionId };
    return endsOf(sizeBytes, (part, read) =>
      this.#stores.ask(
        {
          bucketId,
          kind: 'GET',
          send: async (s3, bucket) =>
            read(await s3.getObject({ bucket, key, ...version, etag, part }, signal)),
        },
        signal,
      ),
    );
  }
}

const NOTHING = { isGone: false, problem: '', isLegalHold: false, replicationStatus: '' } as const;

function goneLook(atMs: number): FileLook {
  return { ...NOTHING, atMs, isGone: true };
}

function contentOf(expected: ContentKind | 'auto', ends: Ends | Unanswered, sizeBytes: number): ContentCheck {
  if (ends.kind === 'ends') return checkContent(expected, { ...ends, sizeBytes });
  const sentence = ends.reason;
  return { kind: undefined, result: 'unknown', sentence };
}
