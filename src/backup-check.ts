/** Lists a bucket and judges what stands in it, without a server and without a store of facts. */
import { backupsSettings } from './backup-series.ts';
import type { Config } from './config/schema.ts';
import type { Clock } from './lib/clock.ts';
import { Fault } from './lib/fault.ts';
import { type CheckedSeries, checkSeries, type CheckTime } from './monitors/backups/check.ts';
import {
  checkContent,
  type ContentCheck,
  type ContentKind,
  HEAD_BYTES,
  TAIL_BYTES,
} from './monitors/backups/content.ts';
import type { Arrival } from './monitors/backups/runs.ts';
import { Calendars } from './monitors/backups/schedule.ts';
import { type DeclaredSeries, type Grouping, SeriesCollector } from './monitors/backups/series.ts';
import { openS3, type S3Options } from './s3/client.ts';
import type { S3 } from './s3/s3.ts';

export interface BackupCheckRequest {
  readonly bucket: string;
  readonly prefix: string;
  readonly grouping: Grouping;
  /** What the newest files are read for at both ends; nothing unless a series asks for it. */
  readonly content?: ContentKind | 'auto';
  readonly historyMs: number;
  readonly store: S3Options;
}

export interface CheckedFile extends ContentCheck {
  readonly key: string;
}

export interface BackupCheck {
  readonly series: readonly (CheckedSeries & { readonly content: readonly CheckedFile[] })[];
  /** Files listed. */
  readonly files: number;
  /** Files of series beyond the most that are kept. */
  readonly overflow: number;
  /** Requests sent, by kind. */
  readonly requests: Readonly<Record<string, number>>;
}

export interface BackupCheckParts {
  readonly config: Config;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Called now and then with the number of files listed so far. */
  readonly progress: (files: number) => void;
}

/** Files of a run whose ends are read. */
const FILES_READ_MAX = 5;

/** Judges the declared series of the bucket, or those its keys tell of when none is declared. Throws a `Fault`. */
export async function checkBackups(
  request: BackupCheckRequest,
  parts: BackupCheckParts,
): Promise<BackupCheck> {
  const { config, clock, signal } = parts;
  const s3 = openS3(request.store);
  try {
    const declared = declaredSeries(config, request.bucket);
    const collector = new SeriesCollector([...declared.keys()], request.grouping);
    const files = await collect(request, { s3, collector, ...parts });
    const time: CheckTime = {
      nowMs: clock.nowMs(),
      calendars: new Calendars(),
      timezone: config.backups.timezone,
      historyMs: request.historyMs,
    };
    const found = collector.series().filter(({ declared: one }) => declared.size === 0 || one !== undefined);
    const series = [];
    for (const one of found) {
      const checked = checkSeries(one, time);
      const kind = (one.declared === undefined ? undefined : declared.get(one.declared)) ?? request.content;
      const newest = checked.newest?.files ?? [];
      const content = kind === undefined ? [] : await checkedFiles(kind, newest, { s3, request, signal });
      series.push({ ...checked, content });
    }
    return { series, files, overflow: collector.overflow, requests: { ...s3.requests } };
  } finally {
    s3.close();
  }
}

/** The series the configuration has for a bucket, with what their files are said to be. */
function declaredSeries(
  config: Config,
  bucket: string,
): Map<DeclaredSeries, ContentKind | 'auto' | undefined> {
  const series = backupsSettings(config.backups).expected.filter((one) => one.bucket === bucket);
  return new Map(series.map((one) => [one, one.content]));
}

interface Collecting extends BackupCheckParts {
  readonly s3: S3;
  readonly collector: SeriesCollector;
}

async function collect(request: BackupCheckRequest, parts: Collecting): Promise<number> {
  const { bucket, prefix } = request;
  let files = 0;
  let token: string | undefined;
  do {
    const next = token === undefined ? {} : { continuationToken: token };
    const page = await parts.s3.listPage({ bucket, prefix, ...next }, parts.signal);
    for (const { key, etag, sizeBytes, modifiedMs } of page.objects)
      parts.collector.add({ key, versionId: '', etag, sizeBytes, atMs: modifiedMs });
    files += page.objects.length;
    parts.progress(files);
    if (page.isTruncated && page.continuationToken === undefined)
      throw new Fault(
        'invalid',
        `Cannot list s3://${bucket}/${prefix}: the store says there is more, and not where.`,
      );
    token = page.continuationToken;
  } while (token !== undefined);
  return files;
}

interface Reading {
  readonly s3: S3;
  readonly request: BackupCheckRequest;
  readonly signal: AbortSignal;
}

async function checkedFiles(
  kind: ContentKind | 'auto',
  files: readonly Arrival[],
  reading: Reading,
): Promise<CheckedFile[]> {
  const checked: CheckedFile[] = [];
  for (const { key, sizeBytes } of files.slice(-FILES_READ_MAX)) {
    const [head, tail] = [
      await bytesOf(key, { first: HEAD_BYTES }, reading),
      await bytesOf(key, { last: TAIL_BYTES }, reading),
    ];
    checked.push({ key, ...checkContent(kind, { head, tail, sizeBytes }) });
  }
  return checked;
}

async function bytesOf(
  key: string,
  part: { readonly first: number } | { readonly last: number },
  { s3, request, signal }: Reading,
): Promise<Buffer> {
  const most = 'first' in part ? part.first : part.last;
  const { body } = await s3.getObject({ bucket: request.bucket, key, part }, signal);
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    length += chunk.length;
    // A store that knows no ranges sends everything: the beginning will do, its end would be a download.
    if (length > most) {
      if ('first' in part) break;
      throw new Fault(
        'unsupported',
        `Cannot read the end of s3://${request.bucket}/${key}: the store sends all of it.`,
      );
    }
  }
  return Buffer.concat(chunks).subarray(0, most);
}
