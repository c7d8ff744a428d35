/**
 * Where a question about requests is read: in the sums, which have the answer ready; in the principals' rollup; in the facts
 * when they are few; else in the even sample, and then the answer is an estimate and says so.
 */
import type { Engine } from '../../engine/engine.ts';
import { type ActivityQuery, bucketParam, PRINCIPAL, principals, sums, within } from './levels.ts';

export interface Need {
  /** Columns the question groups or filters by, beside `time`. */
  readonly columns: readonly string[];
  /** The steps of its chart in seconds; absent: none, the range as a whole. */
  readonly stepS?: number;
  /** True when the question has conditions on columns of the facts which only the facts or the sample can meet. */
  readonly hasOwnConditions?: boolean;
}

/** A subquery `requests` with the columns needed and `bucket`, `time`, `requests`, `bytes_sent`, `errors`; of facts and sample also what one response and request had: `response_bytes`, `request_bytes`. */
export interface Reading {
  readonly from: string;
  readonly estimated: boolean;
  /** Requests that an estimate is made of; 0 when the answer is exact. */
  readonly sampledRequests: number;
}

const SUMMED = ['bucket', 'operation', 'http_status', 'error_code'];
const BY_PRINCIPAL = ['bucket', 'operation', 'principal'];
const SAMPLED = [
  'bucket',
  'operation',
  'http_status',
  'error_code',
  'key',
  'requester',
  'principal',
  'remote_ip',
  'user_agent',
  'version_id',
  'signature_version',
  'authentication_type',
  'host_header',
  'tls_version',
  'acl_required',
  'bytes_sent',
  'bytes_received',
];
/** Facts are read themselves up to this many; grouping 500,000 by key took 90 ms on two cores. */
const FACT_ROWS_MAX = 400_000;
/** Rows of the principals' rollup a question may read before it turns to the sample. */
const PRINCIPAL_ROWS_MAX = 6_000_000;
const SAMPLE_ROWS_MAX = 120_000;
/** A whole sample has this share of its due at least: of 60,000 rows and more, chance takes far less than a hundredth. */
const SAMPLE_SHARE_MIN = 0.97;
const SAMPLE_LEVEL_MIN = 4;
const SAMPLE_LEVEL_MAX = 20;

export async function readingFor(need: Need, query: ActivityQuery, engine: Engine): Promise<Reading> {
  const { columns, stepS } = need;
  const isIn = (known: readonly string[]): boolean => columns.every((column) => known.includes(column));
  if (need.hasOwnConditions !== true && isIn(SUMMED))
    return { ...EXACT, from: sums(summed(columns), query, stepS) };
  const isByPrincipal = need.hasOwnConditions !== true && isIn(BY_PRINCIPAL);
  if (isByPrincipal && (await principalRows(query, engine)) <= PRINCIPAL_ROWS_MAX)
    return {
      ...EXACT,
      from: principals(listed(columns, 'requests, bytes_sent, errors'), query, stepS),
    };
  const rows = await requestsIn(query, engine);
  if (rows <= FACT_ROWS_MAX) return fewFacts(rows, query, engine);
  if (!isIn(SAMPLED)) return { ...EXACT, from: facts(query) };
  return sample(rows, query, engine);
}

/** Sums are kept for longer than facts: where some of these are gone already, the answer is of what is left. */
async function fewFacts(rows: number, query: ActivityQuery, engine: Engine): Promise<Reading> {
  const [row] = await engine.query<{ n: number }>(
    `select count() as n from requests where ${within(query)}`,
    { params: bucketParam(query) },
  );
  const left = row?.n ?? 0;
  const from = facts(query);
  return left < rows ? { from, estimated: true, sampledRequests: left } : { ...EXACT, from };
}

const EXACT = { estimated: false, sampledRequests: 0 } as const;

function listed(columns: readonly string[], measures: string): string {
  return [...new Set(['bucket', 'time', ...columns]), measures].join(', ');
}

function summed(columns: readonly string[]): string {
  return listed(
    [...columns, 'http_status'],
    'requests, bytes_sent, if(http_status >= 400, requests, 0) as errors',
  );
}

function facts(query: ActivityQuery): string {
  return `(select *, ${PRINCIPAL} as principal, 1 as requests, http_status >= 400 as errors, bytes_sent as response_bytes, bytes_received as request_bytes
    from requests where ${within(query)})`;
}

async function sample(rows: number, query: ActivityQuery, engine: Engine): Promise<Reading> {
  const level = Math.min(
    SAMPLE_LEVEL_MAX,
    Math.max(SAMPLE_LEVEL_MIN, Math.ceil(Math.log2(rows / SAMPLE_ROWS_MAX))),
  );
  const conditions = `level >= ${level} and ${within(query)}`;
  const [row] = await engine.query<{ n: number }>(
    `select count() as n from request_sample where ${conditions}`,
    { params: bucketParam(query) },
  );
  const sampledRequests = row?.n ?? 0;
  // What a row stands for. The requests are counted, so their number is shared out, unless part of the sample has outlived
  // its retention, which the sums outlive: then what is gone must not be laid to what is left.
  const drawn = 2 ** level;
  const isWhole = sampledRequests * drawn > rows * SAMPLE_SHARE_MIN;
  const weight = isWhole ? rows / sampledRequests : drawn;
  return {
    from: `(select * replace (bytes_sent * ${weight} as bytes_sent), ${PRINCIPAL} as principal, ${weight} as requests, if(http_status >= 400, ${weight}, 0) as errors,
        request_sample.bytes_sent as response_bytes, request_sample.bytes_received as request_bytes
      from request_sample where ${conditions})`,
    estimated: true,
    sampledRequests,
  };
}

async function principalRows(query: ActivityQuery, engine: Engine): Promise<number> {
  const [row] = await engine.query<{ n: number }>(
    `select count() as n from principals_1h where ${within(query)} settings final = 0`,
    { params: bucketParam(query) },
  );
  return row?.n ?? 0;
}

/** How many requests the range and bucket have. */
export async function requestsIn(query: ActivityQuery, engine: Engine): Promise<number> {
  const [row] = await engine.query<{ n: number }>(
    `select sum(requests) as n from ${sums('requests', query)} settings final = 0`,
    { params: bucketParam(query) },
  );
  return row?.n ?? 0;
}
