/** A running monitor of backups over the real engine, and a store that lists what a test puts into it. */
import { onTestFinished } from 'vitest';
import { backupsSettings } from '../src/backup-series.ts';
import { configSchema } from '../src/config/schema.ts';
import type { Engine } from '../src/engine/engine.ts';
import { type BackupsMonitor, openBackupsMonitor } from '../src/monitors/backups/backups-monitor.ts';
import { openEstate } from '../src/s3/estate.ts';
import { type ListingServer, startListingServer, type StoredObject } from './listing-server.ts';
import { type StoredEvent, storeEvents } from './replication-store.ts';
import { tempFolder } from './temp.ts';

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
/** A Saturday, noon. */
export const NOON_MS = Date.parse('2026-11-21T12:00:00Z');

let batch = 0;

export type Section = Readonly<Record<string, unknown>>;

export const NIGHTLY = {
  name: 'orders',
  bucket: 'vault',
  pattern: 'db/orders-{date}.gz',
  schedule: { cron: '0 2 * * *' },
  grace: '30m',
};

export interface Setting {
  readonly monitor: BackupsMonitor;
  readonly store: ListingServer;
  /** What the bucket `vault` holds; to be changed by the test. */
  readonly objects: StoredObject[];
  at(time: string): void;
  /** Lets the monitor have its turn. */
  turn(): Promise<void>;
  /** Lists whole what is due. */
  look(): Promise<void>;
  /** A file is put into the bucket, or taken away, and a notification tells. */
  arrives(key: string, time: string, more?: { size?: number; etag?: string; event?: string }): Promise<void>;
  /** The same store after a restart. */
  restarted(backups?: Section, more?: Partial<Options>): Promise<Setting>;
  /** Stores events as one batch. */
  tell(events: readonly StoredEvent[]): Promise<void>;
}

export interface Options {
  readonly engine: Engine;
  readonly nowMs?: number;
  readonly perHour?: number;
  readonly objects?: StoredObject[];
  readonly script?: Parameters<typeof startListingServer>[1];
  readonly isTakenIn?: () => boolean;
  readonly onVerdicts?: () => void;
}

export async function startSetting(backups: Section, options: Options): Promise<Setting> {
  const { engine } = options;
  for (const table of [
    'object_events',
    'bucket_feeds',
    'bucket_configs',
    'backup_files',
    'backup_runs',
    'backup_series',
    'backup_acts',
    'backup_looks',
  ])
    await engine.command(`truncate table ${table}`);
  const objects = options.objects ?? [];
  const server = await startListingServer({ vault: objects }, options.script);
  onTestFinished(() => server.stop());
  return opened(
    backups,
    { folder: tempFolder(), store: server, objects, nowMs: options.nowMs ?? NOON_MS },
    options,
  );
}

function opened(
  backups: Section,
  has: { folder: string; store: ListingServer; objects: StoredObject[]; nowMs: number },
  options: Options,
): Setting {
  let { nowMs } = has;
  const { engine } = options;
  const tell = async (events: readonly StoredEvent[]): Promise<void> => {
    batch += 1;
    await storeEvents(batch, events, engine);
  };
  const clock = { nowMs: () => nowMs, sleep: async () => {} };
  const estate = openEstate(
    {
      stores: [
        {
          name: 'main',
          namespace: '',
          patterns: [],
          endpoint: has.store.endpoint,
          region: 'us-east-1',
          accessKeyId: 'a',
          secretAccessKey: 'b',
        },
      ],
      folder: has.folder,
    },
    { clock },
  );
  onTestFinished(() => estate.close());
  const config = configSchema.parse({ backups });
  const monitor = openBackupsMonitor(
    {
      settings: backupsSettings(config.backups),
      requestsPerHour: options.perHour ?? 1000,
      everyMs: 6 * HOUR_MS,
      folder: has.folder,
    },
    {
      engine,
      estate,
      clock,
      isTakenIn: options.isTakenIn ?? (() => true),
      ...(options.onVerdicts === undefined ? {} : { onVerdicts: options.onVerdicts }),
    },
  );
  const [turns, looks] = monitor.jobs;
  const { signal } = new AbortController();
  return {
    monitor,
    store: has.store,
    objects: has.objects,
    at: (time) => {
      nowMs = Date.parse(`${time}Z`);
    },
    turn: async () => turns?.run(signal),
    look: async () => looks?.run(signal),
    async arrives(key, time, { size = 1000, etag = `e-${key}`, event = 'ObjectCreated:Put' } = {}) {
      const isThere = has.objects.some((one) => one.key === key);
      if (event.startsWith('ObjectCreated') && !isThere)
        has.objects.push({ key, size, etag, modifiedMs: Date.parse(`${time}Z`) });
      await tell([
        { ...EVENT, event_name: event, event_time: time.replace('T', ' '), key, size_bytes: size, etag },
      ]);
    },
    tell,
    restarted: async (other, more) => opened(other ?? backups, { ...has, nowMs }, { ...options, ...more }),
  };
}

export const EVENT = {
  bucket: 'vault',
  event_name: 'ObjectCreated:Put',
  event_time: '2026-11-21 02:05:00',
  key: 'db/orders-2026-11-21.gz',
  version_id: '',
  size_bytes: 1000,
  etag: 'e',
};

/** A file a night, at 02:05, from a day of November 2026 to another. */
export function nights(
  from: number,
  to: number,
  key = (day: string) => `db/orders-2026-11-${day}.gz`,
): StoredObject[] {
  return Array.from({ length: to - from + 1 }, (_, index) => {
    const day = String(from + index).padStart(2, '0');
    const modifiedMs = Date.parse(`2026-11-${day}T02:05:00Z`);
    return { key: key(day), size: 1000 + index, etag: `e${day}`, modifiedMs };
  });
}
