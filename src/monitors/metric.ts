/** What a metric is: a name, its unit and dimensions, and one definition in SQL, made for a question about it. */
import type { EvidenceRow } from '../alarms/feed.ts';
import type { Engine } from '../engine/engine.ts';

/** CloudWatch's words; its kilobits are 1024 bits where a metric of the CRR Monitor is meant. */
export const METRIC_UNITS = ['Count', 'Bytes', 'Milliseconds', 'Seconds', 'Kilobits/Second'] as const;
export type MetricUnit = (typeof METRIC_UNITS)[number];

export const METRIC_GROUPS = ['requests', 'replication', 'backups', 'store', 'intake'] as const;
export type MetricGroup = (typeof METRIC_GROUPS)[number];

export interface Dimension {
  /** The label of its series. */
  readonly name: string;
  /** Column of the definition's rows. */
  readonly column: string;
  readonly isNumber?: boolean;
}

export interface MetricDefinition {
  /** AWS's where AWS has one. */
  readonly name: string;
  readonly unit: MetricUnit;
  readonly group: MetricGroup;
  /** One sentence. */
  readonly description: string;
  /** One series for each of their values. */
  readonly dimensions: readonly Dimension[];
  /** Series are split by these only where a question names them. */
  readonly finerDimensions?: readonly Dimension[];
  /** In CloudWatch's spelling, percentiles aside; the first says most. */
  readonly statistics: readonly string[];
  /** Its average is a share of 1. */
  readonly isShare?: boolean;
  /** The highest percentile it has; absent: none. */
  readonly percentileMax?: number;
  /** The one that says most, where that is not the first. */
  readonly usualStatistic?: string;
  /** Periods are multiples of this. */
  readonly finestS: number;
  /** Formats whose lateness decides up to when it is complete; none: it is never late. */
  readonly formats: readonly string[];
  /** The definition, for a question. */
  source(ask: MetricAsk, engine: Engine): Promise<MetricSource>;
  /** What is behind its values, `EXPLAINING_ROWS` at most, what says most last; absent: nothing is kept that says more. */
  rows?(ask: RowsAsk, engine: Engine): Promise<readonly EvidenceRow[]>;
}

export const EXPLAINING_ROWS = 5;

/** Whose values are to be explained. */
export type RowsAsk = Pick<MetricAsk, 'startMs' | 'endMs' | 'condition' | 'params' | 'signal'>;

export interface Statistic {
  readonly name: string;
  /** 0 to 100, when it is one. */
  readonly percentile?: number;
}

export interface MetricAsk {
  readonly statistic: Statistic;
  /** Milliseconds since 1970 UTC; inclusive. */
  readonly startMs: number;
  /** Exclusive. */
  readonly endMs: number;
  readonly nowMs: number;
  /** Length of its periods; absent: the range as a whole. */
  readonly stepS?: number;
  /** What it is grouped by or limited to. */
  readonly dimensions: readonly Dimension[];
  /** On columns of the dimensions; its placeholders are in `params`. */
  readonly condition: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly signal?: AbortSignal;
}

export interface MetricSource {
  /** A subquery with `time` and the columns of the dimensions, perhaps with clauses up to `where` behind it. */
  readonly from: string;
  /** An aggregate over its rows, null where nothing was measured. */
  readonly value: string;
  /** An aggregate: of how many samples the value is made; absent: enough. */
  readonly samples?: string;
  /** At the end of the query. */
  readonly settings?: string;
  /** Requests that an estimate is made of; absent: the value is exact. */
  readonly sampledRequests?: number;
}

/** The range as a condition on a column of times. */
export function timeWithin(column: string, { startMs, endMs }: Pick<MetricAsk, 'startMs' | 'endMs'>): string {
  return `${column} >= fromUnixTimestamp64Milli(${startMs}, 'UTC') and ${column} < fromUnixTimestamp64Milli(${endMs}, 'UTC')`;
}

/** The aggregate of a statistic. Whoever asks has seen to it that there is one. */
export function valueOf({ name }: Statistic, values: Readonly<Record<string, string>>): string {
  const value = values[name];
  if (value === undefined) throw new Error(`no aggregate for ${name}`);
  return value;
}
