import { describe, expect, test } from 'vitest';
import { parseConfig } from './load.ts';
import { publicationsOf } from './publications.ts';

/** The reading of section `cloudwatch` with these lines below its region. */
function reading(lines: string, more = '') {
  const text = `cloudwatch:\n  region: eu-west-1\n${lines.replace(/^/gm, '  ')}\n${more}`;
  return parseConfig(text, { environment: {}, folder: '/' });
}

function problems(lines: string): string[] {
  const found = reading(lines);
  return found.ok ? [] : found.problems.map(({ path, message, line }) => `${line}: ${path} ${message}`);
}

function publications(lines: string, more = '') {
  const found = reading(lines, more);
  if (!found.ok) throw new Error(JSON.stringify(found.problems));
  const { cloudwatch, backups } = found.config;
  return cloudwatch === undefined ? [] : publicationsOf({ cloudwatch, backups });
}

describe('section cloudwatch', () => {
  test.each([
    ['budget: 1', /^2: cloudwatch\.publish is empty: name presets, or metrics in publish$/],
    ['presets: [CRRMonitors]', /^3: cloudwatch\.presets\.0 .*CRRMonitor/],
    ['publish: [{ metric: AllRequest }]', /^3: cloudwatch\.publish\.0\.metric .* did you mean AllRequests/],
    [
      'publish: [{ metric: 4xxErrors, statistic: Averge }]',
      /it has Average, Sum, Minimum, Maximum, SampleCount; did you mean Average\?$/,
    ],
    ['publish: [{ metric: AllRequests, where: { buckets: x } }]', /Cannot limit AllRequests by "buckets"/],
    [
      'publish: [{ metric: AllRequests, dimensions: { buckets: x } }]',
      /Cannot split AllRequests by "buckets": it has bucket, operation/,
    ],
    ['publish: [{ metric: BucketSizeBytes, period: 1h }]', /its periods are multiples of 86400 s/],
    ['publish: [{ metric: AllRequests, period: 90s }]', /publish\.0\.period is not of whole minutes/],
    ['publish: [{ metric: AllRequests, namespace: AWS/S3 }]', /those that begin with AWS\/ are of AWS$/],
    ['publish: [{ metric: AllRequests / 2 }]', /publish\.0\.name is needed with an expression$/],
    [
      'publish: [{ metric: AllRequests }, { metric: GetRequests, name: AllRequests }]',
      /^3: cloudwatch\.publish\.1\.name is that of another one in Bucketwatch$/,
    ],
    [
      'publish: [{ metric: AllRequests, dimensions: { bucket: B, operation: B } }]',
      /publish\.0\.dimensions has a name twice$/,
    ],
    ['publish: [{ metric: AllRequests, dimensions: { bucket: Büro } }]', /is not a dimension of CloudWatch/],
    ['presets: [CRRMonitor]\nsecret_access_key: abc', /is a secret in clear/],
  ])('%s is refused, and why', (lines, expected) => {
    const found = problems(lines);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(expected);
  });

  test('a metric is published under its own name, with its unit, in our namespace', () => {
    expect(publications('publish: [{ metric: FirstByteLatency, statistic: p99 }]')).toEqual([
      {
        namespace: 'Bucketwatch',
        name: 'FirstByteLatency',
        metric: 'FirstByteLatency',
        statistic: 'p99',
        where: {},
        periodMs: 300_000,
        unit: 'Milliseconds',
      },
    ]);
  });

  test('a number of samples is a count, and an expression has the unit that it is given', () => {
    const lines = `publish:
  - { metric: FirstByteLatency, statistic: SampleCount }
  - { metric: AllRequests / 2, name: Half }
  - { metric: AllRequests * 100, name: Share, unit: Percent }`;
    expect(publications(lines).map(({ unit }) => unit)).toEqual(['Count', undefined, 'Percent']);
  });

  test('the presets are those of what they stand in for; of backups under the configured names', () => {
    const own = 'backups: { metric: { name: Files, dimension: Team } }';
    const found = publications('presets: [CRRMonitor, BackupsMonitoring]', own);
    expect(found.map(({ namespace, name, dimensions, unit }) => [namespace, name, dimensions, unit])).toEqual(
      [
        [
          'CRRMonitor',
          'ReplicationObjects',
          { source: 'SourceBucket', destination: 'DestBucket' },
          undefined,
        ],
        ['CRRMonitor', 'ReplicationSpeed', { source: 'SourceBucket', destination: 'DestBucket' }, undefined],
        ['CRRMonitor', 'FailedReplications', { source: 'SourceBucket' }, undefined],
        ['BackupsMonitoring', 'Files', { Team: 'Team' }, 'Count'],
      ],
    );
  });
});
