/** The one way to ask for a metric: its definition, grouped by dimensions and periods. */
import type { Engine } from '../engine/engine.ts';
import type { Dimension, MetricAsk, MetricDefinition, Statistic } from '../monitors/metric.ts';
import type { Point } from './points.ts';

export interface SeriesQuery {
  readonly metric: MetricDefinition;
  readonly statistic: Statistic;
  /** One series for each of their values; none: all together. */
  readonly by: readonly Dimension[];
  readonly limits: readonly Limited[];
  /** Milliseconds since 1970 UTC; the end is exclusive. */
  readonly startMs: number;
  readonly endMs: number;
  /** Absent: the range as a whole is one point. */
  readonly stepS?: number;
}

/** Only series with one of these values. */
export interface Limited {
  readonly dimension: Dimension;
  readonly values: readonly string[];
}

export interface Series {
  /** Values of the dimensions it is grouped by, in their order. */
  readonly values: readonly string[];
  readonly points: readonly Point[];
}

export interface SeriesFound {
  /** In the order of their values. */
  readonly series: readonly Series[];
  /** How many more there are. */
  readonly omitted: number;
  /** Periods with rows of which nothing was measured, by their start. */
  readonly emptyMs: readonly number[];
  /** Requests that an estimate is made of; absent: it is exact. */
  readonly sampledRequests?: number;
}

interface QueryParts {
  readonly engine: Engine;
  readonly nowMs: number;
  readonly signal?: AbortSignal;
  /** Series of one answer; fewer where each has many points. */
  readonly seriesMax?: number;
}

interface Row {
  readonly points: readonly (readonly [
    startS: number,
    value: number | string | null,
    samples: number | string | null,
  ])[];
  readonly series: number;
  readonly [label: `label_${number}`]: string;
}

const SERIES_MAX = 10_000;
/** Points of one answer. */
const POINTS_MAX = 1_000_000;

export async function querySeries(query: SeriesQuery, parts: QueryParts): Promise<SeriesFound> {
  const { engine, signal } = parts;
  const ask = askOf(query, parts);
  const source = await query.metric.source(ask, engine);
  const labels = query.by.map((_, index) => `label_${index}`);
  const steps = query.stepS === undefined ? 1 : Math.ceil((query.endMs - query.startMs) / 1000 / query.stepS);
  const seriesMax = Math.max(
    1,
    Math.min(parts.seriesMax ?? SERIES_MAX, Math.floor(POINTS_MAX / Math.max(1, steps))),
  );
  const start =
    query.stepS === undefined ? '0' : `intDiv(toUnixTimestamp(time), ${query.stepS}) * ${query.stepS}`;
  const selected = query.by.map(({ column }, index) => `toString(${column}) as label_${index}`);
  const rows = await engine.query<Row>(
    `select ${[...labels, 'groupArray((start_s, measured, sampled)) as points', 'count() over () as series'].join(', ')}
     from (
       select ${[...selected, `${start} as start_s`, `toFloat64(${source.value}) as measured`, `${source.samples === undefined ? 'null' : `toFloat64(${source.samples})`} as sampled`].join(', ')}
       from ${source.from}
       group by ${[...labels, 'start_s'].join(', ')}
     )
     ${labels.length === 0 ? 'group by () having count() > 0' : `group by ${labels.join(', ')} order by ${labels.join(', ')}`}
     limit ${seriesMax}
     ${source.settings ?? ''}`,
    { params: ask.params, ...(signal === undefined ? {} : { signal }) },
  );
  return foundOf(rows, query, source.sampledRequests);
}

function askOf(query: SeriesQuery, { nowMs, signal }: QueryParts): MetricAsk {
  const { metric: _metric, by, limits, ...rest } = query;
  return {
    ...rest,
    ...conditionOf(limits),
    nowMs,
    dimensions: [...by, ...limits.map(({ dimension }) => dimension)],
    ...(signal === undefined ? {} : { signal }),
  };
}

/** The limits as a condition on columns of the definition's rows. */
export function conditionOf(limits: readonly Limited[]): Pick<MetricAsk, 'condition' | 'params'> {
  const conditions = limits.map(({ dimension: { column, isNumber }, values }, index) => {
    const text = isNumber === true ? `toString(${column})` : column;
    return values.length === 1
      ? `${text} = {limit_${index}:String}`
      : `${text} in {limit_${index}:Array(String)}`;
  });
  const params = limits.map(({ values }, index) => [
    `limit_${index}`,
    values.length === 1 ? values[0] : values,
  ]);
  return {
    condition: conditions.length === 0 ? '1' : conditions.join(' and '),
    params: Object.fromEntries(params) as Record<string, unknown>,
  };
}

function foundOf(
  rows: readonly Row[],
  { by }: SeriesQuery,
  sampledRequests: number | undefined,
): SeriesFound {
  const empty = rows.flatMap(({ points }) =>
    points.filter(([, value]) => value === null).map(([startS]) => startS * 1000),
  );
  return {
    series: rows.map((row) => ({
      values: by.map((_, index) => row[`label_${index}`] ?? ''),
      points: row.points
        .flatMap(([startS, value, samples]): Point[] =>
          value === null
            ? []
            : [
                {
                  startMs: startS * 1000,
                  value: Number(value),
                  ...(samples === null ? {} : { samples: Number(samples) }),
                },
              ],
        )
        .sort((one, other) => one.startMs - other.startMs),
    })),
    omitted: Math.max(0, (rows[0]?.series ?? 0) - rows.length),
    emptyMs: empty,
    ...(sampledRequests === undefined ? {} : { sampledRequests }),
  };
}
