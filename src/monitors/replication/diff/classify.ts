/** What a key on two sides amounts to. Each rule is a row of the table in docs/replication.md. */
import type { Entry, Pairing } from './entry.ts';

/** Every answer, in the order in which they are shown. */
export const ANSWERS = [
  'same',
  'missing',
  'extra',
  'size-differs',
  'content-differs',
  'older',
  'newer',
  'cannot-tell',
  'in-flight',
] as const;
export type Answer = (typeof ANSWERS)[number];

/** Answers that say for certain that the destination is not what the source is. */
const DRIFT: ReadonlySet<Answer> = new Set(['missing', 'extra', 'size-differs', 'content-differs', 'older']);

/** Answers that copying the source's object mends. */
const MENDED_BY_COPYING: ReadonlySet<Answer> = new Set([
  'missing',
  'size-differs',
  'content-differs',
  'older',
]);

export interface Rules {
  /** LastModified within it counts as the same time. */
  readonly modifiedWindowMs: number;
  /** A difference of what was written after this time is in flight. */
  readonly inFlightAfterMs: number;
  /** What only the destination has is no drift. */
  readonly ignoresExtra: boolean;
  /** ETags of 32 digits are no MD5 of the content: the store encrypts with keys of its own or of KMS. */
  readonly hasOpaqueEtags: boolean;
}

export interface Verdict {
  readonly answer: Answer;
  /** What it was decided by. */
  readonly reason: string;
}

export function isDrift(answer: Answer, rules: Pick<Rules, 'ignoresExtra'>): boolean {
  return DRIFT.has(answer) && !(answer === 'extra' && rules.ignoresExtra);
}

export function isMendedByCopying(answer: Answer): boolean {
  return MENDED_BY_COPYING.has(answer);
}

export function classify(pairing: Pairing, rules: Rules): Verdict {
  const verdict = settled(pairing, rules);
  if (verdict.answer === 'same') return verdict;
  const writtenMs = Math.max(pairing.source?.modifiedMs ?? 0, pairing.destination?.modifiedMs ?? 0);
  return writtenMs > rules.inFlightAfterMs
    ? { answer: 'in-flight', reason: `${verdict.answer}, written lately` }
    : verdict;
}

function settled({ source, destination }: Pairing, rules: Rules): Verdict {
  if (source === undefined) return { answer: 'extra', reason: 'only at the destination' };
  if (destination === undefined) return { answer: 'missing', reason: 'only at the source' };
  if (source.sizeBytes !== destination.sizeBytes) return { answer: 'size-differs', reason: 'size' };
  if (source.etag !== '' && source.etag === destination.etag) return { answer: 'same', reason: 'etag' };
  const [before, after] = [contentTag(source, rules), contentTag(destination, rules)];
  if (before === undefined || after === undefined) return byTime(source, destination, rules);
  if (before.parts === after.parts)
    return { answer: 'content-differs', reason: before.parts === 0 ? 'md5' : 'md5 of parts' };
  const parts = 'uploaded in other parts';
  return timeOrder(source, destination, rules) === 'older'
    ? { answer: 'older', reason: `${parts}, modified` }
    : { answer: 'cannot-tell', reason: parts };
}

function byTime(source: Entry, destination: Entry, rules: Rules): Verdict {
  const answer = timeOrder(source, destination, rules);
  return answer === undefined
    ? { answer: 'cannot-tell', reason: 'neither etag nor time' }
    : { answer, reason: answer === 'same' ? 'size and modified' : 'modified' };
}

function timeOrder(
  source: Entry,
  destination: Entry,
  { modifiedWindowMs }: Rules,
): 'same' | 'older' | 'newer' | undefined {
  if (source.modifiedMs === 0 || destination.modifiedMs === 0) return undefined;
  const laterMs = destination.modifiedMs - source.modifiedMs;
  if (Math.abs(laterMs) <= modifiedWindowMs) return 'same';
  return laterMs < 0 ? 'older' : 'newer';
}

/**
 * Number of parts of an ETag that follows from the content, 0 when it was not uploaded in parts; nothing for others.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html
 */
function contentTag(entry: Entry, rules: Rules): { readonly parts: number } | undefined {
  const match = /^[0-9a-f]{32}(?:-(\d{1,5}))?$/i.exec(entry.etag);
  if (match === null) return undefined;
  const isOpaque = rules.hasOpaqueEtags || /KMS|SSE-C/i.test(entry.encryption ?? '');
  return isOpaque ? undefined : { parts: Number(match[1] ?? 0) };
}
