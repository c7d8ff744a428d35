import { gzipSync } from 'node:zlib';
import { accessLogLine } from './access-log-line.ts';
import { backupRequests, earlierBackupRequests } from './backup-runs.ts';
import { configLines } from './bucket-configs.ts';
import { brokenLines } from './broken-lines.ts';
import { ACCOUNT_ID, BUCKET_NAMES, BUCKETS, type BucketName, REGION } from './company.ts';
import { incidentRequests, underIncidents } from './incidents.ts';
import { notificationOf } from './notification.ts';
import { alphanumeric, hexLower, hexUpper, mixSeeds, randomOf, seedOfText } from './random.ts';
import { type QueuedMessage, replicationBetween } from './replication.ts';
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

/** The configuration of all buckets is looked at at the start, then once a day. */
const LOOK_EVERY_MS = 86_400_000;

/**
 * Files of the estate between two times (start inclusive, end exclusive), oldest first, with the incidents
 * of a history that ends at `endMs`. Of rare backups there are events of the weeks before it, too.
 * The same seed and range give the same bytes.
 */
export function* estateFiles(request: Span): Generator<EstateFile> {
  const { seed, startMs, endMs } = request;
  if (startMs % LOOK_EVERY_MS !== 0) yield configFile(startMs);
  const replication = replicationBetween({ ...request, historyEndMs: endMs, fromMs: startMs });
  const backups = { ...request, historyEndMs: endMs };
  const extra = [...incidentRequests(seed, endMs), ...backupRequests(backups)];
  let earlier = messagesOf(earlierBackupRequests(backups));
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
    const told = [...earlier, ...messagesOf(requests), ...replication.filter(isInside)];
    earlier = [];
    yield* eventFiles(told, (each) => dashedTime(each.timeMs).slice(0, 13));
    yield* configFiles(span);
    cutMs = nextMs;
  }
}

/** A short span after a history that ended at `historyEndMs`. */
interface LiveSpan extends Span {
  readonly historyEndMs: number;
}

/** Files of a short span of everyday traffic and backups, as they arrive after a history; nothing when nothing happened. */
export function* liveFiles(span: LiveSpan): Generator<EstateFile> {
  const requests = [...trafficBetween(span), ...backupRequests(span)].sort(
    (one, other) => one.timeMs - other.timeMs,
  );
  yield* accessLogFiles(span, requests, []);
  yield* trailFiles(span, requests);
  const delivery = `${dashedTime(span.endMs)}-${hexLower(randomOf(mixSeeds(span.seed, span.endMs)), 8)}`;
  const replication = replicationBetween({ ...span, fromMs: 0 });
  yield* eventFiles([...messagesOf(requests), ...replication], () => delivery);
  yield* configFiles(span);
}

function* configFiles(span: Span): Generator<EstateFile> {
  const lookMs = span.endMs - (span.endMs % LOOK_EVERY_MS);
  if (lookMs >= span.startMs && lookMs < span.endMs) yield configFile(lookMs);
}

function configFile(lookMs: number): EstateFile {
  const path = `bucket-configs/${dashedTime(lookMs)}.jsonl`;
  return { path, bytes: linesOf(configLines(lookMs)), deliveredMs: lookMs + EVENT_DELAY_MS };
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

function messagesOf(requests: readonly S3Request[]): readonly QueuedMessage[] {
  return requests.flatMap((request) => {
    const message = notificationOf(request);
    const { name } = BUCKETS[request.bucket];
    return message === '' ? [] : [{ timeMs: request.timeMs, queue: name, message }];
  });
}

function* eventFiles(
  told: readonly QueuedMessage[],
  nameOf: (each: QueuedMessage) => string,
): Generator<EstateFile> {
  const files = new Map<string, { readonly messages: string[]; lastMs: number }>();
  for (const each of told.toSorted((one, other) => one.timeMs - other.timeMs)) {
    const path = `events/${each.queue}/${nameOf(each)}.json`;
    const file = files.get(path) ?? { messages: [], lastMs: each.timeMs };
    file.messages.push(each.message);
    file.lastMs = each.timeMs;
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
