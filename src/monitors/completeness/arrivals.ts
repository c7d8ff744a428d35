/** How late each source's records come, and how often it delivers: from the ledger. */
import type { Engine } from '../../engine/engine.ts';

/** How long after its event a record was delivered, in seconds. Each record counts as late as the oldest of its batch. */
export interface Lateness {
  readonly p50_seconds: number;
  readonly p95_seconds: number;
  readonly p99_seconds: number;
  readonly max_seconds: number;
  /** Half of the records, each taken as old as the middle of its batch, came within this. */
  readonly typical_seconds: number;
  readonly batches: number;
}

export interface Arrivals {
  readonly source: string;
  /** Lateness of its batches of all formats together; nothing when none says when it was delivered. */
  readonly lateness: Lateness | undefined;
  readonly byFormat: ReadonlyMap<string, Lateness>;
  /** Minutes with a delivery, in seconds since 1970 UTC, in order; those of copied history left out. */
  readonly deliveriesS: readonly number[];
  /** The latest delivery of all, in milliseconds since 1970 UTC. */
  readonly lastDeliveryMs: number;
  /** p95 of stored minus delivered over the last 24 hours, in seconds; nothing when nothing was delivered. */
  readonly intakeLagS: number | undefined;
}

/** How far back from its latest delivery a source is judged. */
const WINDOW_S = 14 * 86_400;
/** Batches delivered together, in seconds. */
const SLOT_S = 600;
/** What is delivered together is of about the same time; a wider spread is history that was copied. */
const COPY_SPREAD_S = 3 * 3600;
/** So old at its delivery that it was copied, not delivered. S3 delivers within hours, as a rule. */
const COPY_AGE_S = 48 * 3600;

interface ArrivalRow {
  readonly source: string;
  /** Empty for all formats together. */
  readonly format: string;
  readonly measured: number;
  readonly late: readonly [number, number, number];
  readonly latest: number;
  readonly typical: number;
  readonly deliveries: readonly number[];
}

interface LagRow {
  readonly source: string;
  readonly last_ms: string | number;
  readonly lag_s: number | null;
}

/**
 * Every source in the ledger. A slot of ten minutes in which half of the records are hours apart from one another, or most
 * are days old, is history that somebody copied there: it says nothing about lateness, nor about gaps.
 */
export async function sourceArrivals(nowMs: number, engine: Engine): Promise<Arrivals[]> {
  const [rows, lags] = await Promise.all([
    engine.query<ArrivalRow>(ARRIVALS),
    engine.query<LagRow>(lagQuery(nowMs)),
  ]);
  return lags.map(({ source, last_ms, lag_s }) => {
    const ours = rows.filter((row) => row.source === source);
    const all = ours.find(({ format }) => format === '');
    const byFormat = new Map<string, Lateness>();
    for (const row of ours) {
      const lateness = row.format === '' ? undefined : latenessOf(row);
      if (lateness !== undefined) byFormat.set(row.format, lateness);
    }
    return {
      source,
      lateness: all === undefined ? undefined : latenessOf(all),
      byFormat,
      deliveriesS: all?.deliveries ?? [],
      lastDeliveryMs: Number(last_ms),
      intakeLagS: lag_s ?? undefined,
    };
  });
}

function latenessOf(row: ArrivalRow): Lateness | undefined {
  const [p50, p95, p99] = row.late;
  if (row.measured === 0) return undefined;
  return {
    p50_seconds: p50,
    p95_seconds: p95,
    p99_seconds: p99,
    max_seconds: row.latest,
    typical_seconds: row.typical,
    batches: row.measured,
  };
}

// Batches of before the window are left out before they are put into slots: that takes memory and time by the batch.
const ARRIVALS = `
select
  source,
  format,
  countIf(weight > 0) as measured,
  quantilesExactWeighted(0.5, 0.95, 0.99)(oldest_s, weight) as late,
  maxIf(oldest_s, weight > 0) as latest,
  quantileExactWeighted(0.5)(middle_s, weight) as typical,
  arraySort(groupUniqArray(minute_s)) as deliveries
from (
  select
    source,
    tupleElement(member, 1) as format,
    tupleElement(member, 2) as weight,
    tupleElement(member, 3) as oldest_s,
    tupleElement(member, 4) as middle_s,
    tupleElement(member, 5) as minute_s
  from (
    select
      source,
      slot_s,
      quantileExactWeighted(0.75)(latest_event_s, weight) - quantileExactWeighted(0.25)(latest_event_s, weight) > ${COPY_SPREAD_S}
        or sumIf(weight, newest_s > ${COPY_AGE_S}) * 2 > sum(weight) as is_copy,
      groupArray((format, weight, oldest_s, intDiv(oldest_s + newest_s, 2), minute_s)) as members
    from (
      select
        source,
        toString(batches.format) as format,
        delivered_at is not null and first_event is not null as is_measured,
        if(is_measured, batches.facts, 0) as weight,
        toInt64(toUnixTimestamp(coalesce(delivered_at, received_at))) as arrived_s,
        toInt64(toUnixTimestamp(assumeNotNull(last_event))) as latest_event_s,
        greatest(0, arrived_s - toInt64(toUnixTimestamp(assumeNotNull(first_event)))) as oldest_s,
        greatest(0, arrived_s - latest_event_s) as newest_s,
        intDiv(arrived_s, 60) * 60 as minute_s,
        intDiv(arrived_s, ${SLOT_S}) * ${SLOT_S} as slot_s
      from batches
      global inner join (
        select
          batches.source as newest_source,
          intDiv(max(toInt64(toUnixTimestamp(coalesce(delivered_at, received_at)))), ${SLOT_S}) * ${SLOT_S} as newest_slot_s
        from batches
        where state = 'loaded'
        group by newest_source
      ) as newest on newest_source = batches.source
      where state = 'loaded' and slot_s >= newest_slot_s - ${WINDOW_S}
    )
    group by source, slot_s
  )
  array join members as member
  where not is_copy
)
group by grouping sets ((source, format), (source))
limit 100000`;

/** What was there before the source was first read waited for us to begin: that is no lag. */
function lagQuery(nowMs: number): string {
  const since = `fromUnixTimestamp64Milli(${nowMs - 86_400_000}, 'UTC')`;
  return `
select
  source,
  toUnixTimestamp64Milli(max(coalesce(delivered_at, received_at))) as last_ms,
  toUnixTimestamp64Milli(min(loaded_at)) as began_ms,
  groupArrayIf(
    (toUnixTimestamp64Milli(assumeNotNull(delivered_at)), toUnixTimestamp64Milli(loaded_at)),
    delivered_at is not null and state = 'loaded' and loaded_at >= ${since}) as recent,
  arrayMap(pair -> greatest(0, pair.2 - pair.1), arrayFilter(pair -> pair.1 >= began_ms, recent)) as lags,
  if(empty(lags), null, round(arrayReduce('quantileExact(0.95)', lags) / 1000, 1)) as lag_s
from batches
group by source
order by source
limit 10000`;
}
