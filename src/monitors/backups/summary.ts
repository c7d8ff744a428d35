/** All series in a sentence, and which come first. */
import { isWrong } from './check.ts';
import type { SeriesVerdict } from './verdict.ts';

/** How a series stands, as far as the sentence tells of it. */
export interface Stand {
  readonly bucket: string;
  readonly series: string;
  readonly verdict: SeriesVerdict;
  /** Of a proposal; null when there is none. */
  readonly proposalFit: number | null;
  /** Why its bucket could not be listed; empty when it could. */
  readonly evidence: string;
}

/** Worst first; what only waits and what nobody expects comes last. */
const ORDER: readonly SeriesVerdict[] = [
  'missing',
  'wrong-content',
  'incomplete',
  'too-small',
  'duplicate',
  'too-large',
  'late',
  'ok',
  'new',
  'learning',
  'paused',
  'retired',
];

/** By verdict, the worst first; within it in the order they had. */
export function worstFirst<One extends Pick<Stand, 'verdict'>>(series: readonly One[]): One[] {
  return series.toSorted((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict));
}

/** What a number of them is: of one, and of more. */
const WORDS: Readonly<Partial<Record<SeriesVerdict, readonly [one: string, more: string]>>> = {
  missing: ['is missing', 'are missing'],
  'wrong-content': ['has wrong content', 'have wrong content'],
  incomplete: ['is incomplete', 'are incomplete'],
  'too-small': ['is too small', 'are too small'],
  duplicate: ['is a duplicate', 'are duplicates'],
  'too-large': ['is too large', 'are too large'],
  late: ['is late', 'are late'],
};

/** A bucket in which series are looked for, as far as the sentence tells of it. */
export interface Watched {
  readonly bucket: string;
  /** Null when it was never listed. */
  readonly lastLookMs: number | null;
  /** Files of more series than are kept. */
  readonly leftOut: number;
  /** Why it could not be listed; empty when it could. */
  readonly problem: string;
}

/** What the series amount to, worst first, e.g. `1 of 41 backups is missing, 2 are late.` */
export function summaryOf(series: readonly Stand[], watched: readonly Watched[]): string {
  if (series.length === 0) return nothingKnown(watched);
  const expected = series.filter(({ verdict }) => !IDLE.has(verdict));
  const parts =
    expected.length === 0
      ? [nothingExpected(series), blindness(series, watched)]
      : [verdictsOf(expected), blindness(series, watched), waiting(series), resting(series)];
  return parts.filter((part) => part !== '').join(' ');
}

/** What cannot be seen is not taken for well. */
function blindness(series: readonly Stand[], watched: readonly Watched[]): string {
  const unlisted = new Set([
    ...watched.flatMap(({ bucket, problem }) => (problem === '' ? [] : [bucket])),
    ...series.flatMap(({ bucket, evidence, verdict }) =>
      evidence === '' || verdict === 'retired' ? [] : [bucket],
    ),
  ]);
  const leftOut = watched.reduce((sum, one) => sum + one.leftOut, 0);
  return [
    unlisted.size === 0 ? '' : `${counted(unlisted.size, 'bucket')} could not be listed.`,
    leftOut === 0
      ? ''
      : `${counted(leftOut, 'file')} of more series than are kept ${isAre(leftOut)} left out.`,
  ]
    .filter((part) => part !== '')
    .join(' ');
}

/** Of these nothing is expected. */
const IDLE: ReadonlySet<SeriesVerdict> = new Set(['learning', 'paused', 'retired']);

function verdictsOf(expected: readonly Stand[]): string {
  const wrong = ORDER.filter(isWrong).flatMap((verdict) => {
    const found = expected.filter((one) => one.verdict === verdict).length;
    const [one, more] = WORDS[verdict] ?? ['', ''];
    return found === 0 ? [] : [{ found, is: found === 1 ? one : more }];
  });
  if (wrong.length === 0) return calm(expected);
  const [first, ...others] = wrong.map(({ found, is }, index) =>
    index === 0
      ? `${countText(found)} of ${counted(expected.length, 'backup')} ${is}`
      : `${countText(found)} ${is}`,
  );
  return `${[first, ...others].join(', ')}.`;
}

function calm(expected: readonly Stand[]): string {
  const fresh = expected.filter(({ verdict }) => verdict === 'new').length;
  const came = expected.length - fresh;
  if (came === 0) return `${counted(fresh, 'backup')} ${isAre(fresh)} expected, and not due yet.`;
  if (fresh === 0) return came === 1 ? 'The only backup arrived.' : `All ${countText(came)} backups arrived.`;
  const arrived =
    came === 1 ? 'The backup that was due arrived' : `All ${countText(came)} backups that were due arrived`;
  return `${arrived}; ${countText(fresh)} more ${isAre(fresh)} not due yet.`;
}

/** Found by their keys, with enough runs for a proposal. */
function waiting(series: readonly Stand[]): string {
  const found = proposals(series).length;
  if (found === 0) return '';
  return found === 1
    ? '1 more series was found and waits to be accepted.'
    : `${countText(found)} more series were found and wait to be accepted.`;
}

function proposals(series: readonly Stand[]): Stand[] {
  return series.filter(({ verdict, proposalFit }) => verdict === 'learning' && proposalFit !== null);
}

function resting(series: readonly Stand[]): string {
  const paused = series.filter(({ verdict }) => verdict === 'paused').length;
  return paused === 0 ? '' : `${countText(paused)} ${isAre(paused)} paused.`;
}

function nothingKnown(watched: readonly Watched[]): string {
  if (watched.length === 0) return 'No backup is known: no bucket is watched for backups.';
  const buckets = `${counted(watched.length, 'bucket')} ${isAre(watched.length)} watched`;
  const looked = watched.filter(({ lastLookMs }) => lastLookMs !== null);
  if (looked.length === 0) return `No backup is known yet: ${buckets}, and none was listed.`;
  const sentence = `No backup is known: ${buckets}, and no series was found.`;
  return [sentence, blindness([], watched)].filter((part) => part !== '').join(' ');
}

function nothingExpected(series: readonly Stand[]): string {
  const learning = series.filter(({ verdict }) => verdict === 'learning');
  if (learning.length > 0) return found(learning);
  const retired = series.filter(({ verdict }) => verdict === 'retired').length;
  const rest = retired === 0 ? '' : `${countText(retired)} ${isAre(retired)} retired.`;
  return ['No backup is expected.', resting(series), rest].filter((part) => part !== '').join(' ');
}

function found(learning: readonly Stand[]): string {
  const ready = proposals(learning).length;
  const early = learning.length - ready;
  const buckets = counted(new Set(learning.map(({ bucket }) => bucket)).size, 'bucket');
  const were = `${countText(learning.length)} series ${learning.length === 1 ? 'was' : 'were'} found in ${buckets}`;
  const wait = `${ready === 1 ? 'waits' : 'wait'} to be accepted`;
  const few = `${early === 1 ? 'has' : 'have'} too few runs to tell a schedule`;
  if (early === 0) return `No backup is expected yet: ${were} and ${wait}.`;
  if (ready === 0) return `No backup is expected yet: ${were} and ${few}.`;
  return `No backup is expected yet: ${were}; ${countText(ready)} ${wait}, ${countText(early)} ${few}.`;
}

function isAre(count: number): string {
  return count === 1 ? 'is' : 'are';
}

function counted(count: number, what: string): string {
  return `${countText(count)} ${what}${count === 1 ? '' : 's'}`;
}

function countText(count: number): string {
  return count.toLocaleString('en-US');
}
