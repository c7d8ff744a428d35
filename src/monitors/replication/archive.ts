/** The job that writes versions in a final state to the archive. */
import type { Engine } from '../../engine/engine.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Job } from '../../lib/job.ts';
import { type ArchiveFormat, archiveBytes, EXTENSIONS } from './archive-formats.ts';
import type { ArchivePlace } from './archive-place.ts';
import {
  type ArchiveHour,
  archiveHours,
  type ArchiveRun,
  type FinalTick,
  finalTicks,
} from './archive-records.ts';

export interface ArchiveSettings {
  readonly format: ArchiveFormat;
  readonly everyMs: number;
  /** About so many records an object at most; default 50,000. */
  readonly objectRecords?: number;
}

interface ArchiveParts {
  readonly engine: Engine;
  readonly place: ArchivePlace;
  readonly clock: Clock;
}

const OBJECT_RECORDS = 50_000;
const RUN_OBJECTS = 20;

/**
 * A run covers a range of the judge's ticks, and a row has the tick that changed it last: so each state is in the objects
 * of one run. A run is planned in the table before it writes, under names that the plan gives, and marked as stored after:
 * repeating it replaces its own objects.
 */
export function openArchive(settings: ArchiveSettings, parts: ArchiveParts): Job {
  return {
    name: 'replication archive',
    everyMs: settings.everyMs,
    run: async (signal) => {
      const objectRecords = settings.objectRecords ?? OBJECT_RECORDS;
      let run = (await unfinished(parts.engine)) ?? (await plan(objectRecords, parts));
      while (run !== undefined && !signal.aborted) {
        await store(run, settings.format, { ...parts, signal });
        run = await plan(objectRecords, parts);
      }
    },
  };
}

interface RunRow {
  readonly first_tick: number;
  readonly last_tick: number;
  readonly slices: number;
}

async function unfinished(engine: Engine): Promise<ArchiveRun | undefined> {
  const [row] = await engine.query<RunRow>(
    'select first_tick, last_tick, slices from replication_archive_runs where not is_stored order by first_tick limit 1',
  );
  return row && { firstTick: row.first_tick, lastTick: row.last_tick, slices: row.slices };
}

/** The next run, in the table; nothing when nothing is new. */
async function plan(objectRecords: number, { engine, clock }: ArchiveParts): Promise<ArchiveRun | undefined> {
  const [last] = await engine.query<{ tick: number }>(
    'select max(last_tick) as tick from replication_archive_runs',
  );
  const ticks = await finalTicks(last?.tick ?? 0, engine);
  const run = runOf(ticks, objectRecords);
  if (run !== undefined) await saveRun(run, { is_stored: 0, planned_at: isoOf(clock.nowMs()) }, engine);
  return run;
}

/** As many ticks as make `RUN_OBJECTS` slices, at least the first with rows; nothing when none has any. */
function runOf(ticks: readonly FinalTick[], objectRecords: number): ArchiveRun | undefined {
  const [first] = ticks;
  if (first === undefined) return undefined;
  let { tick: lastTick } = first;
  let rows = 0;
  for (const one of ticks) {
    if (rows > 0 && rows + one.rows > RUN_OBJECTS * objectRecords) break;
    lastTick = one.tick;
    rows += one.rows;
  }
  return rows === 0
    ? undefined
    : { firstTick: first.tick, lastTick, slices: Math.ceil(rows / objectRecords) };
}

async function store(
  run: ArchiveRun,
  format: ArchiveFormat,
  parts: ArchiveParts & { readonly signal: AbortSignal },
): Promise<void> {
  const sums = { objects: 0, records: 0, size_bytes: 0 };
  for (let slice = 0; slice < run.slices; slice += 1) {
    for (const hour of await archiveHours(run, slice, parts.engine)) {
      const bytes = await archiveBytes(hour.records, format);
      await parts.place.put(objectName({ run, slice, hour, format }), bytes, parts.signal);
      sums.objects += 1;
      sums.records += hour.records.length;
      sums.size_bytes += bytes.byteLength;
    }
  }
  const now = isoOf(parts.clock.nowMs());
  await saveRun(run, { ...sums, is_stored: 1, planned_at: now, stored_at: now }, parts.engine);
}

interface Named {
  readonly run: ArchiveRun;
  readonly slice: number;
  readonly hour: ArchiveHour;
  readonly format: ArchiveFormat;
}

/** `dt=2026-11-21/hour=13/replications-1795267200000-0000.jsonl.gz`. */
function objectName({ run, slice, hour: { hour }, format }: Named): string {
  const folder = `dt=${hour.slice(0, 10)}/hour=${hour.slice(11, 13)}`;
  return `${folder}/replications-${run.firstTick}-${String(slice).padStart(4, '0')}.${EXTENSIONS[format]}`;
}

async function saveRun(
  { firstTick, lastTick, slices }: ArchiveRun,
  state: Readonly<Record<string, unknown>>,
  engine: Engine,
): Promise<void> {
  const row = { first_tick: firstTick, last_tick: lastTick, slices, ...state };
  await engine.insertRows({ table: 'replication_archive_runs', rows: [row] });
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}
