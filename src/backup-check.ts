/** Lists a bucket and judges what stands in it, without a server and without a store of facts. */
import { backupsSettings } from './backup-series.ts';
import type { Config } from './config/schema.ts';
import type { Clock } from './lib/clock.ts';
import { Fault } from './lib/fault.ts';
import { UNLIMITED } from './lib/request-budget.ts';
import { type CheckedSeries, checkSeries, type CheckTime } from './monitors/backups/check.ts';
import type { ContentCheck, ContentKind } from './monitors/backups/content.ts';
import { openFileLooker } from './monitors/backups/file-looker.ts';
import { keyPattern } from './monitors/backups/key-pattern.ts';
import type { FileLook, FileLooker } from './monitors/backups/look.ts';
import type { Arrival } from './monitors/backups/runs.ts';
import { Calendars } from './monitors/backups/schedule.ts';
import {
  type DeclaredSeries,
  type FoundSeries,
  type Grouping,
  SeriesCollector,
} from './monitors/backups/series.ts';
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
    const declared = declaredSeries(config, request);
    const collector = new SeriesCollector([...declared.keys()], request.grouping);
    const files = await collect(request, { s3, collector, ...parts });
    const time: CheckTime = {
      nowMs: clock.nowMs(),
      calendars: new Calendars(),
      timezone: config.backups.timezone,
      historyMs: request.historyMs,
    };
    const found = collector.series().filter(({ declared: one }) => declared.size === 0 || one !== undefined);
    const estate = { locate: async () => ({ store: { name: 'the store', s3 }, bucket: request.bucket }) };
    const looker = openFileLooker({ estate, budget: UNLIMITED, clock });
    const series = [];
    for (const one of found) {
      const kind = (one.declared === undefined ? undefined : declared.get(one.declared)) ?? request.content;
      const looking = { looker, bucket: request.bucket, time, signal };
      series.push(
        kind === undefined ? { ...checkSeries(one, time), content: [] } : await read(one, kind, looking),
      );
    }
    return { series, files, overflow: collector.overflow, requests: { ...s3.requests } };
  } finally {
    s3.close();
  }
}

/** The series the configuration has for a bucket, with what their files are said to be. */
/** Those that the listing can have files of: of others nothing is known, and they are not missing. */
function declaredSeries(
  config: Config,
  { bucket, prefix }: Pick<BackupCheckRequest, 'bucket' | 'prefix'>,
): Map<DeclaredSeries, ContentKind | 'auto' | undefined> {
  const series = backupsSettings(config.backups).expected.filter((one) => {
    const { prefix: own } = keyPattern(one.pattern);
    return one.bucket === bucket && (own.startsWith(prefix) || prefix.startsWith(own));
  });
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

interface Looking {
  readonly looker: FileLooker;
  readonly bucket: string;
  readonly time: CheckTime;
  readonly signal: AbortSignal;
}

/** Reads the ends of the newest run's files, then judges the series by what they say. */
async function read(
  series: FoundSeries,
  kind: ContentKind | 'auto',
  { looker, bucket, time, signal }: Looking,
): Promise<BackupCheck['series'][number]> {
  const newest = checkSeries(series, time).newest?.files.slice(-FILES_READ_MAX) ?? [];
  const looks = new Map<Arrival, FileLook>();
  for (const file of newest) {
    const look = await looker.look({ ...file, bucket, content: kind }, signal);
    if (look !== undefined) looks.set(file, look);
  }
  const arrivals = series.arrivals.map((file) => {
    const look = looks.get(file);
    return look === undefined ? file : { ...file, look };
  });
  const content = newest.map((file) => ({ key: file.key, ...contentIn(looks.get(file)) }));
  return { ...checkSeries({ ...series, arrivals }, time), content };
}

/** What was found in a file, or why nothing was. */
function contentIn(look: FileLook | undefined): ContentCheck {
  if (look?.content !== undefined) return look.content;
  const reason = look?.problem ?? 'It was not read: the store does not answer.';
  const sentence = look?.isGone === true ? 'It was removed while it was looked at.' : reason;
  return { kind: undefined, result: 'unknown', sentence };
}
