import type { BackupTimes } from './backup-dues.ts';
import { BUCKETS } from './company.ts';
import type { NonEmpty } from './random.ts';

const ZONE = 'Europe/Lisbon';
const BUCKET = BUCKETS.backups.name;

/** How long after its due time each run may come. */
export const GRACE_MINUTES = 45;
const GRACE = `${GRACE_MINUTES.toString(10)}m`;

/** A file of each run. */
export interface BackupFile {
  readonly medianBytes: number;
  /** `day` is `yyyy/mm/dd`, `time` is `yyyymmddThhmmssZ`: those of the run, in UTC. */
  keyAt(day: string, time: string): string;
}

/** What went wrong with one run of the history, the one that was due last at that time. */
export interface Blemish {
  readonly beforeEndMs: number;
  readonly kind: 'late' | 'lost';
}

/** A backup the made-up company makes again and again, and what becomes of it. */
export interface BackupPlan {
  /** As the monitor names the series. */
  readonly series: string;
  readonly tool: 'pgbackrest' | 'restic';
  readonly times: BackupTimes;
  /** From its due time to the last of its files, when all is well. */
  readonly medianMinutes: number;
  readonly files: NonEmpty<BackupFile>;
  /** What is wrong with its last run and those after it; with `retired`, it stopped. */
  readonly trouble: 'none' | 'late' | 'shrunken' | 'member-lost' | 'retired';
  readonly blemishes: readonly Blemish[];
  /** So rare that a fortnight shows little of it: what was told of it earlier is there too. */
  readonly isRare: boolean;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const SHARDS = ['1', '2', '3', '4', '5', '6'] as const;
const USUAL = { tool: 'restic', trouble: 'none', blemishes: [], isRare: false } as const;

function at(hour: number, minute: number, days: Pick<BackupTimes, 'weekdays' | 'dayOfMonth'> = {}) {
  return { timezone: ZONE, hours: [hour], minute, ...days } as const;
}

function everyHours(hours: number, minute: number): BackupTimes {
  return { timezone: 'UTC', hours: Array.from({ length: 24 / hours }, (_, index) => index * hours), minute };
}

/** Eight series that are declared, and one that nobody declared. */
export const BACKUP_PLANS: readonly BackupPlan[] = [
  {
    ...USUAL,
    series: 'postgres/orders',
    tool: 'pgbackrest',
    times: at(2, 10),
    medianMinutes: 13,
    files: [
      { medianBytes: 1_900_000_000, keyAt: (day, time) => `postgres/orders/${day}/orders-${time}.dump.zst` },
    ],
    trouble: 'late',
  },
  {
    ...USUAL,
    series: 'postgres/forecast',
    tool: 'pgbackrest',
    times: at(2, 10),
    medianMinutes: 22,
    files: [
      {
        medianBytes: 3_400_000_000,
        keyAt: (day, time) => `postgres/forecast/${day}/forecast-${time}.dump.zst`,
      },
    ],
    trouble: 'shrunken',
    blemishes: [{ beforeEndMs: 9 * DAY_MS, kind: 'late' }],
  },
  {
    ...USUAL,
    series: 'wal',
    tool: 'pgbackrest',
    times: everyHours(1, 5),
    medianMinutes: 3,
    files: [{ medianBytes: 31_000_000, keyAt: (day, time) => `wal/${day}/wal-${time}.tar.zst` }],
    blemishes: [{ beforeEndMs: 2 * DAY_MS + 5 * HOUR_MS, kind: 'lost' }],
  },
  {
    ...USUAL,
    series: 'mail-archive',
    times: at(4, 30, { weekdays: [0] }),
    medianMinutes: 20,
    files: [
      { medianBytes: 760_000_000, keyAt: (day, time) => `mail-archive/${day}/${time}/mailboxes.mbox.zst` },
      { medianBytes: 21_000, keyAt: (day, time) => `mail-archive/${day}/${time}/manifest.json` },
    ],
    isRare: true,
  },
  {
    ...USUAL,
    series: 'gitlab',
    times: at(21, 30, { weekdays: [1, 2, 3, 4, 5] }),
    medianMinutes: 16,
    files: [{ medianBytes: 2_600_000_000, keyAt: (day, time) => `gitlab/${day}/gitlab-${time}.tar` }],
    trouble: 'retired',
  },
  {
    ...USUAL,
    series: 'ledger-close',
    times: at(5, 0, { dayOfMonth: 1 }),
    medianMinutes: 9,
    files: [{ medianBytes: 410_000_000, keyAt: (day, time) => `ledger-close/${day}/ledger-${time}.tar.zst` }],
    isRare: true,
  },
  {
    ...USUAL,
    series: 'search',
    times: at(3, 20),
    medianMinutes: 18,
    files: [shard('1'), ...SHARDS.slice(1).map(shard)],
    trouble: 'member-lost',
    blemishes: [{ beforeEndMs: 6 * DAY_MS, kind: 'late' }],
  },
  {
    ...USUAL,
    series: 'config',
    times: everyHours(6, 20),
    medianMinutes: 5,
    files: [{ medianBytes: 5_200_000, keyAt: (day, time) => `config/${day}/config-${time}.tar.gz` }],
    blemishes: [{ beforeEndMs: 4 * DAY_MS, kind: 'lost' }],
  },
  {
    ...USUAL,
    series: 'grafana/{date}/grafana-{date}.tar.gz',
    times: at(2, 45),
    medianMinutes: 6,
    files: [{ medianBytes: 48_000_000, keyAt: (day, time) => `grafana/${day}/grafana-${time}.tar.gz` }],
  },
];

function shard(name: string): BackupFile {
  return {
    medianBytes: 290_000_000,
    keyAt: (day, time) => `search/${day}/search-${time}.shard-${name}.tar.zst`,
  };
}

/** Section `backups` of the configuration. */
export const BACKUPS_SECTION = {
  timezone: ZONE,
  discover: [{ bucket: BUCKET }],
  looks: { requests_per_hour: 0 },
  series: [
    {
      name: 'postgres',
      bucket: BUCKET,
      pattern: 'postgres/{database}/**/*-{date}.dump.zst',
      schedule: { cron: '10 2 * * *' },
      grace: GRACE,
      size: { min: '500MiB', down: 0.4, up: 1 },
      keep: '7d',
    },
    {
      name: 'wal',
      bucket: BUCKET,
      pattern: 'wal/**/wal-{date}.tar.zst',
      schedule: { cron: '5 * * * *', timezone: 'UTC' },
      grace: GRACE,
      keep: '3d',
    },
    {
      name: 'mail-archive',
      bucket: BUCKET,
      pattern: 'mail-archive/**/{date}/{member}',
      schedule: { cron: '30 4 * * 0' },
      grace: GRACE,
      size: { down: 0.5, up: 1 },
      members: ['mailboxes.mbox.zst', 'manifest.json'],
      keep: '28d',
    },
    {
      name: 'gitlab',
      bucket: BUCKET,
      pattern: 'gitlab/**/gitlab-{date}.tar',
      schedule: { weekdays: ['mon', 'tue', 'wed', 'thu', 'fri'], at: '21:30' },
      grace: GRACE,
      retired: true,
    },
    {
      name: 'ledger-close',
      bucket: BUCKET,
      pattern: 'ledger-close/**/ledger-{date}.tar.zst',
      schedule: { cron: '0 5 1 * *' },
      grace: GRACE,
      size: { min: '100MiB' },
      keep: '30d',
    },
    {
      name: 'search',
      bucket: BUCKET,
      pattern: 'search/**/search-{date}.shard-{member}.tar.zst',
      schedule: { cron: '20 3 * * *' },
      grace: GRACE,
      size: { down: 0.5, up: 1 },
      members: SHARDS,
      keep: '7d',
    },
    {
      name: 'config',
      bucket: BUCKET,
      pattern: 'config/**/config-{date}.tar.gz',
      schedule: { every: '6h' },
      grace: GRACE,
      size: { down: 0.5, up: 1 },
      keep: '7d',
    },
  ],
} as const;
