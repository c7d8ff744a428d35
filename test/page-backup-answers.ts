/** Answers about backups for the page's tests: made up, of the shapes of the API, and relative to now. */
import type { Page, Request } from 'playwright-core';
import type {
  BackupDetail,
  BackupProposals,
  BackupRun,
  Backups,
  BackupSeries,
} from '../dashboard/src/lib/backup-row.ts';

const DAY_MS = 86_400_000;
const MIB = 1_048_576;

/** Noon of today in UTC: far from midnight in the zones the tests use. */
export const NOON_MS = Math.floor(Date.now() / DAY_MS) * DAY_MS + DAY_MS / 2;
export const BUCKET = 'nimbus-backups';
export const HOSTILE = '<img src=x onerror=alert(1)>\u202e\u0007';

/** Days before today, each with its verdict there; all others are as they should be. */
type Verdicts = Readonly<Record<number, BackupRun['verdict']>>;

const SENTENCES: Readonly<Partial<Record<BackupRun['verdict'], string>>> = {
  missing: 'Nothing came by the deadline.',
  'too-small': '1.2 MiB, 71 % less than the median of the last runs (4.1 MiB).',
};

/** Runs of a series at 01:00 UTC of the last days, latest first. */
export function runsOf(series: string, days: number, verdicts: Verdicts = {}): BackupRun[] {
  return Array.from({ length: days }, (_, before): BackupRun => {
    const dueMs = NOON_MS - 11 * 3_600_000 - before * DAY_MS;
    const verdict = verdicts[before] ?? 'ok';
    const isHere = verdict !== 'missing' && verdict !== 'expected';
    const size = verdict === 'too-small' ? 1.2 * MIB : 4 * MIB;
    return {
      bucket: BUCKET,
      series,
      due: iso(dueMs),
      deadline: iso(dueMs + 1_800_000),
      verdict,
      sentence: SENTENCES[verdict] ?? '4.0 MiB in 1 file.',
      since: iso(dueMs + 1_800_000),
      arrived: isHere ? iso(dueMs + 600_000) : null,
      size_bytes: isHere ? size : 0,
      usual_bytes: 4.1 * MIB,
      files: isHere ? 1 : 0,
      keys: isHere ? [`${series}/${iso(dueMs).slice(0, 10)}.gz`] : [],
      members: isHere ? 1 : 0,
      members_expected: null,
    };
  });
}

export function seriesRow(
  series: string,
  runs: readonly BackupRun[],
  changes: Partial<BackupSeries> = {},
): BackupSeries {
  const newest = runs[0] ?? null;
  const verdict = newest === null || newest.verdict === 'expected' ? 'new' : newest.verdict;
  return {
    bucket: BUCKET,
    series,
    declared: true,
    pattern: `${series}/{date}.gz`,
    verdict,
    sentence: newest?.sentence ?? '',
    since: newest?.since ?? null,
    schedule: 'every day at 01:00 UTC',
    next_due: iso(NOON_MS + 13 * 3_600_000),
    next_deadline: iso(NOON_MS + 13.5 * 3_600_000),
    newest,
    recent: runs.slice(0, 30).toReversed(),
    files: runs.length,
    first_at: runs.at(-1)?.due ?? null,
    last_at: newest?.arrived ?? null,
    paused: null,
    proposal: null,
    safety: {
      state: 'warn',
      sentence: 'Versions are off: what is overwritten is gone.',
      items: [
        { what: 'versioning', state: 'warn', sentence: 'Versions are off: what is overwritten is gone.' },
        { what: 'replica', state: 'unknown', sentence: 'No rule that replicates the bucket is known.' },
      ],
    },
    evidence: '',
    judged_at: iso(NOON_MS),
    ...changes,
  };
}

/** A few series that are wrong, right, found and paused, with their runs. */
export function fewSeries(): Estate {
  const runs = {
    orders: runsOf('db/orders', 40, { 0: 'too-small', 3: 'missing' }),
    users: runsOf('db/users', 5, { 0: 'missing' }),
    fine: runsOf('db/fine', 40),
    carts: runsOf('db/carts', 40),
    nas: runsOf('fs/nas', 40),
  };
  const rows = [
    seriesRow('db/orders', runs.orders),
    seriesRow('db/users', runs.users),
    seriesRow('db/fine', runs.fine),
    seriesRow('db/carts', runs.carts, {
      declared: false,
      verdict: 'learning',
      proposal: { fit: 0.97, fired: 1 },
    }),
    seriesRow('fs/nas', runs.nas, {
      verdict: 'paused',
      paused: { until: null, author: 'Mara', reason: 'It is moved.' },
    }),
  ];
  return { rows, runs: Object.values(runs).flat() };
}

