/** Wires configuration to engine, intake, sources and API: the only place that chooses implementations. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type AcceptBackups, openBackupAccept } from './backup-accept.ts';
import type { Config } from './config/schema.ts';
import { openCluster } from './engine/cluster.ts';
import { openEmbedded } from './engine/embedded.ts';
import type { Engine } from './engine/engine.ts';
import { migrate } from './engine/migrate.ts';
import { countsSince, type IntakeCounts } from './intake/counts.ts';
import { Intake } from './intake/intake.ts';
import type { IntakeLimits } from './intake/limits.ts';
import { Spool } from './intake/spool.ts';
import { type Jobs, openJobs } from './jobs.ts';
import type { Clock } from './lib/clock.ts';
import { reasonOf } from './lib/fault.ts';
import { repeat } from './lib/job.ts';
import type { DeliveryReading } from './health/delivery-items.ts';
import { withErrorsCounted } from './health/engine-errors.ts';
import { openOwnHealth, type OwnHealth } from './own-health.ts';
import type { Log } from './lib/log.ts';
import { claimFolder, type Claim } from './claim.ts';
import { linkKeyOf } from './link-key.ts';
import { type Metrics, openMetrics } from './metrics/metrics.ts';
import { MIGRATIONS } from './migrations.ts';
import { openReplicationCheck } from './replication-check.ts';
import { applyRetention } from './retention.ts';
import { ArrivalsCache } from './serve/arrivals-cache.ts';
import { completeUntil } from './serve/coverage.ts';
import type { Estate } from './s3/estate.ts';
import type { Api } from './serve/route.ts';
import { openApi } from './serve/routes.ts';
import { openSource, openStores, openStoreSource, sourceOf } from './sources/all.ts';
import { openParking } from './intake/parked.ts';
import { openRejected } from './intake/rejected.ts';
import type { Parking, Source } from './sources/source.ts';
import { openTrailKeys } from './trail-keys.ts';

export interface AppParts {
  readonly clock: Clock;
  readonly log: Log;
}

export interface AppOptions {
  /** Sources beside those of the configuration. */
  readonly extraSources?: readonly Source[];
  /** Whether these have all that they are to have at the start; default: they do. */
  readonly isWhole?: () => boolean;
  readonly isDemo?: boolean;
  /** The whole path of the configuration file, which what people accept is written to; absent: nothing can be accepted. */
  readonly configFile?: string;
}

/** A running Bucketwatch: the store is open, what was left in the spool is loaded, the API answers. */
export interface App {
  readonly config: Config;
  readonly engine: Engine;
  readonly api: Api;
  readonly claim: Claim;
  /** The stores of the configuration. */
  readonly estate: Estate;
  /** What runs beside the sources while these are followed. */
  readonly jobs: Jobs;
  readonly metrics: Metrics;
  /** Starts following the configured sources, and the jobs. */
  follow(): void;
  /** Offers everything a source has, once, and waits until it is in the ledger. */
  ingest(source: Source, signal: AbortSignal): Promise<IntakeCounts>;
  /** Offers again what was rejected: whole batches, and single records from `rejects`. */
  retryRejected(signal: AbortSignal): Promise<IntakeCounts>;
  /** What has come of everything offered since the start. */
  progress(): IntakeCounts;
  close(): Promise<void>;
}

/** Opens the data folder and everything over it. Throws `conflict` when another process has it. */
export async function openApp(config: Config, options: AppOptions, parts: AppParts): Promise<App> {
  await mkdir(config.data, { recursive: true });
  const claim = await claimFolder(config.data, parts.clock);
  try {
    return await openClaimed(config, claim, options, parts);
  } catch (error) {
    await claim.release();
    throw error;
  }
}

