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
