import type { BackupSeries } from '../lib/backup-row.ts';
import type { Pair } from '../lib/replication-row.ts';
import { describe, expect, test } from 'vitest';
import type { Storms } from '../../../src/serve/activity-api.ts';
import type { Series } from '../../../src/serve/api.ts';
import type { SourceRow } from '../lib/source-row.ts';
import type { Alarm } from '../lib/alarm-row.ts';
import { type ConcernFacts, concernsOf } from './attention.ts';

const NOW_MS = Date.parse('2026-11-21T12:00:00Z');
const COVERAGE = {
  since: '2026-11-20T12:00:00Z',
  until: '2026-11-21T12:00:00Z',
  newest_event: null,
  complete_until: null,
  sources: [],
};

function series(requests: number, errors: Partial<Series['totals']>): Series {
  const totals = { requests, bytes_sent: 0, bytes_uploaded: 0, errors_4xx: 0, errors_5xx: 0, ...errors };
  return { coverage: COVERAGE, step_seconds: 60, points: [], totals };
}

const SOURCE: SourceRow = {
  name: 'logs',
  kind: 'files',
  location: '/logs',
  state: 'waiting',
  message: '',
  last_checked: null,
  requests: {},
  batches: 1,
  rejected_batches: 0,
  facts: 1,
  rejects: 0,
  size_bytes: 1,
  last_loaded: null,
  newest_event: null,
  lateness: null,
  intake_lag_seconds: null,
  queue: null,
  parked: 0,
  quiet_since: null,
  verdict: 'fresh',
  verdict_reason: 'as usual',
};

const STORM: Storms['rows'][number] = {
  kind: '403',
  bucket: 'images',
  started: '2026-11-21T10:00:00Z',
  ended: '2026-11-21T10:30:00Z',
  requests: 9000,
  peak_per_minute: 600,
  usual_per_minute: 2,
  requester: '',
  remote_ip: '192.0.2.9',
  share: 0.9,
  filters: { bucket: 'images', http_status: '403' },
};

const QUIET: ConcernFacts = {
  alarms: [],
  series: series(10_000, { errors_4xx: 300, errors_5xx: 1 }),
  before: series(10_000, { errors_4xx: 290, errors_5xx: 2 }),
  storms: { coverage: COVERAGE, rows: [] },
  sources: [SOURCE, { ...SOURCE, name: 'rare', verdict: 'quiet' }],
  completeness: null,
  pairs: [],
  backups: [],
  unlisted: [],
  rejects: { count: 4, newestMs: NOW_MS - 3 * 86_400_000 },
  nowMs: NOW_MS,
};

function titles(changes: Partial<ConcernFacts>): readonly string[] {
  return concernsOf({ ...QUIET, ...changes }).map((concern) => `${concern.status}: ${concern.title}`);
}

const PAIR: Pair = {
  id: 'media/media-replica/all',
  rule_id: 'all',
  source: 'media',
  destination: 'media-replica',
  prefix: '',
  tags: {},
  priority: 1,
  declared: false,
  match_by: 'version',
  active_from: null,
  target_seconds: 900,
  verdict: 'ok',
  sentence: 'RPO now 0 s, target 15 min.',
  rpo_seconds: 0,
  oldest_pending: null,
  pending_objects: 0,
  pending_bytes: 0,
  overdue_objects: 0,
  failed_objects: 0,
  failed_bytes: 0,
  unknown_objects: 0,
  untracked_objects: 0,
  replicated_objects: 4,
  replicated_bytes: 400,
  failures: 0,
  latency_ms: null,
  within_target: { hour: null, day: 1, month: 1 },
  coverage: { covered_objects: 4, no_rule_objects: 0, older_objects: 0, share: 1 },
  skewed_objects: 0,
  canary: null,
  feeds: [],
  notes: [],
};

