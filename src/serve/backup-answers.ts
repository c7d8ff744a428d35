/** Answers about backups from what is stored of them. */
import type { z } from '@hono/zod-openapi';
import type { RunMark, StoredRun } from '../monitors/backups/run-rows.ts';
import type { StoredAct, StoredFile, StoredLook } from '../monitors/backups/series-detail.ts';
import type { SeriesStatus } from '../monitors/backups/series-status.ts';
import { SERIES_VERDICTS } from '../monitors/backups/verdict.ts';
import type { WatchedBucket } from '../monitors/backups/watched.ts';
import type * as shapes from './backup-api.ts';
import { isoOf } from './ledger-queries.ts';

type Run = z.infer<typeof shapes.Run>;
type Metric = z.infer<typeof shapes.BackupMetric>;

export function seriesAnswer(status: SeriesStatus): shapes.Series {
  const { pause, proposalFit, safety } = status;
  return {
    bucket: status.bucket,
    series: status.series,
    declared: status.isDeclared,
    pattern: status.pattern,
    verdict: status.verdict,
    sentence: status.sentence,
    since: timeOf(status.sinceMs),
    schedule: status.schedule,
    next_due: timeOf(status.nextDuesMs[0] ?? null),
    next_deadline: timeOf(status.nextDeadlineMs),
    newest: status.newest === undefined ? null : runAnswer(status.newest),
    recent: status.recent.map(markAnswer),
    files: status.files,
    first_at: timeOf(status.firstMs),
    last_at: timeOf(status.lastMs),
    paused:
      pause === undefined
        ? null
        : { until: timeOf(pause.untilMs), author: pause.author, reason: pause.reason },
    proposal: proposalFit === null ? null : { fit: proposalFit, fired: status.proposalFired },
    safety: {
      state: safety.state,
      sentence: safety.sentence,
      items: safety.items.map((item) => ({ ...item })),
    },
    evidence: status.evidence,
    judged_at: isoOf(status.judgedMs),
  };
}

export function runAnswer(run: StoredRun): Run {
  return {
    bucket: run.bucket,
    series: run.series,
    due: isoOf(run.dueMs),
    deadline: isoOf(run.deadlineMs),
    verdict: run.verdict,
    sentence: run.sentence,
    since: isoOf(run.sinceMs),
    arrived: timeOf(run.arrivedMs),
    size_bytes: run.sizeBytes,
    usual_bytes: run.usualBytes,
    files: run.files,
    keys: [...run.keys],
    members: run.members,
    members_expected: run.membersExpected,
  };
}

function markAnswer({ dueMs, verdict, sizeBytes }: RunMark): shapes.Series['recent'][number] {
  return { due: isoOf(dueMs), verdict, size_bytes: sizeBytes };
}

/** How many series have each verdict. */
export function countsAnswer(series: readonly SeriesStatus[]): shapes.Backups['counts'] {
  const counts = SERIES_VERDICTS.map((verdict) => [
    verdict,
    series.filter((one) => one.verdict === verdict).length,
  ]);
  return Object.fromEntries(counts) as shapes.Backups['counts'];
}

export function watchedAnswer(watched: WatchedBucket): shapes.Backups['discovering'][number] {
  const { bucket, lastLookMs, keys, leftOut, problem } = watched;
  return { bucket, last_look: timeOf(lastLookMs), keys, left_out: leftOut, problem };
}

export function fileAnswer(file: StoredFile): shapes.SeriesDetail['files'][number] {
  return {
    key: file.key,
    at: isoOf(file.atMs),
    feed: file.feed,
    version_id: file.versionId,
    size_bytes: file.sizeBytes,
    member: file.member,
    removed_at: timeOf(file.removedMs),
    content: file.content,
    content_note: file.contentNote,
    lock_mode: file.lockMode,
    lock_until: timeOf(file.lockUntilMs),
    replication_status: file.replicationStatus,
  };
}

export function actAnswer(act: StoredAct): shapes.SeriesDetail['acts'][number] {
  const { atMs, untilMs, author, reason } = act;
  return { at: isoOf(atMs), act: act.act, until: timeOf(untilMs), author, reason };
}

export function lookAnswer(look: StoredLook): shapes.SeriesDetail['looks'][number] {
  const { atMs, prefix, cause, keys, files, problem } = look;
  return { at: isoOf(atMs), prefix, cause, keys, files, problem };
}

/** A point for each step, 0 where nothing came. */
export function pointsAnswer(
  counts: ReadonlyMap<number, number>,
  startsS: readonly number[],
): Metric['series'][number]['points'] {
  return startsS.map((startS) => ({ time: isoOf(startS * 1000), value: counts.get(startS) ?? 0 }));
}

function timeOf(ms: number | null): string | null {
  return ms === null ? null : isoOf(ms);
}
