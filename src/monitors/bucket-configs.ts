/** How buckets are configured now, as far as their stores say. */
import type { Engine } from '../engine/engine.ts';

/** What a store answered to a question about a bucket: nothing there, not allowed, not offered, and no answer are four things. */
export type ConfigState = 'present' | 'absent' | 'denied' | 'unsupported' | 'failed';

/** The newest answer to one question about one bucket; `failed` only when there was never another. */
export interface LatestConfig {
  readonly store: string;
  readonly region: string;
  readonly endpoint: string;
  readonly accountId: string;
  readonly state: ConfigState;
  /** JSON as the API gives it; empty unless present. */
  readonly document: string;
  readonly reason: string;
  /** When the store gave this answer last, milliseconds since 1970 UTC; written once a day and at each change. */
  readonly observedMs: number;
}

interface Row {
  readonly bucket: string;
  readonly store: string;
  readonly region: string;
  readonly endpoint: string;
  readonly account_id: string;
  readonly state: ConfigState;
  readonly document: string;
  readonly reason: string;
  readonly observed_ms: string | number;
}

const BUCKETS_MAX = 100_000;

/**
 * The newest answer of each bucket to one question, by bucket id; all buckets when none are named. Every question about
 * a bucket that is gone is `absent`.
 */
export async function latestConfigs(
  wanted: { readonly aspect: string; readonly buckets?: readonly string[] },
  engine: Engine,
): Promise<Map<string, LatestConfig>> {
  const { aspect, buckets } = wanted;
  const isNamed = buckets === undefined ? '' : 'and has({buckets:Array(String)}, bucket)';
  const rows = await engine.query<Row>(
    `with
       answers as (
         select
           bucket,
           argMax(
             tuple(store, region, endpoint, account_id, toString(state), document, reason, observed_at),
             (state != 'failed', observed_at)) as answer
         from bucket_configs
         where aspect = {aspect:String} ${isNamed}
         group by bucket
       ),
       gone as (
         select bucket, max(observed_at) as gone_at, argMax(state, (state != 'failed', observed_at)) as bucket_state
         from bucket_configs
         where aspect = 'bucket' ${isNamed}
         group by bucket
         having bucket_state = 'absent'
       )
     select
       bucket,
       answer.1 as store,
       answer.2 as region,
       answer.3 as endpoint,
       answer.4 as account_id,
       if(is_gone, 'absent', answer.5) as state,
       if(is_gone, '', answer.6) as document,
       if(is_gone, 'the bucket is gone', answer.7) as reason,
       toUnixTimestamp64Milli(if(is_gone, gone_at, answer.8)) as observed_ms
     from (
       select answers.bucket as bucket, answer, gone_at, bucket_state = 'absent' and gone_at >= answer.8 as is_gone
       from answers left join gone on gone.bucket = answers.bucket
     )
     order by bucket
     limit ${BUCKETS_MAX}`,
    { params: { aspect, ...(buckets === undefined ? {} : { buckets }) } },
  );
  return new Map(
    rows.map(({ bucket, account_id: accountId, observed_ms: observedMs, ...row }) => [
      bucket,
      { ...row, accountId, observedMs: Number(observedMs) },
    ]),
  );
}

export interface BucketSummary {
  readonly bucket: string;
  readonly store: string;
  readonly accountId: string;
  readonly endpoint: string;
  readonly region: string;
  /** Absent when the store does not say. */
  readonly createdMs?: number;
  /** The store said that there is no such bucket any more. */
  readonly isGone: boolean;
  /** The newest row about it. */
  readonly observedMs: number;
  /** Questions by the state of their last answer. */
  readonly aspects: Readonly<Record<ConfigState, number>>;
  /** Questions that are denied, or had no answer when they were asked last. */
  readonly problems: readonly {
    readonly aspect: string;
    readonly state: ConfigState;
    readonly reason: string;
  }[];
}

interface SummaryRow extends Pick<BucketSummary, 'bucket' | 'store' | 'endpoint' | 'region' | 'problems'> {
  readonly account_id: string;
  readonly created: string;
  readonly is_gone: number;
  readonly observed_ms: string | number;
  readonly states: readonly string[];
}

const STATES: readonly ConfigState[] = ['present', 'absent', 'denied', 'unsupported', 'failed'];

