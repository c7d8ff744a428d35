import { type BackupUpload, uploadOf } from './acts.ts';
import { dueAtOrBefore, duesBetween } from './backup-dues.ts';
import { BACKUP_PLANS, type BackupPlan, GRACE_MINUTES } from './backup-plans.ts';
import { integer, logNormal, mixSeeds, type Random, randomOf, seedOfText } from './random.ts';
import type { S3Request } from './request.ts';
import { compactTime, dayPath } from './times.ts';
import type { Span } from './traffic.ts';

/** A stretch of an estate's time, and the time its history ends at: what goes wrong is counted back from there. */
export interface BackupSpan extends Span {
  readonly historyEndMs: number;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const GRACE_MS = GRACE_MINUTES * MINUTE_MS;
/** Requests of a run come no earlier before its due time, and no later after it. */
const BEFORE_DUE_MS = 30 * MINUTE_MS;
const AFTER_DUE_MS = 180 * MINUTE_MS;
/** All of a run is there so long before its deadline, when all is well. */
const SPARE_MS = 6 * MINUTE_MS;
/** What has its deadline this close to the end of the history is not its last run yet. */
const JUST_NOW_MS = 5_000;
const RETIRED_BEFORE_END_MS = 7 * DAY_MS;
const EARLIER_MS = 70 * DAY_MS;

/**
 * What the backups request in a span, oldest first. How time is cut into spans changes nothing, so that live files
 * continue a history.
 */
export function backupRequests(span: BackupSpan): readonly S3Request[] {
  return requestsOf(BACKUP_PLANS, span);
}

/** Requests of the rare backups in the weeks before a history that begins at `startMs`, oldest first. */
export function earlierBackupRequests(span: BackupSpan): readonly S3Request[] {
  const { startMs } = span;
  return requestsOf(
    BACKUP_PLANS.filter(({ isRare }) => isRare),
    { ...span, startMs: startMs - EARLIER_MS, endMs: startMs },
  );
}

function requestsOf(plans: readonly BackupPlan[], span: BackupSpan): readonly S3Request[] {
  const { startMs, endMs } = span;
  return plans
    .flatMap((plan) => {
      const dues = duesBetween(plan.times, startMs - AFTER_DUE_MS, endMs + BEFORE_DUE_MS);
      return dues.length === 0 ? [] : runsOfPlan(plan, dues, span);
    })
    .filter(({ timeMs }) => timeMs >= startMs && timeMs < endMs)
    .sort((one, other) => one.timeMs - other.timeMs);
}

function runsOfPlan(
  plan: BackupPlan,
  dues: readonly number[],
  { seed, historyEndMs }: BackupSpan,
): readonly S3Request[] {
  const lastDueMs = dueAtOrBefore(plan.times, historyEndMs - GRACE_MS - JUST_NOW_MS);
  const blemishes = new Map(
    plan.blemishes.map(({ beforeEndMs, kind }) => [
      dueAtOrBefore(plan.times, historyEndMs - beforeEndMs),
      kind,
    ]),
  );
  return dues.flatMap((dueMs) => {
    const isStopped = plan.trouble === 'retired' && dueMs >= historyEndMs - RETIRED_BEFORE_END_MS;
    const blemish = blemishes.get(dueMs);
    if (isStopped || blemish === 'lost') return [];
    const trouble = dueMs >= lastDueMs ? plan.trouble : (blemish ?? 'none');
    const random = randomOf(mixSeeds(seed, seedOfText(plan.series), dueMs / MINUTE_MS));
    return runOf({ plan, trouble, dueMs, historyEndMs }, random);
  });
}

interface PlannedRun {
  readonly plan: BackupPlan;
  readonly trouble: BackupPlan['trouble'];
  readonly dueMs: number;
  readonly historyEndMs: number;
}

function runOf(run: PlannedRun, random: Random): readonly S3Request[] {
  const { plan, trouble, dueMs } = run;
  const usualMs = Math.round(logNormal(random, plan.medianMinutes * MINUTE_MS, 0.15));
  const lateMs = latenessOf(run, random);
  const doneMs =
    trouble === 'late' ? dueMs + GRACE_MS + lateMs : dueMs + Math.min(usualMs, GRACE_MS - SPARE_MS);
  const growth = logNormal(random, trouble === 'shrunken' ? 0.37 : 1, 0.03);
  const there = trouble === 'member-lost' ? plan.files.slice(0, -1) : plan.files;
  return there.flatMap((file, index) => {
    const upload: BackupUpload = {
      key: file.keyAt(dayPath(dueMs), compactTime(dueMs)),
      sizeBytes: Math.round(logNormal(random, file.medianBytes * growth, 0.02)),
      doneMs: doneMs - (there.length - 1 - index) * integer(random, 9_000, 21_000),
      tool: plan.tool,
    };
    return uploadOf(upload, random);
  });
}

/** How long after its deadline a late run is there: before the history ends, when its deadline is. */
function latenessOf({ dueMs, historyEndMs }: PlannedRun, random: Random): number {
  const lateMs = integer(random, 31 * MINUTE_MS, 58 * MINUTE_MS);
  const leftMs = historyEndMs - dueMs - GRACE_MS;
  return leftMs >= JUST_NOW_MS ? Math.min(lateMs, Math.floor(leftMs / 2)) : lateMs;
}
