/** Section `alarms` of the configuration: what it becomes, what is wrong with it and where; and what is documented. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ruleText } from '../src/alarms/rule-text.ts';
import { expand } from '../src/alarms/definition.ts';
import { type App, openApp } from '../src/app.ts';
import { changedDefinition, ownDefinitions } from '../src/config/alarm-definitions.ts';
import { parseConfig } from '../src/config/load.ts';
import { configSchema } from '../src/config/schema.ts';
import { silentLog } from '../src/lib/log.ts';
import { HEALTH_ALARMS } from '../src/health/health-feed.ts';
import { DEFAULT_ALARMS } from '../src/monitors/default-alarms.ts';
import { keptFolder } from './temp.ts';

const DEFAULTS = [...DEFAULT_ALARMS, ...HEALTH_ALARMS];

function problems(yaml: string): string[] {
  const reading = parseConfig(yaml, { environment: {}, folder: '.' });
  return reading.ok ? [] : reading.problems.map(({ path, message }) => `${path}: ${message}`);
}

const metric = (more: string): string => `alarms: { metrics: [{ id: busy, metric: AllRequests, ${more} }] }`;

describe('a mistake is told where it stands:', () => {
  test.each([
    [
      'alarms: { defaults: { backups/mising: { enabled: false } } }',
      'alarms.defaults.backups/mising',
      'did you mean backups/missing',
    ],
    [
      'alarms: { defaults: { activity/denied: { hold: 5m } } }',
      'alarms.defaults.activity/denied.hold',
      'it has no time to hold',
    ],
    [
      'alarms: { defaults: { activity/latency: { threshold: 5 } } }',
      'alarms.defaults.activity/latency.threshold',
      'it has none',
    ],
    [
      'alarms: { defaults: { backups/late: { severity: loud } } }',
      'alarms.defaults.backups/late.severity',
      '',
    ],
    ['alarms: { metrics: [{ metric: AllRequests, threshold: 1 }] }', 'alarms.metrics.0.id', 'is missing'],
    [metric('comparison_operator: ">"'), 'alarms.metrics.0.threshold', 'is not a number'],
    [metric('threshold: 1, period: 45s'), 'alarms.metrics.0.period', 'whole minutes'],
    [
      metric('threshold: 1, datapoints_to_alarm: 3'),
      'alarms.metrics.0.datapoints_to_alarm',
      'number of points',
    ],
    [
      metric('threshold: 1, recovery_threshold: 2'),
      'alarms.metrics.0.recovery_threshold',
      'above the threshold',
    ],
    [metric('comparison_operator: outside, threshold: 1'), 'alarms.metrics.0.threshold', 'bring their band'],
    [metric('threshold: 1, title: T, tresh: 2'), 'alarms.metrics.0.tresh', ''],
    ['alarms: { metrics: [{ id: "a b", metric: Load, threshold: 1 }] }', 'alarms.metrics.0.id', 'letters'],
    [
      'alarms: { metrics: [{ id: intake/spool, metric: Load, threshold: 1 }] }',
      'alarms.metrics.0.id',
      'twice',
    ],
    [metric('threshold: 1, treat_missing_data: not-breaching'), 'treat_missing_data', '"not_breaching"?'],
    [metric('threshold: 1, where: { bukcet: a }'), 'alarms.metrics.0.metric', 'Cannot limit AllRequests'],
    [metric('threshold: 1, statistic: p99'), 'alarms.metrics.0.metric', 'it has Sum'],
    [
      'alarms: { metrics: [{ id: a, metric: AllRequets * 2, threshold: 1 }] }',
      'alarms.metrics.0.metric',
      'did you mean AllRequests',
    ],
    [
      'alarms: { composites: [{ id: a, rule: "OK(\\"backups/mising{}\\")" }] }',
      'alarms.composites.0.rule',
      'did you mean backups/missing?',
    ],
    [
      'alarms: { defaults: { backups/late: { enabled: false } }, composites: [{ id: a, rule: ALARM(backups/late) }] }',
      'alarms.composites.0.rule',
      'turned off',
    ],
    [
      'alarms: { composites: [{ id: a, rule: ALARM(backups/late), suppressor: { alarm: nothing } }] }',
      'alarms.composites.0.suppressor.alarm',
      'there is no such alarm',
    ],
    ['notify: { channels: [{ kind: slak, name: a }] }', 'notify.channels.0.kind', 'did you mean "slack"?'],
    ['sources: [{ name: a }]', 'sources.0.kind', 'has to be one of files, bucket-listing'],
    ['alarms: { composites: [{ id: a, rule: "ALARM(b" }] }', 'alarms.composites.0.rule', 'Cannot read'],
    [
      'alarms: { composites: [{ id: a, rule: ALARM(b) }, { id: b, rule: ALARM(a) }] }',
      'alarms.composites.0.rule',
      'made of one another',
    ],
  ])('%s', (yaml, path, message) => {
    const found = problems(yaml);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(path);
    expect(found[0]).toContain(message);
  });
});

test('changedDefinition() puts another threshold in the place of its own, and says so', () => {
  const { alarms } = configSchema.parse({ alarms: { defaults: { 'activity/denied': { threshold: 60 } } } });
  const denied = DEFAULTS.find(({ id }) => id === 'activity/denied');
  if (denied === undefined) throw new Error('no such default');
  const { rule } = changedDefinition(denied, alarms.defaults['activity/denied']);
  expect(rule).toMatchObject({ limit: { kind: 'threshold', threshold: 60 } });
  expect(ruleText(rule)).toBe(
    'More than 60 % of the requests to a bucket are answered with 403 for 3 of 3 periods of 5 min',
  );
});

test('ownDefinitions() writes in CloudWatch’s words what the configuration says in its own', () => {
  const { alarms } = configSchema.parse({
    alarms: {
      metrics: [
        {
          id: 'busy',
          metric: 'FirstByteLatency',
          statistic: 'p99',
          low_samples: 'ignore',
          extra_periods: 0,
          period: '1m',
          evaluation_periods: 3,
          comparison_operator: '<=',
          threshold: 5,
          recovery_threshold: 8,
          treat_missing_data: 'not_breaching',
          where: { bucket: 'h' },
          group: ['bucket'],
          labels: { team: 'x' },
        },
      ],
      composites: [
        { id: 'page', rule: 'ALARM(busy)', suppressor: { alarm: 'health/disk', extension: '2m' } },
      ],
    },
  });
  expect(ownDefinitions(alarms)).toEqual([
    {
      id: 'busy',
      title: 'busy',
      severity: 'warning',
      firstStep: '',
      labels: { team: 'x' },
      where: { bucket: 'h' },
      rule: {
        kind: 'metric',
        metric: 'FirstByteLatency',
        statistic: 'p99',
        lowSamples: { percentile: 99, treat: 'ignore' },
        extraPeriods: 0,
        periodMs: 60_000,
        evaluationPeriods: 3,
        datapointsToAlarm: 3,
        limit: {
          kind: 'threshold',
          operator: 'LessThanOrEqualToThreshold',
          threshold: 5,
          recoveryThreshold: 8,
        },
        missing: 'notBreaching',
      },
    },
    {
      id: 'page',
      title: 'page',
      severity: 'warning',
      firstStep: '',
      labels: {},
      rule: {
        kind: 'composite',
        rule: 'ALARM(busy)',
        suppressor: { alarm: 'health/disk', waitMs: 60_000, extensionMs: 120_000 },
      },
    },
  ]);
});

test('a label of a group makes an alarm for each of its values', () => {
  const { alarms } = configSchema.parse({
    alarms: {
      metrics: [
        { id: 'busy', metric: 'AllRequests', threshold: 5, where: { operation: 'h' }, group: ['bucket'] },
      ],
    },
  });
  const [definition] = ownDefinitions(alarms);
  if (definition === undefined) throw new Error('no definition');
  const series = [
    { operation: 'h', bucket: 'a' },
    { operation: 'h', bucket: 'b' },
    { operation: 'h' },
    { operation: 'x', bucket: 'a' },
  ];
  expect(expand(definition, series).alarms.map(({ id }) => id)).toEqual([
    'busy{bucket="a",operation="h"}',
    'busy{bucket="b",operation="h"}',
  ]);
});

describe('every default', () => {
  const text = readFileSync(fileURLToPath(new URL('../docs/alarms.md', import.meta.url)), 'utf8');

  test.each(DEFAULTS)('$id is documented', ({ id, severity, rule }) => {
    expect(text).toContain(`| \`${id}\` | ${severity} | ${ruleText(rule)} |\n`);
  });

  test('has a first step, and no labels in a command that somebody could copy', () => {
    for (const { firstStep } of DEFAULTS) {
      expect(firstStep).not.toBe('');
      expect(firstStep).not.toMatch(/bucketwatch [^.]*\{/);
    }
  });
});

describe('a running program', () => {
  const folder = keptFolder();
  let app: App;
  let nowMs = Date.parse('2026-11-21T12:00:00Z');
  beforeAll(async () => {
    const config = configSchema.parse({
      data: join(folder, 'data'),
      alarms: {
        defaults: {
          'backups/late': { enabled: false },
          'replication/lagging': { severity: 'critical', hold: '15m', labels: { team: 'storage' } },
        },
        metrics: [{ id: 'busy', metric: 'AllRequests', threshold: 80, period: '1m' }],
      },
    });
    app = await openApp(config, {}, { clock: { nowMs: () => nowMs, sleep: async () => {} }, log: silentLog });
  });
  afterAll(async () => {
    await app.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function get(path: string): Promise<Record<string, unknown>> {
    const response = await app.api.request(`/api/v1${path}`);
    return (await response.json()) as Record<string, unknown>;
  }

  test('lists its definitions as they are changed', async () => {
    const rows = (await get('/alarms/definitions'))['rows'] as Record<string, unknown>[];
    expect(rows.map(({ id }) => id)).toEqual([...DEFAULTS.map(({ id }) => id), 'busy']);
    expect(rows.filter(({ enabled }) => enabled === false).map(({ id }) => id)).toEqual(['backups/late']);
    expect(rows.find(({ id }) => id === 'replication/lagging')).toMatchObject({
      severity: 'critical',
      labels: { monitor: 'replication', team: 'storage' },
      rule: 'Versions of a pair wait for longer than its target, for 15 min',
      from: 'default',
    });
    expect(rows.at(-1)).toMatchObject({
      kind: 'metric',
      rule: 'Sum of AllRequests above 80 for 1 of 1 periods of 1 min',
      from: 'configuration',
    });
  });

  test('is quiet when it is new, and in its first minutes', async () => {
    const job = app.jobs.all.find(({ name }) => name === 'alarms');
    if (job === undefined) throw new Error('no job');
    for (let minute = 0; minute < 5; minute += 1) {
      await job.run(new AbortController().signal);
      nowMs += 60_000;
    }
    const body = await get('/alarms');
    expect(body['counts']).toEqual({ OK: 6, ALARM: 0, INSUFFICIENT_DATA: 1 });
    expect(body['evaluated_at']).toBe('2026-11-21T12:04:00Z');
  });

  test('tells all there is of one alarm', async () => {
    const { row, definition, transitions, ...chart } = await get('/alarms/detail?alarm=busy');
    expect(row).toMatchObject({ alarm: 'busy', sentence: 'No point in the last 3 min.' });
    expect(definition).toMatchObject({ id: 'busy', alarms: 1 });
    expect(transitions).toMatchObject([{ revision: 1, from: null, state: 'INSUFFICIENT_DATA' }]);
    expect(chart).toEqual({ points: [], threshold: 80, period_seconds: 60 });
    expect((await app.api.request('/api/v1/alarms/detail?alarm=none')).status).toBe(404);
  });
});