const BACKUP: BackupSeries = {
  bucket: 'vault',
  series: 'db/orders',
  declared: true,
  pattern: 'db/orders/{date}.gz',
  verdict: 'ok',
  sentence: '4.0 GiB in 1 file.',
  since: null,
  schedule: '',
  next_due: null,
  next_deadline: null,
  newest: null,
  recent: [],
  files: 0,
  first_at: null,
  last_at: null,
  paused: null,
  proposal: null,
  safety: { state: 'unknown', sentence: '', items: [] },
  evidence: '',
  judged_at: '2026-11-21T12:00:00Z',
};

const ALARM: Alarm = {
  alarm: 'pair-failing{pair="media/media-replica/all"}',
  definition: 'pair-failing',
  kind: 'status',
  title: 'Replication of media fails',
  severity: 'critical',
  labels: { monitor: 'replication', pair: PAIR.id },
  state: 'ALARM',
  since: '2026-11-21T11:00:00Z',
  sentence: '3 objects failed.',
  numbers: {},
  evidence: [],
  first_step: 'See the causes.',
  as_of: '2026-11-21T12:00:00Z',
  evaluated_at: '2026-11-21T12:00:00Z',
  acknowledged: null,
  silences: [],
};

describe('concernsOf()', () => {
  test('an alarm is told, and what it is about is not told again', () => {
    const pairs = [{ ...PAIR, verdict: 'failing' as const }];
    expect(titles({ alarms: [ALARM], pairs })).toEqual(['alarm: Replication of media fails']);
    const [concern] = concernsOf({ ...QUIET, alarms: [ALARM], pairs });
    expect(concern).toMatchObject({ path: '/alarms', params: { alarm: ALARM.alarm }, alarm: ALARM });
  });

  test('an alarm about something else, or that is OK, says nothing of a pair', () => {
    const pairs = [{ ...PAIR, verdict: 'failing' as const }];
    const other = { ...ALARM, title: 'Other', labels: { pair: 'other' } };
    expect(titles({ alarms: [other, { ...ALARM, state: 'OK' }], pairs })).toEqual([
      'alarm: Other',
      'alarm: replication media → media-replica fails',
    ]);
  });

  test('what somebody has in hand needs no attention', () => {
    const pairs = [{ ...PAIR, verdict: 'failing' as const }];
    expect(titles({ alarms: [{ ...ALARM, silences: ['s1'] }], pairs })).toEqual([]);
  });

  test('nothing when all is as usual: a quiet source and old rejects are', () => {
    expect(titles({})).toEqual([]);
  });

  test('server errors are compared with the time before', () => {
    expect(titles({ series: series(10_000, { errors_5xx: 60 }) })).toEqual([
      'alarm: more server errors than usual',
    ]);
    const often = series(10_000, { errors_5xx: 50 });
    expect(titles({ series: series(10_000, { errors_5xx: 60 }), before: often })).toEqual([]);
  });

  test('without a time before, one server error in a hundred is too much', () => {
    const nothing = series(0, {});
    expect(titles({ series: series(10_000, { errors_5xx: 99 }), before: nothing })).toEqual([]);
    expect(titles({ series: series(10_000, { errors_5xx: 100 }), before: nothing })).toHaveLength(1);
  });

  test('what is worst comes first', () => {
    const found = titles({
      storms: { coverage: COVERAGE, rows: [STORM] },
      sources: [{ ...SOURCE, verdict: 'silent', parked: 2 }],
      rejects: { count: 4, newestMs: NOW_MS - 60_000 },
    });
    expect(found).toEqual([
      'alarm: source logs is silent',
      'late: 2 messages of logs parked',
      'late: storm of 403 in images',
      'late: 4 lines could not be read',
    ]);
  });

  test('pairs that fail come before those that lag, and lead to their own view', () => {
    const lagging = {
      ...PAIR,
      id: 'a/b/rule',
      source: 'a\u202e',
      destination: 'b',
      verdict: 'lagging' as const,
    };
    const pairs = [
      PAIR,
      lagging,
      { ...PAIR, verdict: 'failing' as const },
      { ...PAIR, verdict: 'idle' as const },
    ];
    expect(titles({ pairs })).toEqual([
      'alarm: replication media → media-replica fails',
      'late: replication a\\u202e → b lags',
    ]);
    const [, second] = concernsOf({ ...QUIET, pairs });
    expect(second).toMatchObject({ path: '/replication', params: { pair: 'a/b/rule' } });
  });

  test('backups that are missing come before those that are late, and lead to their own page', () => {
    const backups = [
      { ...BACKUP, series: 'db/late\u202e', verdict: 'late' as const },
      { ...BACKUP, verdict: 'missing' as const, sentence: 'Nothing came by the deadline.' },
      { ...BACKUP, series: 'db/found', verdict: 'learning' as const },
      { ...BACKUP, series: 'db/paused', verdict: 'paused' as const },
    ];
    const unlisted = [{ bucket: 'vault', last_look: null, keys: 0, left_out: 0, problem: 'AccessDenied' }];
    expect(titles({ backups, unlisted })).toEqual([
      'alarm: backup db/orders in vault is missing',
      'late: backup db/late\\u202e in vault is late',
      'late: bucket vault cannot be listed for its backups',
    ]);
    expect(concernsOf({ ...QUIET, backups })[0]).toMatchObject({
      evidence: 'Nothing came by the deadline.',
      path: '/backups',
      params: { series_bucket: 'vault', series: 'db/orders' },
    });
  });

  test('a storm leads to its own rows in its own minutes', () => {
    const [storm] = concernsOf({ ...QUIET, storms: { coverage: COVERAGE, rows: [STORM] } });
    expect(storm?.params).toEqual({
      bucket: 'images',
      http_status: '403',
      range: null,
      since: '2026-11-21T10:00:00Z',
      until: '2026-11-21T10:30:00Z',
    });
    expect(storm?.evidence).toBe(
      '9,000 in 30 min: 600 a minute at the peak, usually 2; 90 % from 192.0.2.9.',
    );
  });

  test('a broken trail is said once, not again for each of its buckets', () => {
    const trail = {
      digests: 1,
      files_listed: 2,
      files_loaded: 1,
      missing: ['x'],
      altered: [],
      chain_breaks: [],
      signature: 'valid' as const,
    };
    const bucket = {
      bucket: 'one',
      delivery: { objects: 1, records: 1, gaps: [], longest_gap_seconds: 0, usual_gap_seconds: null },
      trail: { ...trail, verdict: 'broken' as const },
      requests: { logged: 1, counted: null, ratio: null },
      verdict: 'incomplete' as const,
      sentence: '1 file is missing',
    };
    const gap = { since: '2026-11-21T08:00:00Z', until: '2026-11-21T10:00:00Z', seconds: 7200 };
    const trailRow = {
      ...trail,
      account_id: '111122223333',
      region: 'eu-central-1',
      trail: 'estate',
      verdict: 'broken' as const,
      sentence: '1 file is missing',
      files_awaited: 0,
      signatures: { valid: 1, invalid: 0, unchecked: 0 },
      verified_until: '2026-11-21T11:00:00Z',
    };
    const gapped = { ...bucket, bucket: 'two', delivery: { ...bucket.delivery, gaps: [gap] } };
    const completeness = { coverage: COVERAGE, rows: [bucket, gapped], trails: [trailRow] };
    expect(titles({ completeness })).toEqual([
      'alarm: trail estate does not verify',
      'late: logs of two are incomplete',
    ]);
  });

  test('a name from outside cannot bring invisible characters', () => {
    const hostile = { ...SOURCE, name: 'a\u202eb', verdict: 'failing' as const };
    expect(titles({ sources: [hostile] })).toEqual(['alarm: source a\\u202eb cannot be read']);
  });
});
