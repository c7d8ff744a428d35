/** A server whose backups monitor writes down what it is told: the API, the engine and the files are real. */
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { openBackupAccept } from '../src/backup-accept.ts';
import { configSchema } from '../src/config/schema.ts';
import type { Engine } from '../src/engine/engine.ts';
import { DEFAULT_INTAKE_LIMITS } from '../src/intake/limits.ts';
import { Intake } from '../src/intake/intake.ts';
import { Spool } from '../src/intake/spool.ts';
import type { Clock } from '../src/lib/clock.ts';
import { Fault } from '../src/lib/fault.ts';
import { silentLog } from '../src/lib/log.ts';
import { openMetrics } from '../src/metrics/metrics.ts';
import { propose } from '../src/monitors/backups/learn.ts';
import type {
  Act,
  BackupsControl,
  BackupsSettings,
  SeriesProposal,
} from '../src/monitors/backups/monitor.ts';
import { Calendars } from '../src/monitors/backups/schedule.ts';
import { ArrivalsCache } from '../src/serve/arrivals-cache.ts';
import { notifySettings } from '../src/notify-settings.ts';
import { listen } from '../src/serve/listen.ts';
import { openApi } from '../src/serve/routes.ts';
import { openTrailKeys } from '../src/trail-keys.ts';
import { openStore } from './replication-store.ts';
import { keptFolder } from './temp.ts';

export const LINK_KEY = randomBytes(32);
export const NOW_MS = Date.parse('2026-11-21T12:00:00Z');
const DAY_MS = 86_400_000;

/** What a person said is stored as the monitor stores it; everything is written down. */
export class RecordingControl implements BackupsControl {
  readonly acts: Act[] = [];
  readonly settings: BackupsSettings[] = [];
  readonly asked: Parameters<BackupsControl['proposals']>[0][] = [];
  proposed: readonly SeriesProposal[] = [];
  readonly #engine: Engine;
  readonly #clock: Clock;

  constructor(engine: Engine, clock: Clock) {
    this.#engine = engine;
    this.#clock = clock;
  }

  proposals(request: Parameters<BackupsControl['proposals']>[0]): Promise<SeriesProposal[]> {
    this.asked.push(request);
    const isAsked = ({ bucket, series }: SeriesProposal): boolean =>
      request.ids.length === 0 || request.ids.some((id) => id.bucket === bucket && id.series === series);
    return Promise.resolve(this.proposed.filter(isAsked));
  }

  async act(act: Act): Promise<void> {
    this.acts.push(act);
    const { bucket, series, author, reason } = act;
    const at = this.#clock.nowMs();
    const row = { bucket, series, at, act: act.act, until: act.untilMs ?? null, author, reason };
    await this.#engine.insertRows({ table: 'backup_acts', rows: [row] });
  }

  configure(settings: BackupsSettings): Promise<void> {
    this.settings.push(settings);
    return Promise.resolve();
  }

  look(bucket: string) {
    if (bucket !== 'dumps')
      return Promise.reject(new Fault('not_found', `Cannot look at ${bucket}: it is not watched.`));
    return Promise.resolve({ requests: 3, keys: 2500, files: 7, problem: '' });
  }

  catchUp(): Promise<void> {
    return Promise.resolve();
  }
}

/** What daily files of a month propose; the one of `missing` days ago is not there. */
export function dailyProposal(bucket: string, series: string, missing = -1): SeriesProposal {
  const days = Array.from({ length: 30 }, (_, index) => 29 - index).filter((ago) => ago !== missing);
  const arrivals = days.map((ago) => ({
    key: `${series}-${ago}`,
    versionId: '',
    etag: `e${ago}`,
    atMs: Date.parse('2026-11-21T01:30:00Z') - ago * DAY_MS,
    sizeBytes: 1000,
    member: '',
    stamp: `${ago}`,
  }));
  const proposal = propose(arrivals, { nowMs: NOW_MS, calendars: new Calendars(), timezone: 'UTC' });
  if (proposal === undefined) throw new Error('a month of daily files proposes nothing');
  return { bucket, series, pattern: series, files: arrivals.length, proposal };
}

/** A row of `backup_series`; what is not given is of a series that is fine. */
export async function storeSeries(
  series: readonly { readonly bucket: string; readonly series: string; readonly [column: string]: unknown }[],
  engine: Engine,
): Promise<void> {
  const rows = series.map((one) => ({
    is_declared: 1,
    verdict: 'ok',
    sentence: 'There since 01:31.',
    schedule: 'every day at 01:30 UTC',
    next_dues: ['2026-11-22 01:30:00.000'],
    since: '2026-11-21 01:31:00.000',
    judged_at: '2026-11-21 11:59:00.000',
    is_deleted: 0,
    ...one,
  }));
  await engine.insertRows({ table: 'backup_series', rows });
}

export interface ActServer {
  readonly url: string;
  readonly folder: string;
  /** The configuration file; not there at first. */
  readonly file: string;
  readonly engine: Engine;
  readonly control: RecordingControl;
  close(): Promise<void>;
}

const unasked = (): never => {
  throw new Error('this is not asked of it here');
};

const NO_LINKS = { home: '', linksOf: unasked };

/** Serves the API over a new store; with a token it is asked for. */
export async function openActServer(clock: Clock, token?: string): Promise<ActServer> {
  const store = await openStore();
  const { engine } = store;
  const folder = keptFolder();
  const config = configSchema.parse({ data: folder });
  const control = new RecordingControl(engine, clock);
  const file = join(folder, 'watch.yaml');
  const intake = new Intake({
    engine,
    clock,
    log: silentLog,
    spool: new Spool(join(folder, 'spool')),
    limits: DEFAULT_INTAKE_LIMITS,
    parseParams: config.cloudtrail,
  });
  const api = openApi(
    {
      alarms: { definitions: [], status: () => ({ omitted: new Map() }) },
      engine,
      intake,
      sources: [],
      backups: control,
      notifications: { rules: notifySettings(config.notify, NO_LINKS).rules, channels: [], book: unasked },
      acceptBackups: openBackupAccept({ control, file }),
      linkKey: LINK_KEY,
      canaries: { send: unasked },
      isSettled: () => true,
      trailKeys: openTrailKeys(config.trail_keys, clock),
      arrivals: new ArrivalsCache({ engine, clock }),
      metrics: openMetrics({
        engine,
        clock,
        names: { backups: config.backups.metric },
        completeUntil: () => Promise.resolve(undefined),
      }),
      health: {
        look: () => Promise.resolve({ state: 'good', sentence: '', items: [], atMs: 0 }),
        answer: unasked,
      },
      notReady: () => '',
      clock,
      config,
      isDemo: false,
      startedMs: clock.nowMs(),
      ingest: unasked,
      openLocation: unasked,
      retryRejected: unasked,
    },
    silentLog,
  );
  const server = await listen({ api, address: '127.0.0.1:0', token, publicUrl: 'https://bw.example/' });
  return {
    url: server.url,
    folder,
    file,
    engine,
    control,
    close: async () => {
      await server.close();
      await intake.close();
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
