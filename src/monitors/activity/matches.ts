/** Over time and by value: the facts that fit the filters of a search. */
import type { Engine } from '../../engine/engine.ts';
import { conditionsOf, type FactFilters, type FactTable, REQUESTS } from './facts.ts';
import { type Reading, readingFor } from './reading.ts';
import { stepStart } from './series.ts';

export interface MatchQuery extends FactFilters {
  readonly facts: FactTable;
}

export interface MatchPoint {
  readonly start_s: number;
  readonly total: number;
  readonly errors: number;
}

interface Estimate {
  readonly estimated: boolean;
  readonly sampledRequests: number;
}

export interface Histogram extends Estimate {
  readonly points: readonly MatchPoint[];
}

/** How many fit in each step. Errors are requests with a status of 400 or more, calls with an error code. */
export async function histogram(query: MatchQuery, stepS: number, engine: Engine): Promise<Histogram> {
  const reading = await readingOf(query, [], { stepS, engine });
  const params: Record<string, unknown> = { ...bucketOf(query) };
  const conditions = conditionsOf(query, query.facts, params);
  const start = stepStart(stepS).replace('(time,', `(${query.facts.timeColumn},`);
  const points = await engine.query<MatchPoint>(
    `select ${start} as start_s, sum(requests) as total, sum(errors) as errors
     from ${reading.from} as ${query.facts.table}
     where ${conditions.join(' and ')}
     group by start_s order by start_s
     ${reading.settings}`,
    { params },
  );
  return {
    estimated: reading.estimated,
    sampledRequests: reading.sampledRequests,
    points: points.map((point) => ({
      start_s: point.start_s,
      total: Math.round(point.total),
      errors: Math.round(point.errors),
    })),
  };
}

export interface Facet extends Estimate {
  readonly rows: readonly { readonly value: string; readonly count: number }[];
}

/** The values of a column that the most of them have. */
export async function facet(
  query: MatchQuery & { readonly dimension: string; readonly limit: number },
  engine: Engine,
): Promise<Facet> {
  const reading = await readingOf(query, [query.dimension], { engine });
  const params: Record<string, unknown> = { ...bucketOf(query) };
  const conditions = conditionsOf(query, query.facts, params);
  const rows = await engine.query<{ value: string; n: number }>(
    `select toString(${query.dimension}) as value, sum(requests) as n
     from ${reading.from} as ${query.facts.table}
     where ${conditions.join(' and ')}
     group by value order by n desc, value limit ${query.limit}
     ${reading.settings}`,
    { params },
  );
  return {
    estimated: reading.estimated,
    sampledRequests: reading.sampledRequests,
    rows: rows.map(({ value, n }) => ({ value, count: Math.round(n) })),
  };
}

async function readingOf(
  query: MatchQuery,
  grouped: readonly string[],
  { stepS, engine }: { readonly stepS?: number; readonly engine: Engine },
): Promise<Reading & { readonly settings: string }> {
  if (query.facts !== REQUESTS) {
    const from = `(select *, 1 as requests, error_code != '' as errors from ${query.facts.table})`;
    return { from, estimated: false, sampledRequests: 0, settings: '' };
  }
  const columns = [...grouped, ...columnsOf(query)];
  const bucket = exactBucket(query.filters);
  const reading = await readingFor(
    { columns, ...(stepS === undefined ? {} : { stepS }) },
    { range: query.range, ...(bucket === undefined ? {} : { bucket }) },
    engine,
  );
  return { ...reading, settings: 'settings final = 0' };
}

/** What the conditions read; kinds of access are made of many columns. */
function columnsOf(query: MatchQuery): string[] {
  const named = Object.keys(query.filters).flatMap((name) =>
    name === 'access_kind'
      ? [
          'requester',
          'remote_ip',
          'operation',
          'authentication_type',
          'signature_version',
          'tls_version',
          'cipher_suite',
        ]
      : [name],
  );
  return query.access === undefined ? named : [...named, 'operation'];
}

function bucketOf({ filters }: MatchQuery): { bucket?: string } {
  const bucket = exactBucket(filters);
  return bucket === undefined ? {} : { bucket };
}

/** The bucket that the filters name exactly, if they do. */
export function exactBucket(filters: Readonly<Record<string, string>>): string | undefined {
  const bucket = filters['bucket'];
  return bucket !== undefined && !/[*!]/.test(bucket) && bucket !== '-' ? bucket : undefined;
}