async function openClaimed(config: Config, claim: Claim, options: AppOptions, parts: AppParts): Promise<App> {
  const { engine, errors } = withErrorsCounted(await openEngine(config), parts);
  try {
    const applied = await migrate(MIGRATIONS, engine);
    if (applied.length > 0) parts.log.info({ steps: applied }, 'schema brought up to date');
    await applyRetention(config.retention, engine);
    const intake = new Intake({
      ...parts,
      engine,
      spool: new Spool(join(config.data, 'spool')),
      limits: intakeLimits(config),
      parseParams: config.cloudtrail,
    });
    const recovered = await intake.recover();
    if (recovered > 0) parts.log.info({ loads: recovered }, 'finished the loads left by the last run');
    const parking = openParking({ engine, clock: parts.clock });
    const estate = openStores(config.estate, { ...parts, folder: cursorFolder(config) });
    const sources = [
      ...openSources(config, { ...parts, parking }),
      ...storeSources(config, estate, parts),
      ...openReplicationCheck(config, { engine, estate, clock: parts.clock }),
      ...(options.extraSources ?? []),
    ];
    const linkKey = await linkKeyOf(config.data);
    const arrivals = new ArrivalsCache({ engine, clock: parts.clock });
    const metrics = openMetrics({
      engine,
      clock: parts.clock,
      names: { backups: config.backups.metric },
      completeUntil: (formats) => completeUntil(formats, { sources, arrivals, clock: parts.clock }),
    });
    const deliveries = (): readonly DeliveryReading[] => jobs.notifications.deliveries();
    const health = openOwnHealth(config, { ...parts, engine, errors, intake, sources, deliveries });
    const jobs: Jobs = openJobs(config, {
      ...parts,
      metrics,
      feeds: [health.feed],
      linkKey,
      engine,
      estate,
      sources,
      progress: () => intake.total(),
      spoolBytes: () => intake.status().spoolBytes,
      isWhole: options.isWhole ?? (() => true),
    });
    const isDemo = options.isDemo ?? false;
    const acceptBackups = openBackupAccept({
      control: jobs.backups,
      file: options.configFile,
      beside: isDemo ? config.backups : undefined,
    });
    return new RunningApp(
      {
        config,
        engine,
        claim,
        intake,
        estate,
        sources,
        jobs,
        health,
        arrivals,
        metrics,
        isDemo,
        acceptBackups,
        linkKey,
      },
      parts,
    );
  } catch (error) {
    await engine.close();
    throw error;
  }
}

interface Wired {
  readonly config: Config;
  readonly engine: Engine;
  readonly claim: Claim;
  readonly intake: Intake;
  readonly estate: Estate;
  readonly sources: readonly Source[];
  readonly jobs: Jobs;
  readonly health: OwnHealth;
  readonly arrivals: ArrivalsCache;
  readonly metrics: Metrics;
  readonly isDemo: boolean;
  readonly acceptBackups: AcceptBackups;
  readonly linkKey: Uint8Array;
}

class RunningApp implements App {
  readonly config: Config;
  readonly engine: Engine;
  readonly api: Api;
  readonly claim: Claim;
  readonly estate: Estate;
  readonly jobs: Jobs;
  readonly metrics: Metrics;
  readonly #wired: Wired;
  readonly #parts: AppParts;
  readonly #stop = new AbortController();
  readonly #following: Promise<void>[] = [];
  /** Tables and spool are done before there is an app. */
  #notReady = 'The sources are not followed yet.';

  constructor(wired: Wired, parts: AppParts) {
    this.#wired = wired;
    this.#parts = parts;
    this.config = wired.config;
    this.engine = wired.engine;
    this.claim = wired.claim;
    this.estate = wired.estate;
    this.jobs = wired.jobs;
    this.metrics = wired.metrics;
    this.api = openApi(
      {
        engine: wired.engine,
        intake: wired.intake,
        sources: wired.sources,
        backups: wired.jobs.backups,
        alarms: wired.jobs.alarms,
        notifications: wired.jobs.notifications,
        publisher: wired.jobs.publishing?.publisher,
        acceptBackups: wired.acceptBackups,
        linkKey: wired.linkKey,
        canaries: wired.jobs.canaries,
        isSettled: () => wired.jobs.isSettled(),
        trailKeys: openTrailKeys(wired.config.trail_keys, parts.clock),
        arrivals: wired.arrivals,
        metrics: wired.metrics,
        health: wired.health.watch,
        notReady: () => this.#notReady,
        clock: parts.clock,
        config: wired.config,
        isDemo: wired.isDemo,
        startedMs: parts.clock.nowMs(),
        ingest: (source, signal) => this.ingest(source, signal),
        openLocation: (location, options) =>
          sourceOf(location, options, { clock: parts.clock, folder: cursorFolder(wired.config) }),
        retryRejected: (signal) => this.retryRejected(signal),
      },
      parts.log,
    );
  }

