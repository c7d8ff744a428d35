import { type Range, timeLiteral } from './range.ts';

/** A range, for all buckets or one. */
export interface BucketQuery {
  readonly range: Range;
  readonly bucket?: string;
}

/** The condition on a table's time and its column `bucket`; its parameter is in `bucketParams`. */
export function within({ range, bucket }: BucketQuery, timeColumn: string): string {
  const ours = bucket === undefined ? '' : ' and bucket = {bucket:String}';
  return `${timeColumn} >= ${timeLiteral(range.startMs)} and ${timeColumn} < ${timeLiteral(range.endMs)}${ours}`;
}

export function bucketParams({ bucket }: BucketQuery): Record<string, string> {
  return bucket === undefined ? {} : { bucket };
}
