/** Whether everything about a bucket is here: its log's deliveries, the trails that cover it, the requests counted elsewhere. */
import type { Engine } from '../../engine/engine.ts';
import { spanText } from '../../lib/span-text.ts';
import { bucketParams, type BucketQuery, within } from './bucket-query.ts';
import { type BucketDelivery, bucketDeliveries } from './deliveries.ts';
import { lengthOf } from './gaps.ts';
import { countedRequests, loggedRequests } from './requests.ts';
import type { Range } from './range.ts';
import { trailVerdict, type TrailVerdict } from './trail-verdict.ts';
import { checkTrails, type TrailCheck, type TrailKeys } from './trails.ts';

export interface CountedRequests {
  /** Requests over HTTP in the log, in the part of the range whose records have usually arrived. */
  readonly logged: number;
  /** The same in the store's own metrics; nothing when they are not read. */
  readonly counted: number | undefined;
}

export interface BucketReport {
  readonly bucket: string;
  readonly delivery: BucketDelivery | undefined;
  readonly trails: readonly TrailReport[];
  readonly requests: CountedRequests;
  readonly verdict: 'complete' | 'incomplete' | 'unknown';
  readonly sentence: string;
}

export interface TrailReport extends TrailCheck {
  readonly verdict: TrailVerdict;
  readonly sentence: string;
}

export interface Report {
  readonly buckets: readonly BucketReport[];
  readonly trails: readonly TrailReport[];
}

export interface ReportQuery extends BucketQuery {
  readonly nowMs: number;
  /** Up to when the requests of access logs have usually arrived. */
  readonly completeMs: number;
}

/** Fewer logged than this of what was counted, and records are missing. */
const RATIO_MIN = 0.99;

/** Every bucket of which there is anything in the range, by name, and every trail. */
export async function completenessReport(
  query: ReportQuery,
  parts: { readonly engine: Engine; readonly keys: TrailKeys },
): Promise<Report> {
  const counting = { ...query, range: countingRange(query) };
  const [deliveries, checks, covers, logged, counted] = await Promise.all([
    bucketDeliveries(query, parts.engine),
    checkTrails(query, parts),
    trailsOfBuckets(query, parts.engine),
    loggedRequests(counting, parts.engine),
    countedRequests(counting, parts.engine),
  ]);
  const trails = checks.map((check) => ({ ...check, ...trailVerdict(check, query) }));
  const names = new Set([...deliveries.keys(), ...covers.keys(), ...logged.keys(), ...counted.keys()]);
  const buckets = [...names].sort().map((bucket): BucketReport => {
    const places = covers.get(bucket) ?? [];
    const ours = {
      delivery: deliveries.get(bucket),
      trails: trails.filter((trail) => places.includes(`${trail.accountId} ${trail.region}`)),
      requests: { logged: logged.get(bucket) ?? 0, counted: counted.get(bucket) },
    };
    return { bucket, ...ours, ...bucketVerdict(ours) };
  });
  return { buckets, trails };
}

function countingRange({ range, completeMs }: ReportQuery): Range {
  return { startMs: range.startMs, endMs: Math.max(range.startMs, Math.min(range.endMs, completeMs)) };
}

type Evidence = Pick<BucketReport, 'delivery' | 'trails' | 'requests'>;

/** What the evidence says together; without any that could have shown a loss it is unknown. */
export function bucketVerdict(evidence: Evidence): Pick<BucketReport, 'verdict' | 'sentence'> {
  const { delivery, trails, requests } = evidence;
  const ratio = ratioOf(requests);
  const losses = [
    ...gapText(delivery),
    ...(ratio !== undefined && ratio < RATIO_MIN
      ? [`${percent(ratio)} of the requests that the store counted are in the log`]
      : []),
    ...trails.filter(({ verdict }) => verdict === 'broken').map(({ sentence }) => sentence),
  ];
  if (losses.length > 0) return { verdict: 'incomplete', sentence: `${losses.join('; ')}.` };
  const proofs = [
    ...(ratio === undefined
      ? []
      : [`${percent(ratio)} of the requests that the store counted are in the log`]),
    ...trails.filter(({ verdict }) => verdict === 'verified').map(({ sentence }) => sentence),
  ];
  if (proofs.length > 0) return { verdict: 'complete', sentence: `${proofs.join('; ')}.` };
  const regular = delivery === undefined ? 'Nothing of its log came' : 'Its log comes as usual';
  return {
    verdict: 'unknown',
    sentence: `${regular}; no count of its requests and no digest says whether that is all.`,
  };
}

/** Logged by counted; nothing when nothing was counted. */
export function ratioOf({ logged, counted }: CountedRequests): number | undefined {
  return counted === undefined || counted === 0 ? undefined : logged / counted;
}

function gapText(delivery: BucketDelivery | undefined): string[] {
  const [gap] = delivery?.gaps ?? [];
  if (delivery === undefined || gap === undefined) return [];
  const more = delivery.gaps.length === 1 ? '' : `, and ${delivery.gaps.length - 1} more such gaps`;
  const since = `${new Date(gap.sinceS * 1000).toISOString().slice(0, 16)}Z`;
  const usual = spanText(delivery.usualGapS ?? 0);
  return [
    `nothing was delivered for ${spanText(lengthOf(gap))} from ${since}${more}, where ${usual} is usual`,
  ];
}

function percent(ratio: number): string {
  return `${Math.round(ratio * 1000) / 10} %`;
}

/** Account and region of the calls to each bucket: the trails that would have recorded more. */
async function trailsOfBuckets(query: BucketQuery, engine: Engine): Promise<Map<string, string[]>> {
  const rows = await engine.query<{ bucket: string; places: string[] }>(
    `select bucket, groupUniqArray(1000)(concat(recipient_account_id, ' ', aws_region)) as places
     from api_calls
     where ${within(query, 'event_time')} and bucket != ''
     group by bucket
     limit 10000`,
    { params: bucketParams(query) },
  );
  return new Map(rows.map(({ bucket, places }) => [bucket, places]));
}
