/** When each bucket's log was delivered, and which gaps in it are not usual. */
import type { Engine } from '../../engine/engine.ts';
import { bucketParams, type BucketQuery } from './bucket-query.ts';
import { type Gap, gapsBetween, isUnusual, lengthOf, summaryOf, unusualGaps } from './gaps.ts';
import { type Range, timeLiteral } from './range.ts';

export interface BucketDelivery {
  /** Log objects delivered in the range, and the bucket's records in them. */
  readonly objects: number;
  readonly records: number;
  /** Gaps of the range well beyond the usual, longest first. */
  readonly gaps: readonly Gap[];
  readonly longestGapS: number;
  /** Half of the gaps are no longer; nothing when there is none. */
  readonly usualGapS: number | undefined;
}

/** What is usual comes from so long before the range as well. */
const BEFORE_MS = 14 * 86_400_000;

interface DeliveryRow {
  readonly bucket: string;
  readonly objects: number;
  readonly records: number;
  readonly deliveries: readonly number[];
}

/** Every bucket with a delivery in the range or the 14 days before it, by name. */
export async function bucketDeliveries(
  query: BucketQuery,
  engine: Engine,
): Promise<Map<string, BucketDelivery>> {
  const { startMs, endMs } = query.range;
  const ours = query.bucket === undefined ? '' : 'where bucket = {bucket:String}';
  const rows = await engine.query<DeliveryRow>(
    `select
       bucket,
       countIf(arrived_s >= ${Math.floor(startMs / 1000)}) as objects,
       sumIf(records_of_batch, arrived_s >= ${Math.floor(startMs / 1000)}) as records,
       arraySort(groupUniqArray(intDiv(arrived_s, 60) * 60)) as deliveries
     from (select bucket, batch_id, sum(requests) as records_of_batch from bucket_deliveries ${ours} group by bucket, batch_id) as parts
     global inner join (
       select batch_id, toInt64(toUnixTimestamp(coalesce(delivered_at, received_at))) as arrived_s
       from batches
       where coalesce(delivered_at, received_at) >= ${timeLiteral(startMs - BEFORE_MS)}
         and coalesce(delivered_at, received_at) < ${timeLiteral(endMs)}
     ) as ledger using (batch_id)
     group by bucket
     order by bucket
     limit 10000`,
    { params: bucketParams(query) },
  );
  return new Map(rows.map((row) => [row.bucket, deliveryOf(row, query.range)]));
}

function deliveryOf(row: DeliveryRow, { startMs, endMs }: Range): BucketDelivery {
  const range = { sinceS: Math.floor(startMs / 1000), untilS: Math.floor(endMs / 1000) };
  const { deliveries } = row;
  const within = gapsBetween(deliveries).filter((gap) => gap.untilS > range.sinceS);
  const last = { sinceS: deliveries.at(-1) ?? range.sinceS, untilS: range.untilS };
  const usual = summaryOf(gapsBetween(deliveries));
  const open = isUnusual(last, usual, deliveries) ? [last] : [];
  const gaps = [...unusualGaps(deliveries, range), ...open];
  return {
    objects: row.objects,
    records: row.records,
    gaps: gaps.sort((one, other) => lengthOf(other) - lengthOf(one)),
    longestGapS: Math.max(0, ...[...within, ...open].map(lengthOf)),
    usualGapS: usual.count === 0 ? undefined : usual.usualS,
  };
}
