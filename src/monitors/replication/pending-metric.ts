/** What is under way, over time: what waits now, more what arrived since, less what was written since. */
import { type MetricAsk, type MetricSource, valueOf } from '../metric.ts';
import { PAIRS_IN_FORCE } from './pairs-in-force.ts';
import { ADDED_UP, FIVE_MINUTES_S } from './range.ts';
import { sumsFor } from './sums.ts';

/** A row for every five minutes of each pair, from its first on, up to now: nothing changed means that all wait on. */
export function pendingSource(unit: 'objects' | 'bytes', ask: MetricAsk): MetricSource {
  const value = valueOf(ask.statistic, {
    Maximum: 'max(pending)',
    Average: 'avg(pending)',
    Minimum: 'min(pending)',
  });
  return { from: pendingRows(unit, ask), value, settings: ADDED_UP };
}

function pendingRows(unit: 'objects' | 'bytes', ask: MetricAsk): string {
  const startS = floorS(ask.startMs);
  const endS = Math.max(startS, Math.min(Math.ceil(ask.endMs / 1000), Math.floor(ask.nowMs / 1000) + 1));
  const change = `written_${unit} - untracked_${unit} - failed_${unit} - unknown_${unit} - replicated_${unit}`;
  const columns = ['written', 'untracked', 'failed', 'unknown', 'replicated', 'pending'].map(
    (kind) => `${kind}_${unit}`,
  );
  const sums = sumsFor([{ startMs: startS * 1000, endMs: startS * 1000 }], { columns, where: '1' });
  const standing = `(
    select
      pair_id,
      any(sums.source) as source,
      any(pairs.destination) as destination,
      any(pairs.rule) as rule,
      sum(pending_${unit}) - sumIf(${change}, time >= toDateTime(${startS}, 'UTC')) as before,
      min(time) as first
    from ${sums} as sums
    global inner join ${PAIRS_IN_FORCE} as pairs on pairs.pair_id = sums.pair_id
    where ${ask.condition}
    group by pair_id)`;
  return `(
    select source, destination, rule, time, greatest(0, before + changed) as pending
    from (
      select pair_id, time, sum(step) over (partition by pair_id order by time rows between unbounded preceding and current row) as changed
      from (
        select pair_id, time, sum(part) as step
        from (
          select pair_id, toDateTime(arrayJoin(range(${startS}, ${endS}, ${FIVE_MINUTES_S})), 'UTC') as time, toInt64(0) as part
          from (select distinct pair_id from replication_1h)
          union all
          select pair_id, time, toInt64(${change}) as part
          from replication_5m
          where time >= toDateTime(${startS}, 'UTC') and time < toDateTime(${endS}, 'UTC')
        )
        group by pair_id, time
      )
    ) as steps
    global inner join ${standing} as standing on standing.pair_id = steps.pair_id
    where time >= toStartOfInterval(first, interval 5 minute))`;
}

/** Start of the five minutes. */
function floorS(ms: number): number {
  return Math.floor(ms / 1000 / FIVE_MINUTES_S) * FIVE_MINUTES_S;
}
