/** Series as they were judged last, and what people said of them. */
import type { Engine } from '../../engine/engine.ts';
import { conditionOf, idOf, type SeriesChoice } from './chosen.ts';
import type { SeriesVerdict } from './verdict.ts';

/** A series as it is stored. Times in milliseconds since 1970 UTC, null where there is none. */
export interface StoredSeries {
  readonly bucket: string;
  readonly series: string;
  readonly isDeclared: boolean;
  readonly pattern: string;
  /** In words; empty while none is known. */
  readonly schedule: string;
  readonly nextDuesMs: readonly number[];
  readonly nextDeadlineMs: number | null;
  /** As `backups.series` of the configuration has it. */
  readonly rule: Readonly<Record<string, unknown>>;
  readonly verdict: SeriesVerdict;
  readonly sentence: string;
  readonly sinceMs: number | null;
  /** Known and not removed. */
  readonly files: number;
  readonly firstMs: number | null;
  readonly lastMs: number | null;
  readonly keepSeconds: number | null;
  readonly proposalFit: number | null;
  readonly proposalFired: number;
  /** Why the bucket could not be listed; empty when it could. */
  readonly evidence: string;
  readonly judgedMs: number;
}

type Row = Omit<StoredSeries, 'isDeclared' | 'rule' | 'keepSeconds'> & {
  readonly isDeclared: number;
  readonly rule: string;
  readonly keepSeconds: number | string | null;
};

/** The series chosen, by bucket and name. */
export async function seriesRows(choice: SeriesChoice, engine: Engine): Promise<StoredSeries[]> {
  const { isChosen, params } = conditionOf(choice);
  const rows = await engine.query<Row>(
    `select bucket, series, pattern, schedule, rule, verdict, sentence, files, evidence,
       is_declared as isDeclared,
       arrayMap(due -> toUnixTimestamp64Milli(due), next_dues) as nextDuesMs,
       toUnixTimestamp64Milli(next_deadline) as nextDeadlineMs,
       toUnixTimestamp64Milli(since) as sinceMs,
       toUnixTimestamp64Milli(first_at) as firstMs,
       toUnixTimestamp64Milli(last_at) as lastMs,
       keep_seconds as keepSeconds,
       proposal_fit as proposalFit,
       proposal_fired as proposalFired,
       toUnixTimestamp64Milli(judged_at) as judgedMs
     from backup_series
     where ${isChosen}
     order by bucket, series`,
    { params },
  );
  return rows.map((row) => ({
    ...row,
    isDeclared: row.isDeclared === 1,
    rule: ruleOf(row.rule),
    keepSeconds: row.keepSeconds === null ? null : Number(row.keepSeconds),
  }));
}

/** An empty one while none is known. */
function ruleOf(text: string): Readonly<Record<string, unknown>> {
  const rule: unknown = text === '' ? {} : JSON.parse(text);
  return typeof rule === 'object' && rule !== null ? { ...rule } : {};
}

export interface Pause {
  /** When it ends by itself; null when it does not. */
  readonly untilMs: number | null;
  readonly author: string;
  readonly reason: string;
}

/** The pauses that hold at `nowMs`, by `idOf`: of pausing and resuming what was said last counts. */
export async function pauses(
  query: SeriesChoice & { readonly nowMs: number },
  engine: Engine,
): Promise<Map<string, Pause>> {
  const { isChosen, params } = conditionOf(query);
  const rows = await engine.query<
    Pause & { readonly bucket: string; readonly series: string; readonly act: string }
  >(
    `select bucket, series, act, author, reason, toUnixTimestamp64Milli(until) as untilMs
     from backup_acts
     where act in ('pause', 'resume') and ${isChosen}
     order by at desc, act desc
     limit 1 by bucket, series`,
    { params },
  );
  return new Map(
    rows
      .filter(({ act, untilMs }) => act === 'pause' && (untilMs === null || untilMs > query.nowMs))
      .map(({ untilMs, author, reason, ...row }) => [idOf(row), { untilMs, author, reason }]),
  );
}
