/** How series stand now: their verdicts, last runs, pauses and safety. */
import type { Engine } from '../../engine/engine.ts';
import { idOf, type SeriesChoice } from './chosen.ts';
import { decidingRuns, recentRuns, type RunMark, type StoredRun } from './run-rows.ts';
import { type SafetyItem, type SafetySubject, seriesSafety } from './safety.ts';
import { worstItem } from './safety-items.ts';
import { type Pause, pauses, seriesRows, type StoredSeries } from './series-rows.ts';
import { worstFirst } from './summary.ts';

export interface SeriesStatus extends StoredSeries {
  /** The run that decides. */
  readonly newest: StoredRun | undefined;
  /** The last 30, oldest first. */
  readonly recent: readonly RunMark[];
  readonly pause: Pause | undefined;
  readonly safety: Safety;
}

export interface Safety {
  /** Of the worst item; what is not known is worse than what is good. */
  readonly state: SafetyItem['state'];
  readonly sentence: string;
  readonly items: readonly SafetyItem[];
}

/** The series chosen, worst first. */
export async function seriesStatus(
  choice: SeriesChoice,
  parts: { readonly engine: Engine; readonly nowMs: number },
): Promise<SeriesStatus[]> {
  const { engine, nowMs } = parts;
  const query = { ...choice, nowMs };
  const [rows, deciding, recent, paused] = await Promise.all([
    seriesRows(choice, engine),
    decidingRuns(query, engine),
    recentRuns(query, engine),
    pauses(query, engine),
  ]);
  const subjects = rows.map((row) => subjectOf(row, deciding.get(idOf(row))?.good));
  const safety = await seriesSafety(subjects, parts);
  return worstFirst(rows).map((row) => ({
    ...row,
    newest: deciding.get(idOf(row))?.newest,
    recent: recent.get(idOf(row)) ?? [],
    pause: paused.get(idOf(row)),
    safety: safetyOf(safety.get(idOf(row)) ?? []),
  }));
}

function subjectOf(row: StoredSeries, good: StoredRun | undefined): SafetySubject {
  const { bucket, series, nextDeadlineMs, keepSeconds } = row;
  return {
    bucket,
    series,
    newestKeys: good?.keys ?? [],
    ...(nextDeadlineMs === null ? {} : { nextDeadlineMs }),
    ...(keepSeconds === null ? {} : { keepMs: keepSeconds * 1000 }),
  };
}

/** What the items come to. */
export function safetyOf(items: readonly SafetyItem[]): Safety {
  const worst = worstItem(items);
  if (worst === undefined)
    return {
      state: 'unknown',
      sentence: 'Nothing is known of how safe its files are: no store was asked.',
      items,
    };
  return { state: worst.state, sentence: worst.sentence, items };
}
