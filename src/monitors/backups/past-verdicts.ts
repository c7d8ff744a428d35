/** What was said of each series over time, worked out of its runs as they are judged now, and of what people said. */
import type { Engine } from '../../engine/engine.ts';
import { readActs, saidOf, type StoredAct } from './acts.ts';
import { idOf } from './chosen.ts';
import { runRows, type StoredRun } from './run-rows.ts';
import { seriesRows } from './series-rows.ts';
import type { SeriesVerdict } from './verdict.ts';

export interface PastVerdicts {
  readonly bucket: string;
  readonly series: string;
  /** In order of time. */
  readonly verdicts: readonly PastVerdict[];
}

export interface PastVerdict {
  /** From when on it was said, milliseconds since 1970 UTC. */
  readonly atMs: number;
  readonly verdict: SeriesVerdict;
  readonly sentence: string;
  /** From when on it holds, by the data. */
  readonly sinceMs: number;
}

/** Runs of so long before the start, for what held at the start. */
const BEFORE_MS = 35 * 86_400_000;
const RUNS_MAX = 100_000;

/** The series that are accepted, and whether runs at the start are missing as there are too many. */
export async function pastVerdicts(
  { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
  engine: Engine,
): Promise<{ readonly series: readonly PastVerdicts[]; readonly isCut: boolean }> {
  const [series, runs, acts] = await Promise.all([
    seriesRows({}, engine),
    runRows({ startMs: startMs - BEFORE_MS, endMs, limit: RUNS_MAX }, engine),
    readActs(engine),
  ]);
  const runsOf = Map.groupBy(runs.toReversed(), idOf);
  const actsOf = Map.groupBy(acts, idOf);
  const accepted = series.filter(({ isDeclared }) => isDeclared);
  return {
    isCut: runs.length === RUNS_MAX,
    series: accepted.map((id) => ({
      bucket: id.bucket,
      series: id.series,
      verdicts: verdictsOf(runsOf.get(idOf(id)) ?? [], { acts: actsOf.get(idOf(id)) ?? [], endMs }),
    })),
  };
}

/** What was said of a series with these runs, oldest first: its newest run decides, unless it was paused or retired. */
export function verdictsOf(
  runs: readonly StoredRun[],
  { acts, endMs }: { readonly acts: readonly StoredAct[]; readonly endMs: number },
): PastVerdict[] {
  const ofRuns = runs.flatMap(verdictsOfRun).toSorted((a, b) => a.atMs - b.atMs);
  const standing = acts.flatMap(({ atMs, untilMs = atMs }) => [atMs, untilMs]);
  const times = [...new Set([...ofRuns.map(({ atMs }) => atMs), ...standing])];
  const past = times.filter((atMs) => atMs <= endMs).sort((a, b) => a - b);
  let next = 0;
  return past.flatMap((atMs): PastVerdict[] => {
    while ((ofRuns[next]?.atMs ?? Number.POSITIVE_INFINITY) <= atMs) next += 1;
    const { isPaused, isRetired } = saidOf(
      acts.filter((act) => act.atMs <= atMs),
      atMs,
    );
    if (isRetired) return [{ atMs, verdict: 'retired', sentence: 'Retired.', sinceMs: atMs }];
    if (isPaused) return [{ atMs, verdict: 'paused', sentence: 'Paused.', sinceMs: atMs }];
    const newest = ofRuns[next - 1];
    return newest === undefined ? [] : [{ ...newest, atMs }];
  });
}

/** What came late, or turned out to be wrong after its deadline, was missing until then. */
function verdictsOfRun(run: StoredRun): PastVerdict[] {
  const { verdict, sentence, sinceMs, deadlineMs } = run;
  if (verdict === 'expected') return [];
  const atMs = verdict === 'late' ? Math.max(sinceMs, run.arrivedMs ?? sinceMs) : sinceMs;
  const said = { atMs, verdict, sentence, sinceMs };
  if (verdict === 'missing' || atMs <= deadlineMs) return [said];
  const missing = 'It was not there by the deadline.';
  return [{ atMs: deadlineMs, verdict: 'missing', sentence: missing, sinceMs: deadlineMs }, said];
}