/** What is known of each bucket of the estate, by bucket id. */
export async function bucketSummaries(engine: Engine): Promise<BucketSummary[]> {
  const rows = await engine.query<SummaryRow>(
    `select
       bucket,
       argMax(answers.store, seen) as store,
       argMax(answers.account_id, (answers.account_id != '', seen)) as account_id,
       argMax(answers.endpoint, seen) as endpoint,
       argMax(answers.region, (answers.region != '', seen)) as region,
       anyIf(JSONExtractString(document, 'CreationDate'), aspect = 'bucket') as created,
       max(aspect = 'bucket' and state = 'absent') as is_gone,
       toUnixTimestamp64Milli(max(seen)) as observed_ms,
       groupArray(state) as states,
       groupArrayIf(
         cast((aspect, state, reason), 'Tuple(aspect String, state String, reason String)'),
         state in ('denied', 'failed')) as problems
     from (
       select
         bucket,
         aspect,
         max(observed_at) as seen,
         argMax(bucket_configs.store, observed_at) as store,
         argMax(bucket_configs.account_id, observed_at) as account_id,
         argMax(bucket_configs.endpoint, observed_at) as endpoint,
         argMax(bucket_configs.region, observed_at) as region,
         toString(argMax(bucket_configs.state, observed_at)) as state,
         argMax(if(aspect = 'bucket', bucket_configs.document, ''), observed_at) as document,
         argMax(bucket_configs.reason, observed_at) as reason
       from bucket_configs
       group by bucket, aspect
       order by bucket, aspect
     ) as answers
     group by bucket
     order by bucket
     limit ${BUCKETS_MAX}`,
  );
  return rows.map(
    ({ account_id: accountId, observed_ms: observedMs, created, is_gone: isGone, states, ...row }) => {
      const createdMs = Date.parse(created);
      const counted = STATES.map((state) => [state, states.filter((one) => one === state).length]);
      return {
        ...row,
        accountId,
        ...(Number.isNaN(createdMs) ? {} : { createdMs }),
        isGone: isGone === 1,
        observedMs: Number(observedMs),
        aspects: Object.fromEntries(counted) as Record<ConfigState, number>,
      };
    },
  );
}

export interface BucketAnswer {
  readonly aspect: string;
  readonly state: ConfigState;
  readonly document: string;
  readonly reason: string;
  readonly observedMs: number;
}

type AnswerRow<Extra = unknown> = Omit<BucketAnswer, 'observedMs'> & {
  readonly observed_ms: string | number;
} & Extra;

/** The newest answer to each question about a bucket, and why a later one had none; empty when it had. */
export async function bucketAnswers(
  bucket: string,
  engine: Engine,
): Promise<(BucketAnswer & { readonly failure: string })[]> {
  const rows = await engine.query<AnswerRow<{ failure: string }>>(
    `select
       aspect,
       answer.1 as state,
       answer.2 as document,
       answer.3 as reason,
       toUnixTimestamp64Milli(answer.4) as observed_ms,
       if(last.1 = 'failed' and state != 'failed', last.2, '') as failure
     from (
       select
         aspect,
         argMax(tuple(toString(state), document, reason, observed_at), (state != 'failed', observed_at)) as answer,
         argMax(tuple(toString(state), reason), observed_at) as last
       from bucket_configs
       where bucket = {bucket:String}
       group by aspect
     )
     order by aspect
     limit 1000`,
    { params: { bucket } },
  );
  return rows.map(({ observed_ms: observedMs, ...row }) => ({ ...row, observedMs: Number(observedMs) }));
}

/** Answers about a bucket that differ from the one before to the same question, latest first. */
export async function bucketHistory(
  { bucket, limit }: { readonly bucket: string; readonly limit: number },
  engine: Engine,
): Promise<BucketAnswer[]> {
  const rows = await engine.query<AnswerRow>(
    `select aspect, state_now as state, document, reason, toUnixTimestamp64Milli(observed_at) as observed_ms
     from (
       select
         aspect,
         toString(bucket_configs.state) as state_now,
         document,
         reason,
         observed_at,
         any((toString(bucket_configs.state), document))
           over (partition by aspect order by observed_at rows between 1 preceding and 1 preceding) as before
       from bucket_configs
       where bucket = {bucket:String}
     )
     where before != (state_now, document)
     order by observed_at desc, aspect
     limit ${limit}`,
    { params: { bucket } },
  );
  return rows.map(({ observed_ms: observedMs, ...row }) => ({ ...row, observedMs: Number(observedMs) }));
}
