/** What runs beside the sources: the work of monitors, as configured. */
import type { Config } from './config/schema.ts';
import type { Engine } from './engine/engine.ts';
import type { IntakeCounts } from './intake/counts.ts';
import type { Clock } from './lib/clock.ts';
import type { Job } from './lib/job.ts';
import type { Log } from './lib/log.ts';
import { openAlarms } from './alarm-watch.ts';
import type { AlarmFeed } from './alarms/feed.ts';
import type { AlarmsControl } from './alarms/known-definition.ts';
import type { Metrics } from './metrics/metrics.ts';
import { type Notifications, openNotifications } from './notify-watch.ts';
import { openBackups } from './backup-watch.ts';
import type { BackupsControl } from './monitors/backups/monitor.ts';
import { openArchive } from './monitors/replication/archive.ts';
import { archivePlace } from './monitors/replication/archive-place.ts';
import { CanaryJob } from './monitors/replication/canary.ts';
import { openJudge } from './monitors/replication/judge.ts';
import { openPairsJob } from './monitors/replication/pairs-job.ts';
import { openPublishing, type Publishing } from './publish-watch.ts';
import type { Estate } from './s3/estate.ts';
import type { Source } from './sources/source.ts';

interface JobParts {
  readonly engine: Engine;
  /** What is followed while the jobs run. */
  readonly sources: readonly Source[];
  /** What has come of everything offered so far. */
  readonly progress: () => IntakeCounts;
  /** Whether the sources have all that they are to have at the start. */
  readonly isWhole: () => boolean;
  /** What alarms on metrics are evaluated by, and what is published; absent: alarms say that metrics are not read. */
  readonly metrics?: Metrics;
  /** What has alarms beside the monitors. */
  readonly feeds?: readonly AlarmFeed[];
  readonly estate: Estate;
  /** Bytes that wait to be loaded. */
  readonly spoolBytes: () => number;
  readonly clock: Clock;
  readonly log: Log;
  /** Of 32 bytes: links in messages are signed with it. */
  readonly linkKey: Uint8Array;
}

export interface Jobs {
  readonly all: readonly Job[];
  /** One of them: canaries are also written on request. */
  readonly canaries: CanaryJob;
  readonly backups: BackupsControl;
  readonly alarms: AlarmsControl;
  readonly notifications: Notifications;
  /** Absent: nothing is published to CloudWatch. */
  readonly publishing?: Publishing;
  /** False while sources are followed and what they had at the start is not all read and judged: much seems to be missing. */
  isSettled(): boolean;
  /** Does now what is left to do about facts that are stored, for who asks without a server running. */
  catchUp(signal: AbortSignal): Promise<void>;
}

/** The jobs of the configuration. */
export function openJobs(config: Config, parts: JobParts): Jobs {
  const { replication } = config;
  const pairs = openPairsJob(replication, parts);
  const judge = openJudge(parts);
  const start = new Start(parts);
  const judging: Job = {
    name: judge.name,
    get everyMs() {
      return judge.everyMs;
    },
    async run(signal) {
      const isTakenIn = start.isTakenIn();
      // Before its pairs are known nothing is judged of a bucket.
      if (isTakenIn && !start.isSettled) await pairs.run(signal);
      await judge.run(signal);
      if (isTakenIn) start.isSettled = true;
    },
  };
  const canaries = openCanaries(replication, parts);
  const notifications = openNotifications(config, parts);
  const alarms = openAlarms(config, {
    ...parts,
    isSettled: () => start.isSettled,
    onTransitions: () => notifications.look(),
  });
  const backups = openBackups(config, {
    ...parts,
    isTakenIn: () => start.isTakenIn(),
    onVerdicts: () => alarms.job.ask('backups'),
  });
  const publishing = publishingOf(config, { ...parts, isSettled: () => start.isSettled });
  return {
    all: [
      pairs,
      judging,
      canaries,
      ...archiveJobs(replication, parts),
      ...backups.jobs,
      alarms.job,
      ...notifications.jobs,
      ...(publishing === undefined ? [] : [publishing.job]),
    ],
    canaries,
    backups,
    alarms,
    notifications,
    ...(publishing === undefined ? {} : { publishing }),
    async catchUp(signal) {
      await pairs.run(signal);
      await judge.run(signal);
    },
    isSettled: () => start.isSettled,
  };
}

/** What the sources had when they began to be followed: until it is taken in and judged much seems to be missing. */
class Start {
  /** Without anybody following there is nothing to wait for. */
  isSettled = true;
  readonly #parts: Pick<JobParts, 'sources' | 'progress' | 'isWhole'>;
  /** Batches offered when the last first look had ended. */
  #offered: number | undefined;
  #isOver = false;

  constructor(parts: Pick<JobParts, 'sources' | 'progress' | 'isWhole'>) {
    this.#parts = parts;
  }

  /** Whether all of it is in the ledger: true for ever once it is. */
  isTakenIn(): boolean {
    if (this.#isOver) return true;
    this.isSettled = false;
    if (!this.#parts.isWhole() || this.#parts.sources.some(isFirstLook)) return false;
    const { offered, loaded, known, rejected, failed } = this.#parts.progress();
    this.#offered ??= offered;
    this.#isOver = loaded + known + rejected + failed >= this.#offered;
    return this.#isOver;
  }
}

/** Nothing is read off a webhook. */
function isFirstLook(source: Source): boolean {
  const { state, lastCheckedMs } = source.status();
  return lastCheckedMs === 0 && source.kind !== 'webhook' && (state === 'idle' || state === 'reading');
}

function openCanaries({ canaries, target }: Config['replication'], parts: JobParts): CanaryJob {
  const settings = canaries.map((canary) => ({
    pair: canary.pair,
    source: canary.source,
    destination: canary.destination,
    everyMs: canary.every,
    prefix: canary.prefix,
    isRemovedAtDestination: canary.remove_at_destination,
    targetMs: target,
  }));
  return new CanaryJob(settings, { ...parts, stores: parts.estate });
}

function publishingOf(
  config: Config,
  { metrics, ...parts }: JobParts & { readonly isSettled: () => boolean },
): Publishing | undefined {
  return metrics === undefined ? undefined : openPublishing(config, { ...parts, metrics });
}

function archiveJobs({ archive }: Config['replication'], { engine, estate, clock }: JobParts): Job[] {
  if (archive === undefined) return [];
  const place = archivePlace(archive.to, estate);
  return [openArchive({ format: archive.format, everyMs: archive.every }, { engine, place, clock })];
}
