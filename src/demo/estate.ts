import { gzipSync } from 'node:zlib';
import { accessLogLine } from './access-log-line.ts';
import { brokenLines } from './broken-lines.ts';
import { ACCOUNT_ID, BUCKET_NAMES, BUCKETS, type BucketName, REGION } from './company.ts';
import { incidentRequests, underIncidents } from './incidents.ts';
import { notificationOf } from './notification.ts';
import { alphanumeric, hexLower, hexUpper, mixSeeds, randomOf, seedOfText } from './random.ts';
import { isTrailed, type S3Request } from './request.ts';
import { compactTime, dashedTime, dayPath } from './times.ts';
import { type Span, trafficBetween } from './traffic.ts';
import { trailRecord } from './trail-record.ts';

/** A file as S3, CloudTrail or a queue reader would leave it; the path is relative, with `/`. */
export interface EstateFile {
  readonly path: string;
  readonly bytes: Buffer;
}

/** S3 delivers logs, and the demo cuts its history, in windows of this length. */
const WINDOW_MS = 7_200_000;

/**
 * Files of the estate between two times (start inclusive, end exclusive), oldest first, with the incidents
 * of a history that ends at `endMs`. The same seed and range give the same bytes.
 */
export function* estateFiles(request: Span): Generator<EstateFile> {
  const { seed, startMs, endMs } = request;
  const extra = incidentRequests(seed, endMs);
  const broken = brokenLines(endMs);
  for (let cutMs = startMs; cutMs < endMs; ) {
    const nextMs = Math.min(endMs, cutMs - (cutMs % WINDOW_MS) + WINDOW_MS);
    const span = { seed, startMs: cutMs, endMs: nextMs };
    const isInside = (row: { timeMs: number }): boolean =>
      row.timeMs >= span.startMs && row.timeMs < span.endMs;
    const everyday = underIncidents(trafficBetween(span), endMs);
    const requests = [...everyday, ...extra.filter(isInside)].sort((one, other) => one.timeMs - other.timeMs);
    yield* accessLogFiles(span, requests, broken.filter(isInside));
    yield* trailFiles(span, requests);
    yield* eventFiles(requests, (each) => dashedTime(each.timeMs).slice(0, 13));
    cutMs = nextMs;
  }
}

/** Files of a short span of everyday traffic, as they arrive after a history; nothing when nothing happened. */
export function* liveFiles(span: Span): Generator<EstateFile> {
  const requests = trafficBetween(span);
  yield* accessLogFiles(span, requests, []);
  yield* trailFiles(span, requests);
  const delivery = `${dashedTime(span.endMs)}-${hexLower(randomOf(mixSeeds(span.seed, span.endMs)), 8)}`;
  yield* eventFiles(requests, () => delivery);
}

interface LogLine {
  readonly timeMs: number;
  readonly bucket: BucketName;
  readonly line: string;
}

function* accessLogFiles(
  span: Span,
  requests: readonly S3Request[],
  broken: readonly LogLine[],
): Generator<EstateFile> {
  for (const bucket of BUCKET_NAMES) {
    const lines = [
      ...requests.filter((each) => each.bucket === bucket).map(accessLogLine),
      ...broken.filter((each) => each.bucket === bucket).map((each) => each.line),
    ];
    if (lines.length === 0) continue;
    const { name } = BUCKETS[bucket];
    const unique = hexUpper(randomOf(mixSeeds(span.seed, seedOfText(name), span.startMs, span.endMs)), 16);
    yield { path: `access-logs/${name}/${dashedTime(span.endMs)}-${unique}`, bytes: linesOf(lines) };
  }
}

function* trailFiles(span: Span, requests: readonly S3Request[]): Generator<EstateFile> {
  const records = requests.filter(isTrailed).map(trailRecord);
  if (records.length === 0) return;
  const folder = `AWSLogs/${ACCOUNT_ID}/CloudTrail/${REGION}/${dayPath(span.startMs)}`;
  const time = `${compactTime(span.endMs).slice(0, 13)}Z`;
  const unique = alphanumeric(randomOf(mixSeeds(span.seed, span.startMs, span.endMs)), 16);
  yield {
    path: `${folder}/${ACCOUNT_ID}_CloudTrail_${REGION}_${time}_${unique}.json.gz`,
    bytes: gzipSync(JSON.stringify({ Records: records })),
  };
}

function* eventFiles(
  requests: readonly S3Request[],
  nameOf: (request: S3Request) => string,
): Generator<EstateFile> {
  const files = new Map<string, string[]>();
  for (const request of requests) {
    const message = notificationOf(request);
    if (message === '') continue;
    const path = `events/${BUCKETS[request.bucket].name}/${nameOf(request)}.json`;
    const messages = files.get(path) ?? [];
    messages.push(message);
    files.set(path, messages);
  }
  for (const [path, messages] of files) yield { path, bytes: linesOf(messages) };
}

function linesOf(lines: readonly string[]): Buffer {
  return Buffer.from(`${lines.join('\n')}\n`);
}
