/** The values of one dimension with the most requests, bytes or errors. */
import type { Engine } from '../../engine/engine.ts';
import { type ActivityQuery, ADDED_UP, bucketParam } from './levels.ts';
import { readingFor } from './reading.ts';

export interface TopQuery extends ActivityQuery {
  readonly dimension: string;
  readonly by: 'requests' | 'bytes_sent' | 'errors';
  readonly limit: number;
}

export interface TopRow {
  readonly value: string;
  readonly requests: number;
  readonly bytes_sent: number;
  readonly errors: number;
}

export interface Top {
  readonly rows: readonly TopRow[];
  readonly estimated: boolean;
  readonly sampledRequests: number;
}

/** A key up to its first slash. */
export const PREFIX = "if(position(key, '/') = 0, '', concat(splitByChar('/', key)[1], '/'))";

export async function topValues(query: TopQuery, engine: Engine): Promise<Top> {
  const { dimension, by } = query;
  const reading = await readingFor({ columns: [dimension === 'prefix' ? 'key' : dimension] }, query, engine);
  const expression = dimension === 'prefix' ? PREFIX : `toString(${dimension})`;
  const isCounted = dimension === 'error_code' ? "where error_code != ''" : '';
  const rows = await engine.query<{ value: string; n: number; bytes: number; failed: number }>(
    `select ${expression} as value, sum(requests) as n, sum(bytes_sent) as bytes, sum(errors) as failed
     from ${reading.from} ${isCounted}
     group by value
     order by ${{ requests: 'n', bytes_sent: 'bytes', errors: 'failed' }[by]} desc, value
     limit ${query.limit}
     ${ADDED_UP}`,
    { params: bucketParam(query) },
  );
  return {
    rows: rows.map(({ value, n, bytes, failed }) => ({
      value,
      requests: Math.round(n),
      bytes_sent: Math.round(bytes),
      errors: Math.round(failed),
    })),
    estimated: reading.estimated,
    sampledRequests: reading.sampledRequests,
  };
}
