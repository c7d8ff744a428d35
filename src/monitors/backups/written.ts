/** What was judged, written where it differs from what stands in the store. */
import type { Engine } from '../../engine/engine.ts';
import { engineTime, engineTimeIfAny } from '../../lib/engine-time.ts';
import type { BookSeries } from './book.ts';
import { ruleSection } from './rule-section.ts';
import { OTHERS } from './series.ts';
import type { Stand } from './stand.ts';
import { type JudgedRun, usualSize } from './verdict.ts';

const KEYS_MAX = 20;
/** Median of a run that no change is looked at for. */
const USUAL_RUNS = 7;
/** Good runs enough for any median are among so many. */
const USUAL_REACH = 150;
const ROWS_AT_ONCE = 20_000;
/** A row that says the same is written again after this: its retention counts from when it was judged. */
const AGAIN_MS = 86_400_000;

/** What the store has of one series: a sign of each run by its due time, and one of the series itself. */
interface Stored {
  runs: Map<number, number>;
  series: number;
  judgedMs: number;
}

/** A judged series on its way to the store. */
export interface Judged {
  readonly series: BookSeries;
  readonly stand: Stand;
  /** Why the bucket could not be listed when it had to be; empty when it was. */
  readonly evidence: string;
}

type Row = Readonly<Record<string, unknown>>;

export class Written {
  readonly #engine: Engine;
  readonly #stored = new Map<string, Stored>();
  /** Of two rows the later one counts: no two writings have the same time. */
  #lastMs = 0;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Reads what the store has. */
  async read(): Promise<void> {
    const series = await this.#engine.query<{ bucket: string; series: string }>(
      'select bucket, series from backup_series',
    );
    for (const one of series) this.#of(one.bucket, one.series);
    const runs = await this.#engine.query<{ bucket: string; series: string; due_ms: number }>(
      `select bucket, series, toUnixTimestamp64Milli(due) as due_ms from backup_runs`,
      { limits: { resultRows: 5_000_000 } },
    );
    for (const { bucket, series: name, due_ms: dueMs } of runs) this.#of(bucket, name).runs.set(dueMs, 0);
  }

  /** The first due time that the store has of a series, milliseconds since 1970 UTC. */
  firstDueMs(bucket: string, series: string): number | undefined {
    const dues = this.#stored.get(idOf(bucket, series))?.runs.keys();
    return dues === undefined ? undefined : [...dues].reduce<number | undefined>(least, undefined);
  }

  /**
   * Writes what differs; runs before series, so that a series never tells of a run that is not there. Gives whether a series
   * did.
   */
  async write(judged: readonly Judged[], atMs: number): Promise<boolean> {
    const nowMs = this.#next(atMs);
    const runs: Row[] = [];
    const series: Row[] = [];
    const after: (() => void)[] = [];
    for (const one of judged) {
      const stored = this.#of(one.series.bucket, one.series.id);
      const changed = runRows(one, stored, nowMs);
      runs.push(...changed.rows);
      const row = seriesRow(one);
      const sign = signOf(row);
      const isSame = sign === stored.series && nowMs - stored.judgedMs < AGAIN_MS;
      if (!isSame) series.push({ ...row, judged_at: engineTime(nowMs), is_deleted: 0 });
      after.push(() => {
        stored.runs = changed.signs;
        if (!isSame) [stored.series, stored.judgedMs] = [sign, nowMs];
      });
    }
    await this.#insert('backup_runs', runs);
    await this.#insert('backup_series', series);
    // Only what is in the store counts as being there.
    for (const note of after) note();
    return series.length > 0;
  }

  /** Takes back every series that is not among these. */
  async keepOnly(kept: readonly BookSeries[], atMs: number): Promise<void> {
    const ids = new Set(kept.map(({ bucket, id }) => idOf(bucket, id)));
    const gone = [...this.#stored].filter(([id]) => !ids.has(id));
    if (gone.length === 0) return;
    const judged_at = engineTime(this.#next(atMs));
    const runs = gone.flatMap(([id, stored]) =>
      [...stored.runs.keys()].map((dueMs) => ({
        ...namesOf(id),
        ...NO_RUN,
        due: engineTime(dueMs),
        judged_at,
      })),
    );
    await this.#insert('backup_runs', runs);
    await this.#insert(
      'backup_series',
      gone.map(([id]) => ({ ...namesOf(id), judged_at, is_deleted: 1 })),
    );
    for (const [id] of gone) this.#stored.delete(id);
  }

  #next(atMs: number): number {
    this.#lastMs = Math.max(atMs, this.#lastMs + 1);
    return this.#lastMs;
  }

  #of(bucket: string, series: string): Stored {
    const id = idOf(bucket, series);
    const stored = this.#stored.get(id) ?? { runs: new Map<number, number>(), series: 0, judgedMs: 0 };
    this.#stored.set(id, stored);
    return stored;
  }

  async #insert(table: string, rows: readonly Row[]): Promise<void> {
    for (let start = 0; start < rows.length; start += ROWS_AT_ONCE)
      await this.#engine.insertRows({ table, rows: rows.slice(start, start + ROWS_AT_ONCE) });
  }
}

