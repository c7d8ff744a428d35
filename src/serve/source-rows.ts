/** What the API says of each source. */
import { type Arrivals } from '../monitors/completeness/arrivals.ts';
import { type Judged, verdictOf } from '../monitors/completeness/verdict.ts';
import { spanText } from '../lib/span-text.ts';
import type { QueueStatus, Source, SourceStatus } from '../sources/source.ts';
import type * as shapes from './api.ts';
import { isoOf } from './ledger-queries.ts';
import { parkedCounts } from './parked-queries.ts';
import type { ApiParts } from './route.ts';

interface TotalsRow {
  readonly source: string;
  readonly batches: number;
  readonly rejected_batches: number;
  readonly facts: number;
  readonly rejects: number;
  readonly size_bytes: number;
  readonly loaded_ms: string | number;
  readonly newest_s: number | null;
}

/** Configured sources, then names that only the ledger knows (ingested by hand, or no longer configured). */
export async function sourceTotals(
  parts: Pick<ApiParts, 'sources' | 'engine' | 'arrivals' | 'clock'>,
): Promise<shapes.Sources['rows']> {
  const { sources, engine, clock } = parts;
  const arrivals = new Map((await parts.arrivals.get()).map((row) => [row.source, row]));
  const rows = await engine.query<TotalsRow>(
    `select source, countIf(state = 'loaded') as batches, countIf(state = 'rejected') as rejected_batches,
       sum(batches.facts) as facts, sum(batches.rejects) as rejects, sum(batches.size_bytes) as size_bytes,
       toUnixTimestamp64Milli(max(loaded_at)) as loaded_ms, toUnixTimestamp(max(last_event)) as newest_s
     from batches group by source order by source limit 10000`,
  );
  const parked = await parkedCounts(engine);
  const totals = new Map(rows.map((row) => [row.source, row]));
  const rowOf = (name: string, source?: Source): SourceRow => ({
    ...sourceRow(name, totals.get(name), source),
    ...arrivalsRow(arrivals.get(name), source, clock.nowMs()),
    parked: parked.get(name) ?? 0,
  });
  const configured = new Set(sources.map((source) => source.name));
  const past = rows.filter((row) => !configured.has(row.source)).map((row) => rowOf(row.source));
  return [...sources.map((source) => rowOf(source.name, source)), ...past];
}

type SourceRow = shapes.Sources['rows'][number];
type ArrivalsRow = Pick<
  SourceRow,
  'lateness' | 'intake_lag_seconds' | 'quiet_since' | 'verdict' | 'verdict_reason'
>;

function arrivalsRow(arrivals: Arrivals | undefined, source: Source | undefined, nowMs: number): ArrivalsRow {
  const { verdict, reason, quietSinceMs } =
    source?.kind === 'estate'
      ? lookVerdict(source.status(), nowMs)
      : verdictOf(arrivals, source?.status(), nowMs);
  return {
    lateness: arrivals?.lateness ?? null,
    intake_lag_seconds: arrivals?.intakeLagS ?? null,
    quiet_since: quietSinceMs === undefined ? null : isoOf(quietSinceMs),
    verdict,
    verdict_reason: reason,
  };
}

/** A store that is looked at delivers when something changed: that nothing came means that nothing did. */
function lookVerdict({ state, message, lastCheckedMs }: SourceStatus, nowMs: number): Judged {
  const judged = (verdict: Judged['verdict'], reason: string): Judged => ({
    verdict,
    reason,
    quietSinceMs: undefined,
  });
  if (state === 'failing') return judged('failing', message);
  if (lastCheckedMs === 0) return judged('unknown', 'It has not been looked at yet.');
  const lookedS = Math.max(0, Math.floor((nowMs - lastCheckedMs) / 1000));
  return judged('fresh', `The last look was ${spanText(lookedS)} ago.`);
}

function sourceRow(
  name: string,
  totals: TotalsRow | undefined,
  source?: Source,
): Omit<SourceRow, keyof ArrivalsRow | 'parked'> {
  const status = source?.status();
  return {
    name,
    kind: source?.kind ?? 'files',
    location: source?.location ?? '',
    state: status?.state ?? 'done',
    message: status?.message ?? '',
    last_checked: status === undefined || status.lastCheckedMs === 0 ? null : isoOf(status.lastCheckedMs),
    requests: { ...status?.requests },
    batches: totals?.batches ?? 0,
    rejected_batches: totals?.rejected_batches ?? 0,
    facts: totals?.facts ?? 0,
    rejects: totals?.rejects ?? 0,
    size_bytes: totals?.size_bytes ?? 0,
    last_loaded: totals === undefined ? null : isoOf(Number(totals.loaded_ms)),
    newest_event: totals?.newest_s == null || totals.newest_s === 0 ? null : isoOf(totals.newest_s * 1000),
    queue: queueRow(status?.queue),
  };
}

/** The depth of a queue, as a member of its source. */
function queueRow(queue: QueueStatus | undefined): SourceRow['queue'] {
  if (queue === undefined) return null;
  return {
    waiting: queue.waiting,
    in_flight: queue.inFlight,
    delayed: queue.delayed,
    oldest_age_seconds: queue.oldestAgeMs === undefined ? null : Math.round(queue.oldestAgeMs / 1000),
    dead_letter_queue: queue.deadLetterQueue ?? null,
    dead_letters: queue.deadLetters ?? null,
  };
}
