/** The route that says whether the logs are all here. */
import { createRoute } from '@hono/zod-openapi';
import { REQUESTS } from '../monitors/activity/facts.ts';
import type { BucketDelivery } from '../monitors/completeness/deliveries.ts';
import { lengthOf } from '../monitors/completeness/gaps.ts';
import {
  type BucketReport,
  completenessReport,
  ratioOf,
  type TrailReport,
} from '../monitors/completeness/report.ts';
import * as shapes from './api.ts';
import { coverageOf } from './coverage.ts';
import { isoOf } from './ledger-queries.ts';
import { rangeOf, rangeQuery } from './range.ts';
import { type Api, type ApiParts, answers } from './route.ts';

export function addCompleteness(api: Api, parts: ApiParts): void {
  const route = createRoute({
    method: 'get',
    path: '/api/v1/completeness',
    request: { query: rangeQuery },
    responses: answers(shapes.Completeness, 'Whether the logs of each bucket and trail are all here'),
  });
  api.openapi(route, async (context) => {
    const query = context.req.valid('query');
    const nowMs = parts.clock.nowMs();
    const range = rangeOf(query, nowMs);
    const activity = { range, ...(query.bucket === undefined ? {} : { bucket: query.bucket }) };
    const coverage = await coverageOf(activity, REQUESTS, parts);
    const { complete_until: complete } = coverage;
    const completeMs = complete === null ? range.endMs : Date.parse(complete);
    const { buckets, trails } = await completenessReport(
      { ...activity, nowMs, completeMs },
      { engine: parts.engine, keys: parts.trailKeys },
    );
    return context.json({ coverage, rows: buckets.map(bucketRow), trails: trails.map(trailRow) }, 200);
  });
}

type Row = shapes.Completeness['rows'][number];
type TrailRow = shapes.Completeness['trails'][number];

function bucketRow(report: BucketReport): Row {
  const { bucket, delivery, trails, requests, verdict, sentence } = report;
  return {
    bucket,
    delivery: deliveryRow(delivery),
    trail: trailsRow(trails.map(trailRow)),
    requests: {
      logged: requests.logged,
      counted: requests.counted ?? null,
      ratio: ratioOf(requests) ?? null,
    },
    verdict,
    sentence,
  };
}

function deliveryRow(delivery: BucketDelivery | undefined): Row['delivery'] {
  return {
    objects: delivery?.objects ?? 0,
    records: delivery?.records ?? 0,
    gaps: (delivery?.gaps ?? []).map((gap) => ({
      since: isoOf(gap.sinceS * 1000),
      until: isoOf(gap.untilS * 1000),
      seconds: lengthOf(gap),
    })),
    longest_gap_seconds: delivery?.longestGapS ?? 0,
    usual_gap_seconds: delivery?.usualGapS ?? null,
  };
}

/** The worst of several decides. */
const TRAIL_ORDER = ['broken', 'unverified', 'verified'] as const;
const SIGNATURE_ORDER = ['invalid', 'unchecked', 'valid'] as const;

/** The trails that cover a bucket as one. */
function trailsRow(trails: readonly TrailRow[]): Row['trail'] {
  const sum = (pick: (trail: TrailRow) => number): number =>
    trails.reduce((total, trail) => total + pick(trail), 0);
  return {
    verdict: TRAIL_ORDER.find((verdict) => trails.some((trail) => trail.verdict === verdict)) ?? 'absent',
    digests: sum((trail) => trail.digests),
    files_listed: sum((trail) => trail.files_listed),
    files_loaded: sum((trail) => trail.files_loaded),
    missing: trails.flatMap((trail) => trail.missing),
    altered: trails.flatMap((trail) => trail.altered),
    chain_breaks: trails.flatMap((trail) => trail.chain_breaks),
    signature:
      SIGNATURE_ORDER.find((signature) => trails.some((trail) => trail.signature === signature)) ??
      'unchecked',
  };
}

function trailRow(trail: TrailReport): TrailRow {
  return {
    account_id: trail.accountId,
    region: trail.region,
    trail: trail.trail,
    verdict: trail.verdict,
    sentence: trail.sentence,
    digests: trail.digests,
    files_listed: trail.filesListed,
    files_loaded: trail.filesLoaded,
    files_awaited: trail.filesAwaited,
    missing: [...trail.missing],
    altered: [...trail.altered],
    chain_breaks: trail.breaks.map(({ afterMs, beforeMs, reason }) => ({
      after: isoOf(afterMs),
      before: isoOf(beforeMs),
      reason,
    })),
    signature: signatureOf(trail),
    signatures: trail.signatures,
    verified_until: isoOf(trail.untilMs),
  };
}

/** The newest digest's signature stands in the one to come: with that one open the others decide. */
function signatureOf({ signatures }: TrailReport): TrailRow['signature'] {
  if (signatures.invalid > 0) return 'invalid';
  return signatures.valid > 0 && signatures.unchecked <= 1 ? 'valid' : 'unchecked';
}
