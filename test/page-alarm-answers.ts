/** Answers about alarms for the page's tests: made up, of the shapes of the API, and relative to now. */
import type { Page, Request } from 'playwright-core';
import type {
  Alarm,
  AlarmDefinition,
  AlarmDetail,
  Alarms,
  AlarmState,
  AlarmTransition,
  Silence,
} from '../dashboard/src/lib/alarm-row.ts';

import { message, NOBODY_TOLD, type Told as ToldEstate, toldAnswer } from './page-delivery-answers.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** A whole minute, so that periods begin where they do. */
const NOW_MS = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;

export const HOSTILE = '<img src=x onerror=alert(1)>\u202e\u0007';
export const ERRORS = 'server-errors{bucket="media"}';
export const BACKUP = 'backup-late{bucket="vault",series="db/orders"}';

export function ago(hours: number): string {
  return new Date(NOW_MS - hours * HOUR_MS).toISOString();
}

export function alarmRow(alarm: string, changes: Partial<Alarm> = {}): Alarm {
  const labels = Object.fromEntries(
    [...alarm.matchAll(/([a-z]+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
  );
  const [definition = alarm] = alarm.split('{');
  return {
    alarm,
    definition,
    kind: 'status',
    title: alarm,
    severity: 'warning',
    labels: { monitor: 'backups', ...labels },
    state: 'ALARM',
    since: ago(3),
    sentence: 'It is so.',
    numbers: {},
    evidence: [],
    first_step: 'See whether the job ran.',
    as_of: ago(0.05),
    evaluated_at: ago(0.01),
    acknowledged: null,
    silences: [],
    ...changes,
  };
}

export function change(
  row: Alarm,
  revision: number,
  { state, hoursAgo }: { readonly state: AlarmState; readonly hoursAgo: number },
): AlarmTransition {
  return {
    alarm: row.alarm,
    revision,
    at: ago(hoursAgo),
    since: ago(hoursAgo + 0.1),
    from: revision === 1 ? null : state === 'ALARM' ? 'OK' : 'ALARM',
    state,
    title: row.title,
    severity: row.severity,
    labels: row.labels,
    sentence: state === 'ALARM' ? row.sentence : 'No point is above 10.',
    evidence: [],
    first_step: state === 'OK' ? '' : row.first_step,
  };
}

export interface Estate {
  readonly alarms: readonly Alarm[];
  readonly transitions: readonly AlarmTransition[];
  readonly silences: readonly Silence[];
  readonly definitions: readonly AlarmDefinition[];
  readonly evaluatedAt?: string | null;
  /** What was told to whom; absent: there is no channel. */
  readonly told?: ToldEstate;
}

/** For tests of what monitors say by themselves, whatever the demo's alarms have come to. */
export const NO_ALARMS: Estate = { alarms: [], transitions: [], silences: [], definitions: [] };

const MANY_OK = 24;

/** Two that need attention, one in hand, one that cannot be told, and many that are fine. */
export function fewAlarms(): Estate {
  const errors = alarmRow(ERRORS, {
    kind: 'metric',
    title: 'Server errors in media',
    severity: 'critical',
    labels: { monitor: 'activity', bucket: 'media' },
    since: ago(0.6),
    sentence: '3 of 3 points are above 10: 12, 31 and 44 server errors in 5 min.',
    evidence: [0.5, 0.4, 0.3, 0.2].map((hoursAgo, index) => ({
      time: ago(hoursAgo),
      operation: 'REST.PUT.OBJECT',
      key: index === 3 ? HOSTILE : `uploads/2026/${'very-long-name-'.repeat(6)}${index}.bin`,
      errors: 12 + index,
    })),
    first_step: 'See which operation they have in common, and whether the store says why.',
  });
  const backup = alarmRow(BACKUP, {
    kind: 'deadline',
    title: 'Backup db/orders in vault is late',
    sentence: 'Due at 01:00 with 30 min grace; nothing has come for 3 h.',
  });
  const users = alarmRow('backup-late{bucket="vault",series="db/users"}', {
    kind: 'deadline',
    title: 'Backup db/users in vault is late',
    since: ago(5),
    severity: 'warning',
  });
  const lagging = alarmRow('replication-lag{destination="media-replica",source="media"}', {
    title: 'Replication media → media-replica lags',
    labels: { monitor: 'replication', source: 'media', destination: 'media-replica' },
    sentence: 'The oldest has waited 42 min, target 15 min.',
    severity: 'info',
    acknowledged: { author: 'Ada', reason: 'Batch job of the month', at: ago(1), ends_at: ago(-20) },
    silences: ['s-active'],
  });
  const unsure = alarmRow('log-silent{source="cloudtrail"}', {
    title: 'Logs of cloudtrail are silent',
    state: 'INSUFFICIENT_DATA',
    severity: 'info',
    sentence: 'The source is complete until yesterday.',
  });
  const fine = Array.from({ length: MANY_OK }, (_, index) =>
    alarmRow(`failed-replications{bucket="bucket-${index}"}`, {
      title: `Failed replications of bucket-${index}`,
      state: 'OK',
      since: ago(24 * 5),
      sentence: 'No point is above 0.',
    }),
  );
  return {
    alarms: [errors, backup, users, lagging, unsure, ...fine],
    transitions: [
      change(errors, 5, { state: 'ALARM', hoursAgo: 0.5 }),
      change(backup, 2, { state: 'ALARM', hoursAgo: 3 }),
      change(users, 2, { state: 'ALARM', hoursAgo: 5 }),
      change(errors, 4, { state: 'OK', hoursAgo: 6 }),
      change(errors, 3, { state: 'ALARM', hoursAgo: 7.5 }),
      change(lagging, 2, { state: 'ALARM', hoursAgo: 8 }),
      change(unsure, 1, { state: 'INSUFFICIENT_DATA', hoursAgo: 14 }),
    ],
    silences: [
      silence('s-active', 'active', { reason: 'Batch job of the month', author: 'Ada' }),
      silence('s-pending', 'pending', { starts_at: ago(-2), ends_at: ago(-4) }),
      silence('s-ended', 'ended', { starts_at: ago(50), ends_at: ago(48) }),
    ],
    definitions: [
      definition('server-errors', {
        kind: 'metric',
        title: 'Server errors in {bucket}',
        severity: 'critical',
        rule: 'Sum of 5xxErrors above 10 for 3 of 3 periods of 5 min',
      }),
      definition('backup-late', { title: 'Backup {series} in {bucket} is late', alarms: 2 }),
      definition('failed-replications', {
        kind: 'metric',
        title: 'Failed replications of {bucket}',
        rule: 'Sum of FailedReplications above 0 for 1 of 1 periods of 5 min',
        alarms: MANY_OK,
        from: 'configuration',
      }),
      definition('storms', { kind: 'status', title: 'A storm of errors', enabled: false, alarms: 0 }),
    ],
  };
}

function silence(id: string, state: Silence['state'], changes: Partial<Silence>): Silence {
  return {
    id,
    matchers: [
      { label: 'monitor', values: ['replication'] },
      { label: 'source', values: ['media*', '!media-archive'] },
    ],
    starts_at: ago(1),
    ends_at: ago(-20),
    author: '',
    reason: HOSTILE,
    state,
    ...changes,
  };
}

function definition(id: string, changes: Partial<AlarmDefinition>): AlarmDefinition {
  return {
    id,
    kind: 'deadline',
    title: id,
    severity: 'warning',
    labels: { monitor: 'backups' },
    first_step: 'See whether the job ran.',
    from: 'default',
    enabled: true,
    rule: 'Done by its due time and 30 min of grace',
    alarms: 1,
    ...changes,
  };
}

const MANY_DELIVERED = 120;

/** A channel that delivers, one that fails and says why in a hostile text, and a log of more than a page. */
export function muchTold(): ToldEstate {
  const failed = {
    outcome: 'failed',
    channel: 'pager',
    kind: 'pagerduty',
    reason: `HTTP 503: ${HOSTILE}`,
  } as const;
  const both = [
    { alarm: ERRORS, state: 'ALARM' },
    { alarm: BACKUP, state: 'ALARM' },
  ] as const;
  return {
    channels: {
      rows: [
        {
          channel: 'ops',
          kind: 'slack',
          routes: ['grave', 'rest'],
          escalations: [],
          last_delivered_at: ago(0.1),
          failures_in_row: 0,
          failing_since: null,
          reason: '',
          waiting: 0,
        },
        {
          channel: 'pager',
          kind: 'pagerduty',
          routes: [],
          escalations: ['grave'],
          last_delivered_at: ago(30),
          failures_in_row: 2,
          failing_since: ago(2),
          reason: `HTTP 503: ${HOSTILE} ${'x'.repeat(400)}`,
          waiting: 1,
        },
      ],
      waiting: [
        { alarm: ERRORS, title: 'Server errors in media', channel: 'pager', why: 'it failed a moment ago' },
      ],
    },
    messages: [
      message(1000, ago(0.1), {
        headline: `2 in ALARM: ${HOSTILE}`,
        text: `2 in ALARM: ${HOSTILE}\n\nALARM, critical: Server errors in media\n${'y'.repeat(600)}`,
        alarms: [...both],
      }),
      message(999, ago(1), { ...failed, attempt: 2, alarms: [both[0]] }),
      message(998, ago(2), { ...failed, alarms: [both[0]] }),
      message(997, ago(3), {
        outcome: 'settled',
        told: null,
        headline: '',
        text: '',
        attempt: 0,
        reason: 'silenced by Ada',
        alarms: [both[1]],
      }),
      ...Array.from({ length: MANY_DELIVERED }, (_, index) =>
        message(900 - index, ago(4 + index), { alarms: [{ alarm: BACKUP, state: 'OK' }] }),
      ),
    ],
    targets: [
      {
        route: 'grave',
        channel: 'ops',
        kind: 'slack',
        after_seconds: 0,
        states: ['ALARM', 'OK'],
        digest: null,
        mute: [],
        told: { state: 'ALARM', at: ago(0.1) },
        quiet: [],
        waits: null,
      },
      {
        route: 'grave',
        channel: 'pager',
        kind: 'pagerduty',
        after_seconds: 900,
        states: ['ALARM', 'OK'],
        digest: null,
        mute: ['nights'],
        told: null,
        quiet: ['silenced by Ada', 'muted: nights'],
        waits: 'it failed a moment ago',
      },
    ],
  };
}

const STATES = ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const;

function alarmsAnswer({ alarms, evaluatedAt = ago(0.01) }: Estate): Alarms {
  const open = alarms.filter((row) => row.state === 'ALARM' && row.silences.length === 0).length;
  const countOf = (state: AlarmState) => alarms.filter((row) => row.state === state).length;
  const counts = Object.fromEntries(STATES.map((state) => [state, countOf(state)]));
  return {
    sentence: open === 0 ? 'No alarm needs attention.' : `${open} alarms need attention, 1 of them critical.`,
    evaluated_at: evaluatedAt,
    counts: counts as Alarms['counts'],
    omitted: 0,
    rows: [...alarms],
  };
}

const POINTS = 60;

function detailOf(estate: Estate, alarm: string): AlarmDetail | null {
  const row = estate.alarms.find((each) => each.alarm === alarm);
  const of = estate.definitions.find(({ id }) => id === row?.definition);
  if (row === undefined) return null;
  const isMetric = row.kind === 'metric';
  const points = Array.from({ length: POINTS }, (_, index) => {
    const hoursAgo = ((POINTS - index) * 5) / 60;
    const isHigh = hoursAgo < 0.6;
    return { time: ago(hoursAgo), value: isHigh ? 30 - hoursAgo * 20 : index % 4, lower: null, upper: null };
  });
  return {
    row,
    definition: of ?? definition(row.definition, {}),
    transitions: estate.transitions.filter((each) => each.alarm === alarm),
    points: isMetric ? points.filter((_, index) => index < 20 || index > 25) : [],
    threshold: isMetric ? 10 : null,
    period_seconds: isMetric ? 300 : null,
  };
}

/** What the page told the server. */
export interface Told {
  readonly path: string;
  readonly body: unknown;
}

/** Answers the page's questions about alarms with the estate, and keeps what it tells. */
export async function answerWith(page: Page, estate: Estate): Promise<readonly Told[]> {
  const told: Told[] = [];
  const answerTo = (request: Request): unknown => {
    const { pathname, searchParams } = new URL(request.url());
    const path = pathname.replace('/api/v1', '');
    if (request.method() === 'POST') {
      told.push({ path, body: request.postDataJSON() });
      return { sentence: `Done: ${path.split('/').at(-1) ?? ''}.`, id: 'x' };
    }
    if (path === '/alarms') {
      const state = searchParams.get('state');
      const answer = alarmsAnswer(estate);
      return { ...answer, rows: answer.rows.filter((row) => state === null || row.state === state) };
    }
    if (path === '/alarms/transitions') return { rows: estate.transitions, next_cursor: null };
    if (path === '/alarms/definitions') return { rows: estate.definitions };
    if (path.startsWith('/notifications')) return toldAnswer(path, searchParams, estate.told ?? NOBODY_TOLD);
    if (path === '/alarms/detail') return detailOf(estate, searchParams.get('alarm') ?? '');
    return { rows: estate.silences };
  };
  await page.route(/\/api\/v1\/(?:alarms|silences|notifications)/, (route, request) => {
    const answer = answerTo(request);
    return answer === null
      ? route.fulfill({
          status: 404,
          json: { title: 'Not found', detail: 'There is no such alarm.', code: 'not_found' },
        })
      : route.fulfill({ json: answer });
  });
  return told;
}