export interface Estate {
  readonly rows: readonly BackupSeries[];
  readonly runs: readonly BackupRun[];
}

const PROPOSALS: BackupProposals = {
  days: 90,
  rows: [
    {
      bucket: BUCKET,
      series: 'db/carts',
      files: 40,
      schedule: 'every day at 01:00 UTC',
      fit: 0.97,
      section: {},
      yaml: '- name: db/carts\n  grace: 30m\n',
      would_have_fired: [
        { due: iso(NOON_MS - 20 * DAY_MS), verdict: 'missing', sentence: 'Nothing came by the deadline.' },
      ],
    },
  ],
};

/** What was sent to the server: the path below `/api/v1/backups` and the body. */
export type Told = readonly [path: string, body: unknown];

/** Has the page see these series; gives what it tells the server, which is done. */
export async function answerWith(page: Page, estate: Estate): Promise<Told[]> {
  const told: Told[] = [];
  await page.route(
    ({ pathname }) => pathname.startsWith('/api/v1/backups'),
    (route) => {
      const request = route.request();
      const path = new URL(request.url()).pathname.slice('/api/v1/backups'.length);
      if (request.method() === 'POST') told.push([path, request.postDataJSON()]);
      return route.fulfill({ json: answerTo(path, request, estate) });
    },
  );
  return told;
}

function answerTo(path: string, request: Request, estate: Estate): object {
  switch (path) {
    case '':
      return backupsOf(estate);
    case '/runs':
      return { rows: estate.runs };
    case '/proposals':
      return PROPOSALS;
    case '/accept':
      return { file: '/etc/bucketwatch.yaml', names: ['db/carts'] };
    case '/act':
      return { sentence: 'Done: it is so from now on.' };
    case '/look':
      return { requests: 3, keys: 2101, files: 1, problem: '' };
    case '/links':
      return { status: '/status/secret', badge: '/badge/secret.svg' };
    default:
      return detailOf(new URL(request.url()).searchParams.get('series') ?? '', estate);
  }
}

function backupsOf({ rows }: Estate): Backups {
  const count = (verdict: BackupSeries['verdict']) => rows.filter((row) => row.verdict === verdict).length;
  return {
    sentence: `${count('missing')} of ${rows.length} backups are missing.`,
    judged_at: iso(NOON_MS),
    counts: {} as Backups['counts'],
    discovering: [
      { bucket: BUCKET, last_look: iso(NOON_MS - 3_600_000), left_out: 0, keys: 2101, problem: '' },
    ],
    rows: [...rows],
  };
}

function detailOf(series: string, { rows, runs }: Estate): BackupDetail {
  const row = rows.find((one) => one.series === series) ?? seriesRow(series, []);
  return {
    row,
    next_dues: [1, 2, 3, 4, 5].map((day) => iso(NOON_MS - 11 * 3_600_000 + day * DAY_MS)),
    rule: { name: series, grace: '30m', size: { down: 0.5, up: 1, runs: 7 } },
    runs: runs.filter((run) => run.series === series),
    files: runs
      .filter((run) => run.series === series && run.arrived !== null)
      .map((run) => ({
        key: run.keys[0] ?? '',
        at: run.arrived ?? '',
        feed: 'listing',
        version_id: '',
        size_bytes: run.size_bytes,
        member: '',
        removed_at: null,
        content: '',
        content_note: '',
        lock_mode: '',
        lock_until: null,
        replication_status: '',
      })),
    acts: [{ at: iso(NOON_MS - DAY_MS), act: 'pause', until: null, author: 'Mara', reason: HOSTILE }],
    looks: [
      { at: iso(NOON_MS - 3_600_000), prefix: '', cause: 'regular', keys: 2101, files: 1, problem: '' },
    ],
  };
}

export function iso(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
