/** What the safety of a backup is told from, and the words all of it is told in. */
import type { ConfigState } from '../bucket-configs.ts';
import type { SafetySubject } from './safety.ts';

/** What a store answered about its bucket; nothing while it was not asked. */
export type ConfigAnswer =
  | { readonly state: ConfigState; readonly document: string; readonly reason: string }
  | undefined;

export const SAFETY_ASPECTS = ['versioning', 'object_lock', 'lifecycle', 'replication'] as const;
export type SafetyAspect = (typeof SAFETY_ASPECTS)[number];

/** A file of the newest good run, as it was written last. */
export interface SafetyFile {
  readonly key: string;
  /** Empty when unversioned or not known. */
  readonly versionId: string;
  readonly atMs: number;
  readonly sizeBytes: number;
  /** When it was removed, or first seen to be gone. */
  readonly removedMs?: number;
  /** When it was looked at; absent: it was not, since it was written. */
  readonly lookedMs?: number;
  /** Why the look gave nothing; empty when it did. */
  readonly problem: string;
  readonly lock?: { readonly mode: string; readonly untilMs: number };
  readonly isLegalHold: boolean;
  /** Header x-amz-replication-status; empty when there is none. */
  readonly replicationStatus: string;
}

/** What was judged of a version and a destination. */
export interface Copy {
  readonly key: string;
  readonly versionId: string;
  readonly destination: string;
  readonly status: string;
  readonly reason: string;
  readonly writtenMs: number;
}

/** Of all files of a series that were ever known. */
export interface SeriesHistory {
  readonly firstMs: number;
  /** Absent when none is kept. */
  readonly oldestKeptMs?: number;
  /** Keys were written again with other content: what they held before is no file of its own. */
  readonly isOverwritten: boolean;
}

export interface SafetyEvidence {
  readonly configs: Readonly<Record<SafetyAspect, ConfigAnswer>>;
  /** Of the keys of the newest good run those that are known. */
  readonly files: readonly SafetyFile[];
  readonly copies: readonly Copy[];
  /** Absent when no file of the series is known. */
  readonly history?: SeriesHistory;
}

/** What one item is told from. */
export interface ItemQuestion {
  readonly subject: SafetySubject;
  readonly evidence: SafetyEvidence;
  readonly nowMs: number;
}

/** Whether the store says that the bucket itself is not there any more. */
export function isGone(answer: ConfigAnswer): boolean {
  return answer?.state === 'absent' && answer.reason === 'the bucket is gone';
}

/** Why an answer says nothing, and what would make it say something; nothing when it says something. */
export function whyUnknown(answer: ConfigAnswer): string | undefined {
  switch (answer?.state) {
    case undefined:
      return 'Not known: the bucket was not asked; it is when its store is in the section estate.';
    case 'denied':
      return `Not known: ${answer.reason}.`;
    case 'unsupported':
      return `Not known: the store does not tell (${answer.reason}).`;
    case 'failed':
      return `Not known: the store did not answer (${answer.reason}); it is asked again.`;
    case 'absent':
      return isGone(answer) ? 'Not known: the store says that there is no such bucket.' : undefined;
    case 'present':
      return undefined;
  }
}

/** `2026-11-21T02:00Z` */
export function whenText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16)}Z`;
}

/** `a`, or `a and 2 more` */
export function someOf(names: readonly string[]): string {
  return names.length <= 1 ? (names[0] ?? '') : `${names[0] ?? ''} and ${names.length - 1} more`;
}