/** Rows of runs that are new or differ, and of those that are no runs any more; and what the store has with them. */
function runRows(
  { series, stand }: Judged,
  stored: Stored,
  nowMs: number,
): { readonly rows: Row[]; readonly signs: Map<number, number> } {
  const names = { bucket: series.bucket, series: series.id };
  const judged_at = engineTime(nowMs);
  const rows: Row[] = [];
  const signs = new Map<number, number>();
  for (const [index, run] of stand.runs.entries()) {
    const row = runRow(run, usualBefore(stand, index));
    const sign = signOf(row);
    signs.set(run.dueMs, sign);
    if (stored.runs.get(run.dueMs) !== sign) rows.push({ ...names, ...row, judged_at, is_deleted: 0 });
  }
  const firstMs = stand.runs[0]?.dueMs ?? stand.rule?.sinceMs ?? 0;
  for (const [dueMs, sign] of stored.runs) {
    if (signs.has(dueMs)) continue;
    // Runs before the first that is judged now are history that is no longer kept in memory.
    if (dueMs < firstMs) signs.set(dueMs, sign);
    else rows.push({ ...names, ...NO_RUN, due: engineTime(dueMs), judged_at });
  }
  return { rows, signs };
}

const EPOCH = engineTime(0);
const NO_RUN = { opens: EPOCH, deadline: EPOCH, since: EPOCH, is_deleted: 1 };

function usualBefore({ runs, rule }: Stand, index: number): number | undefined {
  const before = runs.slice(Math.max(0, index - USUAL_REACH), index);
  return usualSize(before, rule?.change?.runs ?? USUAL_RUNS, 0);
}

function runRow(run: JudgedRun, usualBytes: number | undefined): Row {
  return {
    due: engineTime(run.dueMs),
    opens: engineTime(run.opensMs),
    deadline: engineTime(run.deadlineMs),
    verdict: run.verdict,
    sentence: run.sentence,
    since: engineTime(run.sinceMs),
    arrived: engineTimeIfAny(run.arrivedMs),
    size_bytes: run.sizeBytes,
    usual_bytes: usualBytes ?? null,
    files: run.files.length,
    keys: run.files.slice(-KEYS_MAX).map(({ key }) => key),
    members: run.members,
    members_expected: run.membersExpected ?? null,
  };
}

function seriesRow({ series, stand, evidence }: Judged): Row {
  const kept = series.files.filter(({ removedMs }) => removedMs === undefined);
  const { state, rule, proposal } = stand;
  const pattern = patternOf(series);
  return {
    bucket: series.bucket,
    series: series.id,
    is_declared: series.expected === undefined ? 0 : 1,
    pattern,
    schedule: stand.schedule,
    next_dues: stand.nextDuesMs.map(engineTime),
    next_deadline: engineTimeIfAny(stand.nextDeadlineMs),
    rule: rule === undefined ? '' : JSON.stringify({ pattern, ...ruleSection(rule) }),
    verdict: state.verdict,
    sentence: state.sentence,
    since: state.sinceMs === 0 ? null : engineTime(state.sinceMs),
    newest_due: engineTimeIfAny(state.newest?.dueMs),
    files: kept.length,
    first_at: engineTimeIfAny(kept[0]?.atMs),
    last_at: engineTimeIfAny(series.files.at(-1)?.atMs),
    keep_seconds: series.expected?.keepMs === undefined ? null : Math.round(series.expected.keepMs / 1000),
    proposal_fit: proposal?.fit ?? null,
    proposal_fired: proposal?.fired.length ?? 0,
    evidence,
  };
}

/** The pattern of a series' keys, as the configuration would have it. */
export function patternOf({ id: name, expected, discovery }: BookSeries): string {
  if (expected !== undefined) return expected.pattern;
  const id = name.endsWith(` ${OTHERS}`) ? name.slice(0, -OTHERS.length - 1) : name;
  switch (discovery?.grouping.by) {
    case 'folder':
      return id === '(root)' ? '*' : `${id}/**`;
    case 'pattern':
      return withValues(discovery.grouping.pattern, id);
    default:
      return id.replace(/^\(root\) /, '');
  }
}

/** A pattern with the values of one series in place of its named parts. */
export function withValues(pattern: string, id: string): string {
  const values = id.split('/');
  const named = /\{(?!(?:date|year|month|day|hour|week|weekday|epoch|member|n|uuid|id)\})[^{}]*\}/g;
  const names = [...new Set(pattern.match(named) ?? [])];
  return names.length === 0 || names.length !== values.length
    ? pattern
    : pattern.replace(named, (name) => values[names.indexOf(name)] ?? name);
}

function idOf(bucket: string, series: string): string {
  return `${bucket}\n${series}`;
}

function namesOf(id: string): { bucket: string; series: string } {
  const end = id.indexOf('\n');
  return { bucket: id.slice(0, end), series: id.slice(end + 1) };
}

function least(one: number | undefined, other: number): number {
  return one === undefined || other < one ? other : one;
}

/** A number that tells rows apart well enough to see a change: FNV-1a over their text, never 0. */
function signOf(row: Row): number {
  const text = JSON.stringify(row);
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash ^= text.charCodeAt(index);
    hash = Math.imul(hash, 0x01000193);
  }
  return hash >>> 0 || 1;
}
