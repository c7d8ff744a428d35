import type { BackupRun, Backups, BackupSeries, BackupSeriesId } from './backup-row.ts';
import type { Verdict } from './verdict.ts';
import { visibleText } from './visible.ts';

type Words = Pick<Verdict, 'status' | 'word'> & { readonly meaning: string };
type RunWords = Words & {
  /** Stands for it in a cell of the calendar. */
  readonly letter: string;
};

/** What is worst first; what is still expected says nothing of the others. */
export const RUN_WORDS: Readonly<Record<BackupRun['verdict'], RunWords>> = {
  missing: { letter: 'M', status: 'alarm', word: 'Missing', meaning: 'Not there at its deadline' },
  'wrong-content': {
    letter: 'W',
    status: 'alarm',
    word: 'Wrong content',
    meaning: 'Its ends are not those of what it should be',
  },
  incomplete: { letter: 'I', status: 'alarm', word: 'Incomplete', meaning: 'Fewer members than expected' },
  'too-small': { letter: 'S', status: 'alarm', word: 'Too small', meaning: 'Smaller than it may be' },
  duplicate: {
    letter: 'D',
    status: 'late',
    word: 'Duplicate',
    meaning: 'The same content as the run before',
  },
  'too-large': { letter: 'B', status: 'late', word: 'Too big', meaning: 'Larger than it may be' },
  late: { letter: 'L', status: 'late', word: 'Late', meaning: 'There, after its deadline' },
  ok: { letter: 'O', status: 'ok', word: 'OK', meaning: 'There in time and as it should be' },
  expected: { letter: 'E', status: 'info', word: 'Expected', meaning: 'Its deadline is not past' },
};

/** What is worst first: the order of the series on the page. */
export const SERIES_WORDS: Readonly<Record<BackupSeries['verdict'], Words>> = {
  missing: RUN_WORDS.missing,
  'wrong-content': RUN_WORDS['wrong-content'],
  incomplete: RUN_WORDS.incomplete,
  'too-small': RUN_WORDS['too-small'],
  duplicate: RUN_WORDS.duplicate,
  'too-large': RUN_WORDS['too-large'],
  late: RUN_WORDS.late,
  ok: { ...RUN_WORDS.ok, meaning: 'The newest run was there in time and as it should be' },
  new: { status: 'info', word: 'New', meaning: 'Nothing was due yet' },
  learning: { status: 'info', word: 'Found', meaning: 'Found by its keys, and not accepted yet' },
  paused: { status: 'unknown', word: 'Paused', meaning: 'Somebody paused it: it is not judged' },
  retired: { status: 'unknown', word: 'Retired', meaning: 'Nothing is expected any more' },
};

/** Whether it would be there when it is needed. */
export const SAFETY_WORDS: Readonly<Record<BackupSeries['safety']['state'], Omit<Words, 'meaning'>>> = {
  bad: { status: 'alarm', word: 'At risk' },
  warn: { status: 'late', word: 'Look' },
  unknown: { status: 'unknown', word: 'Unknown' },
  good: { status: 'ok', word: 'Safe' },
};

export const SERIES_VERDICTS = Object.keys(SERIES_WORDS) as readonly BackupSeries['verdict'][];
const RUN_VERDICTS = Object.keys(RUN_WORDS);

/** Negative when the first is worse. */
export function worseRun(one: BackupRun['verdict'], other: BackupRun['verdict']): number {
  return RUN_VERDICTS.indexOf(one) - RUN_VERDICTS.indexOf(other);
}

/** The worst first, then by name. */
export function inOrder(rows: readonly BackupSeries[]): readonly BackupSeries[] {
  const rank = ({ verdict }: BackupSeries) => SERIES_VERDICTS.indexOf(verdict);
  return rows.toSorted(
    (one, other) =>
      rank(one) - rank(other) ||
      one.series.localeCompare(other.series) ||
      one.bucket.localeCompare(other.bucket),
  );
}

/** True for series somebody has to look at. */
export function isWrong({ verdict }: Pick<BackupSeries, 'verdict'>): boolean {
  const { status } = SERIES_WORDS[verdict];
  return status === 'alarm' || status === 'late';
}

/** What all of them amount to. */
export function worstWords(rows: readonly BackupSeries[]): Words {
  return SERIES_WORDS[inOrder(rows)[0]?.verdict ?? 'new'];
}

/** Those of the bucket; all where none is chosen. */
export function seriesOfBucket(
  rows: readonly BackupSeries[],
  bucket: string | null,
): readonly BackupSeries[] {
  return rows.filter((row) => bucket === null || row.bucket === bucket);
}

/** What waits to be accepted. */
export function proposedOf(rows: readonly BackupSeries[]): readonly BackupSeries[] {
  return rows.filter(({ declared, proposal }) => !declared && proposal !== null);
}

/** A name that no other series has. */
export function seriesKey({ bucket, series }: BackupSeriesId): string {
  return JSON.stringify([bucket, series]);
}

/** `orders in nimbus-backups`, what is invisible spelled out. */
export function seriesTitle({ bucket, series }: BackupSeriesId): string {
  return `${visibleText(series)} in ${visibleText(bucket)}`;
}

/** Buckets that could not be listed, and why. */
export function unlistedOf({ discovering }: Pick<Backups, 'discovering'>): Backups['discovering'] {
  return discovering.filter(({ problem }) => problem !== '');
}
