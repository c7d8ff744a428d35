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
  /** When it was delivered, as its mtime: never before its last record. */
  readonly deliveredMs: number;
}

/** S3 delivers logs, and the demo cuts its history, in windows of this length. */
const WINDOW_MS = 7_200_000;
/** How long after its window a file may come. */
const LOG_DELAY_MS = 1_500_000;
const TRAIL_DELAY_MS = 420_000;
const EVENT_DELAY_MS = 1_000;

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
    const deliveredMs = delivery(span, seedOfText(name), LOG_DELAY_MS);
    const path = `access-logs/${name}/${dashedTime(span.endMs)}-${unique}`;
    yield { path, bytes: linesOf(lines), deliveredMs };
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
    deliveredMs: delivery(span, 0, TRAIL_DELAY_MS),
  };
}

function* eventFiles(
  requests: readonly S3Request[],
  nameOf: (request: S3Request) => string,
): Generator<EstateFile> {
  const files = new Map<string, { readonly messages: string[]; lastMs: number }>();
  for (const request of requests) {
    const message = notificationOf(request);
    if (message === '') continue;
    const path = `events/${BUCKETS[request.bucket].name}/${nameOf(request)}.json`;
    const file = files.get(path) ?? { messages: [], lastMs: request.timeMs };
    file.messages.push(message);
    file.lastMs = request.timeMs;
    files.set(path, file);
  }
  for (const [path, { messages, lastMs }] of files)
    yield { path, bytes: linesOf(messages), deliveredMs: lastMs + EVENT_DELAY_MS };
}

/** After the span's end by up to a delay, the same for the same span. */
function delivery(span: Span, stream: number, delayMs: number): number {
  const random = randomOf(mixSeeds(span.seed, stream, span.startMs, span.endMs));
  return span.endMs + Math.floor(random() * delayMs);
}

function linesOf(lines: readonly string[]): Buffer {
  return Buffer.from(`${lines.join('\n')}\n`);
}
