/** What is to be judged: units of the ledger, and those asked for when pairs change. */
import type { Engine } from '../../engine/engine.ts';

/** What one tick takes: whole units, or of one unit the keys of a slice. */
export interface Work {
  /** Ids in decimal. */
  readonly units: readonly string[];
  readonly slice: number;
  readonly slices: number;
  /** When the newest of the units was stored, `YYYY-MM-DD hh:mm:ss` in UTC. */
  readonly judgedUntil: string;
}

/** Versions one tick takes, about. */
const TICK_VERSIONS = 100_000;
const TICK_UNITS = 1_000;
/** Units are looked for among those stored so long before the newest, once all have been looked at. */
const MARGIN_S = 86_400;

interface Waiting {
  readonly unit: string;
  readonly versions: number;
  readonly stored_at: string;
}

const WAITING = `with waiting as (
    select unit, sum(replication_units.versions) as versions, max(replication_units.asked_at) as asked_at,
      max(replication_units.stored_at) as stored_at
    from replication_units
    where replication_units.stored_at >= toDateTime({since:UInt32}, 'UTC')
      and unit global not in (
        select arrayJoin(units)
        from replication_progress
        where is_applied = 1 and slice + 1 = slices and judged_until >= toDateTime({since:UInt32}, 'UTC'))
    group by unit
  )
  select toString(waiting.unit) as unit, versions, stored_at
  from waiting
  where asked_at is not null or waiting.unit global in (
    select batch_id from batches where state = 'loaded' and batch_id global in (select unit from waiting))
  order by stored_at, waiting.unit
  limit ${TICK_UNITS}
  settings final = 0`;

/**
 * The next that is to be judged, the oldest first; `work` is absent when there is none.
 * @param sinceS units stored before are known to be judged; `sinceS` of the answer is that for the next call.
 */
export async function nextWork(
  sinceS: number,
  engine: Engine,
): Promise<{ readonly work?: Work; readonly sinceS: number }> {
  const rows = await engine.query<Waiting>(WAITING, { params: { since: sinceS } });
  const [first] = rows;
  if (first === undefined) return { sinceS: Math.max(sinceS, (await newestS(engine)) - MARGIN_S) };
  if (first.versions > TICK_VERSIONS) return { work: await nextSlice(first, engine), sinceS };
  let versions = 0;
  const taken = rows.filter((row) => {
    versions += row.versions;
    return versions <= TICK_VERSIONS;
  });
  const work = {
    units: taken.map(({ unit }) => unit),
    slice: 0,
    slices: 1,
    judgedUntil: taken.at(-1)?.stored_at ?? first.stored_at,
  };
  return { work, sinceS };
}

async function newestS(engine: Engine): Promise<number> {
  const [row] = await engine.query<{ newest_s: number }>(
    'select toUnixTimestamp(max(stored_at)) as newest_s from replication_units settings final = 0',
  );
  return row?.newest_s ?? 0;
}

/** The next part of a unit too big for a tick; into how many it is cut is as with its first part. */
async function nextSlice(unit: Waiting, engine: Engine): Promise<Work> {
  const [row] = await engine.query<{ slice: number; slices: number }>(
    `select max(replication_progress.slice) + 1 as slice, any(replication_progress.slices) as slices
     from replication_progress
     where is_applied = 1 and replication_progress.slices > 1 and units = [{unit:UInt64}]
     having count() > 0
     settings final = 0`,
    { params: { unit: unit.unit } },
  );
  const { slice, slices } = row ?? { slice: 0, slices: Math.ceil(unit.versions / TICK_VERSIONS) };
  return { units: [unit.unit], slice, slices, judgedUntil: unit.stored_at };
}

/**
 * Asks to judge all versions of buckets again, after their pairs changed. `unit` is a number not used before; the same
 * call again after a crash is harmless, and without effect once the unit is judged.
 */
export async function askToJudge(
  { buckets, unit }: { readonly buckets: readonly string[]; readonly unit: number },
  engine: Engine,
): Promise<void> {
  await engine.command(
    `insert into replication_touched (unit, bucket, key, version_id)
     select {unit:UInt64}, bucket, key, version_id from object_versions where bucket in {buckets:Array(String)}
     union all
     select {unit:UInt64}, bucket, key, version_id from replication_reports where bucket in {buckets:Array(String)}
     union all
     select {unit:UInt64}, source, key, version_id from replications
     where source in {buckets:Array(String)} and status != 'NONE'
     settings final = 0`,
    { params: { unit, buckets }, limits: { timeMs: 3_600_000 } },
  );
  await engine.command(
    `insert into replication_units (unit, versions, asked_at, stored_at)
     select {unit:UInt64}, 0, now64(3), now()`,
    { params: { unit } },
  );
}
