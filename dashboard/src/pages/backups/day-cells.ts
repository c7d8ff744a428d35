import type { BackupRun, BackupSeries } from '../../lib/backup-row.ts';
import { RUN_WORDS, worseRun } from '../../lib/backup-words.ts';
import { dayText, type Day } from '../../lib/days.ts';
import { bytesText, clockText } from '../../lib/format.ts';
import { visibleText } from '../../lib/visible.ts';

/** A run as far as it is known: that of a short list has no sentence. */
export type DayRun = Pick<BackupRun, 'due' | 'verdict' | 'size_bytes'> & Partial<BackupRun>;

/** A day of a series: empty where nothing was due, or where the series was not there yet. */
export interface DayCell {
  readonly day: Day;
  /** The worst first, then the latest. */
  readonly runs: readonly DayRun[];
  readonly isBefore: boolean;
}

export interface CellSeries extends Pick<BackupSeries, 'recent' | 'next_due' | 'first_at'> {
  readonly series: string;
}

interface CellDays {
  /** The oldest first. */
  readonly days: readonly Day[];
  readonly dayOf: (timeMs: number) => Day;
}

/** What became of a series on each day: `runs` where they are known in full, else what the series says of its last. */
export function dayCells(
  series: CellSeries,
  runs: readonly DayRun[],
  { days, dayOf }: CellDays,
): readonly DayCell[] {
  const byDue = new Map<number, DayRun>();
  for (const run of [...nextOf(series), ...series.recent, ...runs]) byDue.set(Date.parse(run.due), run);
  const byDay = new Map<Day, DayRun[]>();
  for (const [dueMs, run] of byDue) {
    const day = dayOf(dueMs);
    byDay.set(day, [...(byDay.get(day) ?? []), run]);
  }
  const firstMs = Math.min(...byDue.keys(), Date.parse(series.first_at ?? '') || Number.POSITIVE_INFINITY);
  const first = Number.isFinite(firstMs) ? dayOf(firstMs) : '';
  return days.map((day) => ({ day, runs: worstFirst(byDay.get(day) ?? []), isBefore: day < first }));
}

/** The run that is due next is there before anybody judged it. */
function nextOf({ next_due }: CellSeries): DayRun[] {
  return next_due === null ? [] : [{ due: next_due, verdict: 'expected', size_bytes: 0 }];
}

function worstFirst(runs: readonly DayRun[]): readonly DayRun[] {
  return runs.toSorted(
    (one, other) => worseRun(one.verdict, other.verdict) || Date.parse(other.due) - Date.parse(one.due),
  );
}

/** How many of its runs have a verdict; all of them while none has. */
export function judgedCount({ runs }: Pick<DayCell, 'runs'>): number {
  return runs.filter(({ verdict }) => verdict !== 'expected').length || runs.length;
}

/** `Too small: 1.2 GiB, 71 % less than …`. */
export function runText({ verdict, sentence, size_bytes }: DayRun): string {
  const said = sentence ?? (size_bytes > 0 ? `${bytesText(size_bytes)}.` : '');
  return said === '' ? RUN_WORDS[verdict].word : `${RUN_WORDS[verdict].word}: ${visibleText(said)}`;
}

/** `2 missing, 22 OK`. */
function countsText(runs: readonly DayRun[]): string {
  const counts = new Map<string, number>();
  for (const { verdict } of runs) {
    const { word } = RUN_WORDS[verdict];
    const said = word === 'OK' ? word : word.toLowerCase();
    counts.set(said, (counts.get(said) ?? 0) + 1);
  }
  return [...counts].map(([word, count]) => `${count} ${word}`).join(', ');
}

/** All of a cell for those who do not see it: `orders, 21 Nov: Too small: 1.2 GiB, 71 % less than …`. */
export function cellText(name: string, { day, runs, isBefore }: DayCell): string {
  const start = `${visibleText(name)}, ${dayText(day)}: `;
  const [worst] = runs;
  if (worst === undefined) return `${start}${isBefore ? 'not there yet' : 'nothing was due'}`;
  if (runs.length === 1) return start + runText(worst);
  return `${start}${runs.length} runs, ${countsText(runs)}; due ${clockText(Date.parse(worst.due))}: ${runText(worst)}`;
}