  follow(): void {
    const { sources, health } = this.#wired;
    for (const source of sources) this.#following.push(this.#followOne(source));
    const parts = { ...this.#parts, records: health.records };
    for (const job of [...this.jobs.all, ...health.jobs])
      this.#following.push(repeat(job, parts, this.#stop.signal));
    this.#notReady = '';
  }

  async ingest(source: Source, signal: AbortSignal): Promise<IntakeCounts> {
    const { intake } = this.#wired;
    const before = { ...intake.counts(source.name) };
    for await (const batch of source.batches({ follow: false, signal })) {
      await intake.offer(batch, source.name, signal);
    }
    await intake.settle();
    return countsSince(before, intake.counts(source.name));
  }

  progress(): IntakeCounts {
    return this.#wired.intake.total();
  }

  async retryRejected(signal: AbortSignal): Promise<IntakeCounts> {
    const { config, engine } = this.#wired;
    const rejected = openRejected({
      spool: new Spool(join(config.data, 'spool')),
      engine,
      clock: this.#parts.clock,
    });
    return this.ingest(rejected, signal);
  }

  async close(): Promise<void> {
    this.#notReady = 'Bucketwatch is stopping.';
    this.#stop.abort();
    await Promise.allSettled(this.#following);
    await this.jobs.notifications.close();
    this.jobs.publishing?.close();
    await this.#wired.intake.close();
    await Promise.all(this.#wired.sources.map(async (source) => source.close?.()));
    this.#wired.estate.close();
    await this.#wired.engine.close();
    await this.#wired.claim.release();
  }

  async #followOne(source: Source): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        for await (const batch of source.batches({ follow: true, signal })) {
          await this.#wired.intake.offer(batch, source.name, signal);
        }
        return;
      } catch (error) {
        this.#parts.log.error(
          { source: source.name, error: reasonOf(error) },
          'source failed, will be started again',
        );
        await this.#parts.clock.sleep(RESTART_MS, signal).catch(() => undefined);
      }
    }
  }
}

/** A source that threw is started again after this long. */
const RESTART_MS = 10_000;

function openSources(config: Config, parts: { readonly clock: Clock; readonly parking: Parking }): Source[] {
  const { clock, parking } = parts;
  const folder = cursorFolder(config);
  return config.sources.map((source) => openSource(source, { clock, folder, parking }));
}

function storeSources(config: Config, estate: Estate, parts: { readonly clock: Clock }): Source[] {
  const folder = cursorFolder(config);
  return estate.stores.flatMap((store, index) => {
    const section = config.estate[index];
    return section === undefined ? [] : [openStoreSource(store, section, { ...parts, folder })];
  });
}

/** Where sources keep how far they got. */
function cursorFolder(config: Config): string {
  return join(config.data, 'cursors');
}

async function openEngine(config: Config): Promise<Engine> {
  const { engine } = config;
  if (engine.kind === 'embedded') {
    return openEmbedded({ folder: join(config.data, 'store'), memoryBytesMax: engine.memory });
  }
  return openCluster({
    urls: engine.urls,
    cluster: engine.cluster,
    database: engine.database,
    replicated: engine.replicated,
    ...(engine.reader === undefined ? {} : { reader: engine.reader }),
    ...(engine.username === undefined ? {} : { username: engine.username }),
    ...(engine.password === undefined ? {} : { password: engine.password }),
  });
}

function intakeLimits({ intake }: Config): IntakeLimits {
  return {
    spoolBytes: intake.spool,
    batchBytes: intake.batch,
    expandedBytes: intake.expanded,
    lineBytes: intake.line,
    documentBytes: intake.document,
    rejectedBytes: intake.rejected,
    fetches: intake.fetches,
  };
}
