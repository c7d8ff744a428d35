/** Buckets: those with requests and those of the estate, and how one is configured. */
import { createRoute, z } from '@hono/zod-openapi';
import { Fault } from '../lib/fault.ts';
import { activeBuckets } from '../monitors/activity/series.ts';
import {
  bucketAnswers,
  bucketHistory,
  type BucketSummary,
  bucketSummaries,
} from '../monitors/bucket-configs.ts';
import type { Source } from '../sources/source.ts';
import * as shapes from './bucket-api.ts';
import { storedByBucket } from './bucket-storage.ts';
import { isoOf } from './ledger-queries.ts';
import { type Api, type ApiParts, answers, limitOf } from './route.ts';

export function addBuckets(api: Api, parts: ApiParts): void {
  const buckets = createRoute({
    method: 'get',
    path: '/api/v1/buckets',
    responses: answers(shapes.Buckets, 'Buckets with requests, and buckets of the estate'),
  });
  api.openapi(buckets, async (context) => {
    const [active, known, stored] = await Promise.all([
      activeBuckets(parts.engine),
      bucketSummaries(parts.engine),
      storedByBucket(parts, context.req.raw.signal),
    ]);
    const estates = new Map(known.map((bucket) => [bucket.bucket, estateOf(bucket, parts.sources)]));
    const busy = active.map(({ bucket, requests, newest_s: newestS }) => ({
      bucket,
      requests,
      newest_event: isoOf(newestS * 1000),
      stored: stored.get(bucket) ?? null,
      estate: estates.get(bucket) ?? null,
    }));
    const isBusy = new Set(active.map(({ bucket }) => bucket));
    const quiet = known
      .filter(({ bucket }) => !isBusy.has(bucket))
      .map(({ bucket }) => ({
        bucket,
        requests: 0,
        newest_event: null,
        stored: stored.get(bucket) ?? null,
        estate: estates.get(bucket) ?? null,
      }));
    return context.json({ rows: [...busy, ...quiet] }, 200);
  });

  const configs = createRoute({
    method: 'get',
    path: '/api/v1/buckets/{bucket}/configs',
    request: {
      params: z.object({ bucket: z.string().min(1).max(200) }),
      query: z.strictObject({ limit: limitOf(100, 1000) }),
    },
    responses: answers(shapes.BucketConfigs, 'How a bucket is configured, and what changed'),
  });
  api.openapi(configs, async (context) => {
    const { bucket } = context.req.valid('param');
    const { limit } = context.req.valid('query');
    const [rows, history] = await Promise.all([
      bucketAnswers(bucket, parts.engine),
      bucketHistory({ bucket, limit }, parts.engine),
    ]);
    if (rows.length === 0)
      throw new Fault(
        'not_found',
        `Cannot show the bucket "${bucket}": no configured store has said anything of it.`,
      );
    const shown = <Row extends { document: string; observedMs: number }>({
      document,
      observedMs,
      ...row
    }: Row) => ({
      ...row,
      document: documentOf(document),
      observed_at: isoOf(observedMs),
    });
    return context.json({ bucket, rows: rows.map(shown), history: history.map(shown) }, 200);
  });
}

/** Rows are written when something changed and once a day; when the store was looked at last its source knows. */
function estateOf(bucket: BucketSummary, sources: readonly Source[]): shapes.BucketEstate {
  const source = sources.find(({ name, kind }) => kind === 'estate' && name === bucket.store);
  const lookedMs = bucket.isGone ? 0 : (source?.status().lastCheckedMs ?? 0);
  const { createdMs } = bucket;
  return {
    store: bucket.store,
    account_id: bucket.accountId,
    endpoint: bucket.endpoint,
    region: bucket.region,
    created: createdMs === undefined ? null : isoOf(createdMs),
    gone: bucket.isGone,
    last_looked: isoOf(Math.max(lookedMs, bucket.observedMs)),
    aspects: { ...bucket.aspects },
    problems: bucket.isGone ? [] : [...bucket.problems],
  };
}

/** The table takes JSON only; what is no object there was loaded by hand. */
function documentOf(text: string): Record<string, unknown> | null {
  if (text === '') return null;
  const value: unknown = JSON.parse(text);
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : { value };
}
