/** The summary of what happened, asked of the API. */
import type { Access, Cost, MetricAnswer, Storms } from '../serve/activity-api.ts';
import type { Coverage, Series, Top } from '../serve/api.ts';
import type { ApiClient } from './context.ts';

/** Milliseconds; null when nothing was measured. */
interface Percentiles {
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

export interface ActivitySummary {
  readonly bucket: string | null;
  readonly coverage: Coverage;
  readonly totals: Series['totals'];
  readonly total_time_ms: Percentiles;
  readonly first_byte_ms: Percentiles;
  /** Busiest first, as are the next two. */
  readonly error_codes: Top['rows'];
  readonly operations: Top['rows'];
  /** Sessions of one role are one. */
  readonly requesters: Top['rows'];
  /** Those that occurred. */
  readonly access: Access['rows'];
  /** Latest first. */
  readonly storms: Storms['rows'];
  /** By list prices, about. */
  readonly cost: Omit<Cost, 'coverage' | 'rows'>;
}

const TOP_ROWS = '5';

/** Throws what the API answers, e.g. `invalid` for a range that is none. */
export async function askActivity(
  query: Readonly<Record<'bucket' | 'since' | 'until', string | undefined>>,
  client: ApiClient,
): Promise<ActivitySummary> {
  const top = async (dimension: Top['dimension']): Promise<Top['rows']> =>
    (await client.get<Top>('/activity/top', { ...query, dimension, limit: TOP_ROWS })).rows;
  const [series, total_time_ms, first_byte_ms, error_codes, operations, requesters, access, storms, cost] =
    await Promise.all([
      client.get<Series>('/activity/series', { ...query, steps: '1' }),
      percentiles('TotalRequestLatency', query, client),
      percentiles('FirstByteLatency', query, client),
      top('error_code'),
      top('operation'),
      top('principal'),
      client.get<Access>('/activity/access', query),
      client.get<Storms>('/activity/storms', query),
      client.get<Cost>('/activity/cost', { ...query, limit: '1' }),
    ]);
  const { coverage: _coverage, rows: _rows, ...costOfAll } = cost;
  return {
    bucket: query.bucket ?? null,
    coverage: series.coverage,
    totals: series.totals,
    total_time_ms,
    first_byte_ms,
    error_codes,
    operations,
    requesters,
    access: access.rows.filter(({ requests }) => requests > 0),
    storms: storms.rows,
    cost: costOfAll,
  };
}

async function percentiles(
  metric: string,
  query: Readonly<Record<string, string | undefined>>,
  client: ApiClient,
): Promise<Percentiles> {
  const total = async (statistic: string): Promise<number | null> =>
    (await client.get<MetricAnswer>(`/metrics/${metric}`, { ...query, statistic, steps: '1' })).total;
  const [p50, p95, p99] = await Promise.all([total('p50'), total('p95'), total('p99')]);
  return { p50, p95, p99 };
}
