/** Whether two reports are of one writing of one file. */
import type { Arrival } from './runs.ts';

/** What told of it. */
export type Feed = 'event' | 'listing';

/** A file as it was written once, and what told of it. */
export interface BookFile extends Arrival {
  readonly feed: Feed;
}

/** Two feeds of events may differ so much: CloudTrail has whole seconds. */
const EVENTS_MS = 5_000;
/** LastModified is in whole seconds. */
const LISTED_MS = 2_000;
/** LastModified of a multipart upload is its start, and an upload may take a week. */
const UPLOAD_MS = 7 * 86_400_000;
/** Of any other it is when it was whole, or its start at some stores. */
const SINGLE_MS = 15 * 60_000;

/** Whether two reports about one key are of the same writing. */
export function isSameFile(one: BookFile, other: BookFile): boolean {
  const apartMs = Math.abs(one.atMs - other.atMs);
  if (one.feed === other.feed) {
    if (one.feed === 'listing') return apartMs < 1000;
    if (one.versionId !== '' && other.versionId !== '') return one.versionId === other.versionId;
    return apartMs <= EVENTS_MS && isSameContent(one, other);
  }
  const [event, listed] = one.feed === 'event' ? [one, other] : [other, one];
  const uploadMs = event.atMs - listed.atMs;
  // The same content may be written again, and then the one before was a file of its own.
  const mostMs = isMultipart(event) ? UPLOAD_MS : SINGLE_MS;
  return uploadMs >= -LISTED_MS && uploadMs <= mostMs && isSameContent(event, listed);
}

/** Of which the ETag is `<hash>-<parts>`; an event without one has a size, and those of multipart uploads have none. */
function isMultipart({ etag }: BookFile): boolean {
  return etag.includes('-');
}

function isSameContent(one: BookFile, other: BookFile): boolean {
  if (one.etag !== '' && other.etag !== '') return one.etag === other.etag;
  return one.sizeBytes === other.sizeBytes;
}

/** Of two reports of one writing the one to keep: an event knows when the file was whole, and the fuller one of two wins. */
export function fuller(known: BookFile, news: BookFile): BookFile {
  const byRank = rankOf(news) - rankOf(known);
  // Whole seconds are never later than what they were cut from.
  const isBetter = byRank > 0 || (byRank === 0 && news.atMs > known.atMs);
  const better = isBetter ? news : known;
  const other = better === news ? known : news;
  const removedMs = better.removedMs ?? other.removedMs;
  const look = better.look ?? other.look;
  return {
    ...better,
    versionId: better.versionId === '' ? other.versionId : better.versionId,
    etag: better.etag === '' ? other.etag : better.etag,
    ...(removedMs === undefined ? {} : { removedMs }),
    ...(look === undefined ? {} : { look }),
  };
}

function rankOf({ feed, etag, versionId }: BookFile): number {
  return (feed === 'event' ? 4 : 0) + (etag === '' ? 0 : 2) + (versionId === '' ? 0 : 1);
}
