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

/**
 * What the series amount to, worst first, e.g. `1 of 41 backups is missing, 2 are late.`
 * `watched` is how many buckets they are looked for in, `listed` how many of these were listed yet.
 */
export function summaryOf(
  series: readonly Stand[],
  { watched, listed }: { readonly watched: number; readonly listed: number },
): string {
  if (series.length === 0) return nothingKnown(watched, listed);
  const expected = series.filter(({ verdict }) => !IDLE.has(verdict));
  const unlisted = new Set(expected.flatMap(({ bucket, evidence }) => (evidence === '' ? [] : [bucket])));
  const blind = unlisted.size === 0 ? '' : `${counted(unlisted.size, 'bucket')} could not be listed.`;
  if (expected.length === 0) return nothingExpected(series);
  return [verdictsOf(expected), blind, waiting(series), resting(series)]
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
  if (came === 0)
    return fresh === 1
      ? '1 backup is expected, and not due yet.'
      : `${countText(fresh)} backups are expected, and none is due yet.`;
  const arrived = came === 1 ? 'The backup that was due arrived' : `All ${counted(came, 'backup')} arrived`;
  if (fresh > 0)
    return `${came === 1 ? arrived : `All ${countText(came)} backups that were due arrived`}; ${countText(fresh)} more ${fresh === 1 ? 'is' : 'are'} not due yet.`;
  return came === 1 ? 'The only backup arrived.' : `${arrived}.`;
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
  return paused === 0 ? '' : `${countText(paused)} ${paused === 1 ? 'is' : 'are'} paused.`;
}

function nothingKnown(watched: number, listed: number): string {
  if (watched === 0) return 'No backup is known: no bucket is watched for backups.';
  const buckets = `${counted(watched, 'bucket')} ${watched === 1 ? 'is' : 'are'} watched`;
  if (listed === 0) return `No backup is known yet: ${buckets}, and none was listed.`;
  return `No backup is known: ${buckets}, and no series was found.`;
}

function nothingExpected(series: readonly Stand[]): string {
  const learning = series.filter(({ verdict }) => verdict === 'learning');
  if (learning.length === 0) {
    const retired = series.filter(({ verdict }) => verdict === 'retired').length;
    const rest = retired === 0 ? '' : `${countText(retired)} ${retired === 1 ? 'is' : 'are'} retired.`;
    return ['No backup is expected.', resting(series), rest].filter((part) => part !== '').join(' ');
  }
  const ready = proposals(learning).length;
  const early = learning.length - ready;
  const buckets = counted(new Set(learning.map(({ bucket }) => bucket)).size, 'bucket');
  const found = `${countText(learning.length)} series ${learning.length === 1 ? 'was' : 'were'} found in ${buckets}`;
  const wait = `${early === 0 ? '' : `${countText(ready)} `}${ready === 1 ? 'waits' : 'wait'} to be accepted`;
  const few = `${ready === 0 ? '' : `${countText(early)} `}${early === 1 ? 'has' : 'have'} too few runs to tell a schedule`;
  const what = early === 0 ? ` and ${wait}` : ready === 0 ? ` and ${few}` : `; ${wait}, ${few}`;
  return `No backup is expected yet: ${found}${what}.`;
}

function counted(count: number, what: string): string {
  return `${countText(count)} ${what}${count === 1 ? '' : 's'}`;
}

function countText(count: number): string {
  return count.toLocaleString('en-US');
}
