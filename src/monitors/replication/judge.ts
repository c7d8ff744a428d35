/**
 * Judges versions of which something new is known: what becomes of them at each pair goes into `replications`, and what
 * that changes into the sums of `replication_5m`.
 */
import { engineTime } from '../../lib/engine-time.ts';
import type { Engine } from '../../engine/engine.ts';
import { readSql } from '../../engine/sql-file.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Job } from '../../lib/job.ts';
import { nextWork, type Work } from './units.ts';

interface JudgeParts {
  readonly engine: Engine;
  readonly clock: Clock;
}

/** One judge a store: two would take the same changes into the sums twice. */
export interface Judge extends Job {
  /** Judges until nothing is left that is in the ledger. Calls wait for one another. */
  run(signal: AbortSignal): Promise<void>;
}

const EVERY_MS = 2_000;
/** A tick costs half a second of processor time however little it judges: the pause is as many times its length. */
const PAUSES = 9;
const EVERY_MS_MAX = 30_000;
const SUBJECTS = readSql('subjects', import.meta.url);
const COMPUTE = readSql('judge', import.meta.url);
const LIMITS = { timeMs: 600_000, memoryBytes: 2_000_000_000 };

/** A judge of the store; what a crash left half done is finished first. */
export function openJudge(parts: JudgeParts): Judge {
  let last = Promise.resolve();
  const state: State = { isClean: false, lastTick: 0, sinceS: 0, tickMs: 0 };
  return {
    name: 'replication judge',
    get everyMs() {
      return Math.min(EVERY_MS_MAX, Math.max(EVERY_MS, PAUSES * state.tickMs));
    },
    run(signal) {
      const run = last.then(() => judgeAll(state, signal, parts));
      last = run.catch(() => undefined);
      return run;
    },
  };
}

interface State {
  /** False until it is known that no tick is half done. */
  isClean: boolean;
  lastTick: number;
  /** Units stored before are all judged, seconds since 1970 by the engine's clock. */
  sinceS: number;
  /** How long the last tick took. */
  tickMs: number;
}

async function judgeAll(state: State, signal: AbortSignal, parts: JudgeParts): Promise<void> {
  if (!state.isClean) {
    state.lastTick = await finishLast(parts);
    state.isClean = true;
  }
  for (;;) {
    if (signal.aborted) return;
    const { work, sinceS } = await nextWork(state.sinceS, parts.engine);
    state.sinceS = sinceS;
    if (work === undefined) return;
    const tick = Math.max(state.lastTick + 1, parts.clock.nowMs());
    state.isClean = false;
    const startMs = parts.clock.nowMs();
    await judge(tick, work, parts);
    state.tickMs = parts.clock.nowMs() - startMs;
    state.lastTick = tick;
    state.isClean = true;
  }
}

/**
 * A tick is computed, chosen, applied, recorded. Once chosen, no other is computed before it is applied; applying it
 * again changes nothing, as its token is known. What was computed and not chosen is thrown away.
 */
async function judge(tick: number, work: Work, parts: JudgeParts): Promise<void> {
  const { engine } = parts;
  if (!(await isOfPairs(work, engine))) {
    await record(tick, work, { isApplied: true }, parts);
    return;
  }
  await engine.command(
    SUBJECTS.replace('{units}', () => idList(work)),
    { params: { tick, slice: work.slice, slices: work.slices }, limits: LIMITS },
  );
  await engine.command(COMPUTE, { params: { tick }, limits: LIMITS });
  await record(tick, work, { isApplied: false }, parts);
  await apply(tick, engine);
  await record(tick, work, { isApplied: true }, parts);
  await clear(engine);
}

/** Whether any version is in a bucket of a pair: to find that out costs a fraction of a tick that finds nothing. */
async function isOfPairs(work: Work, engine: Engine): Promise<boolean> {
  const rows = await engine.query(
    `select 1 as one
     from replication_touched
     where unit in (${idList(work)}) and bucket global in (
       select arrayJoin([source, destination]) from replication_pairs)
     limit 1
     settings final = 0`,
    { limits: LIMITS },
  );
  return rows.length > 0;
}

interface Progress {
  readonly tick: number;
  readonly is_applied: number;
  readonly units: readonly string[];
  readonly slice: number;
  readonly slices: number;
  readonly judged_until: string;
}

/** Applies the last tick when that is outstanding; gives its number, 0 when there is none. */
async function finishLast(parts: JudgeParts): Promise<number> {
  const { engine } = parts;
  const [last] = await engine.query<Progress>(
    `select tick, max(replication_progress.is_applied) as is_applied,
       arrayMap(unit -> toString(unit), any(replication_progress.units)) as units,
       any(replication_progress.slice) as slice, any(replication_progress.slices) as slices,
       any(replication_progress.judged_until) as judged_until
     from replication_progress
     where tick = (select max(tick) from replication_progress)
     group by tick
     settings final = 0`,
  );
  if (last !== undefined && last.is_applied === 0) {
    const { tick, units, slice, slices, judged_until } = last;
    await apply(tick, engine);
    await record(tick, { units, slice, slices, judgedUntil: judged_until }, { isApplied: true }, parts);
  }
  await clear(engine);
  return last?.tick ?? 0;
}

/** The rows of a tick as one block, so that states and sums have all of it or nothing. */
async function apply(tick: number, engine: Engine): Promise<void> {
  await engine.command(
    `insert into replications_judged
     select * from replication_ticks where tick = {tick:UInt64} order by all
     settings insert_deduplicate = 1, deduplicate_blocks_in_dependent_materialized_views = 1,
       insert_deduplication_token = 'judge-${tick}', max_threads = 1, max_insert_threads = 1,
       min_insert_block_size_rows = 1000000000, min_insert_block_size_bytes = 0`,
    { params: { tick }, limits: LIMITS },
  );
}

/** What a tick worked at is of no more use. */
async function clear(engine: Engine): Promise<void> {
  await engine.command('truncate table replication_subjects');
  await engine.command('truncate table replication_ticks');
}

async function record(
  tick: number,
  work: Work,
  { isApplied }: { readonly isApplied: boolean },
  { engine, clock }: JudgeParts,
): Promise<void> {
  await engine.insertRows({
    table: 'replication_progress',
    rows: [
      {
        tick,
        is_applied: isApplied ? 1 : 0,
        units: work.units,
        slice: work.slice,
        slices: work.slices,
        judged_until: work.judgedUntil,
        judged_at: engineTime(clock.nowMs()),
      },
    ],
    token: `judge-${tick}-${isApplied ? 'applied' : 'chosen'}`,
  });
}

function idList({ units }: Work): string {
  const wrong = units.find((unit) => !/^\d{1,20}$/.test(unit));
  if (wrong !== undefined) throw new Error(`not a unit: ${wrong}`);
  return units.map((unit) => `toUInt64(${unit})`).join(', ');
}
