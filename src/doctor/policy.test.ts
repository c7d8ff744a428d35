import { expect, test } from 'vitest';
import { type Config, configSchema } from '../config/schema.ts';
import { needsOf, queueArn } from './needs.ts';
import { policiesOf } from './policy.ts';

function policies(section: object) {
  return policiesOf(needsOf(configSchema.parse(section)));
}

const statement = (Sid: string, Action: string[], Resource: string[]) => ({
  Sid,
  Effect: 'Allow',
  Action,
  Resource,
});

test('a policy for logs, a queue and metrics grants exactly what these sources ask for', () => {
  const found = policies({
    sources: [
      { kind: 'bucket-listing', name: 'a', uri: 's3://my-logs/access/' },
      { kind: 'bucket-listing', name: 'b', uri: 's3://my-logs/trail/' },
      {
        kind: 'queue',
        name: 'q',
        url: 'https://sqs.eu-west-1.amazonaws.com/111122223333/s3-logs',
        logs: ['s3://others/x/'],
      },
      { kind: 'queue', name: 'e', queue: 'events', region: 'eu-west-1', messages: 'events' },
      { kind: 'cloudwatch', name: 'm', region: 'eu-west-1' },
      { kind: 'files', name: 'f', path: '/logs' },
    ],
    notify: { channels: [{ kind: 'sns', name: 't', topic: 'arn:aws:sns:eu-west-1:111122223333:oncall' }] },
  });
  expect([...found]).toEqual([
    [
      'the usual AWS chain',
      {
        Version: '2012-10-17',
        Statement: [
          statement(
            'BucketwatchLogBuckets',
            ['s3:ListBucket'],
            ['arn:aws:s3:::my-logs', 'arn:aws:s3:::others'],
          ),
          statement(
            'BucketwatchLogs',
            ['s3:GetObject'],
            ['arn:aws:s3:::my-logs/access/*', 'arn:aws:s3:::my-logs/trail/*', 'arn:aws:s3:::others/x/*'],
          ),
          statement(
            'BucketwatchQueue',
            [
              'sqs:ReceiveMessage',
              'sqs:DeleteMessage',
              'sqs:ChangeMessageVisibility',
              'sqs:GetQueueAttributes',
              'sqs:GetQueueUrl',
            ],
            ['arn:aws:sqs:eu-west-1:111122223333:s3-logs', 'arn:aws:sqs:eu-west-1:*:events'],
          ),
          statement('BucketwatchMetrics', ['cloudwatch:ListMetrics', 'cloudwatch:GetMetricData'], ['*']),
          statement('BucketwatchTopics', ['sns:Publish'], ['arn:aws:sns:eu-west-1:111122223333:oncall']),
        ],
      },
    ],
  ]);
});

const ESTATE = {
  estate: [
    { name: 'aws', buckets: ['media-*', '!media-tmp'] },
    { name: 'site', endpoint: 'https://minio.example:9000', namespace: 'siteB', profile: 'site' },
  ],
  replication: {
    confirm: { requests_per_hour: 0 },
    canaries: [{ source: 'media-a', destination: 'siteB:copy' }],
    archive: { to: 's3://siteB:audit/replication/' },
  },
  backups: { discover: [], series: [] },
};

test('each identity has a policy of its own, with the buckets that are its own', () => {
  const found = policies(ESTATE);
  expect([...found.keys()]).toEqual(['the usual AWS chain', 'profile site at minio.example:9000']);
  const sids = [...found.values()].map(({ Statement }) =>
    Statement.map(({ Sid, Resource }) => [Sid, ...Resource]),
  );
  expect(sids).toEqual([
    [
      ['BucketwatchBuckets', '*'],
      ['BucketwatchConfigurations', 'arn:aws:s3:::media-*'],
      ['BucketwatchCanaries', 'arn:aws:s3:::media-a/*.bucketwatch/canary/*'],
    ],
    [
      ['BucketwatchBuckets', '*'],
      ['BucketwatchConfigurations', 'arn:aws:s3:::*'],
      ['BucketwatchArchive', 'arn:aws:s3:::audit/replication/*'],
    ],
  ]);
});

const WRITES = /^\w+:(?:Put|Delete|Create|Update|Add|Remove|Set|Replicate)|\*/;

test('without canaries and archive nothing is granted that changes a bucket or an object', () => {
  const { replication: _writing, ...estate } = ESTATE;
  const granted = (section: object) =>
    [...policies(section).values()].flatMap(({ Statement }) =>
      Statement.flatMap(({ Action }) => [...Action]),
    );
  expect(granted(estate).length).toBeGreaterThan(20);
  expect(granted(estate).filter((action) => WRITES.test(action))).toEqual([]);
  expect(granted(ESTATE).filter((action) => WRITES.test(action))).toContain('s3:PutObject');
});

test.each([
  ['https://sqs.eu-west-1.amazonaws.com/111122223333/q', 'arn:aws:sqs:eu-west-1:111122223333:q'],
  ['https://eu-west-1.queue.amazonaws.com/111122223333/q', 'arn:aws:sqs:eu-west-1:111122223333:q'],
  ['http://127.0.0.1:4566/queue/000000000000/q', 'arn:aws:sqs:*:000000000000:q'],
])('queueArn() of %s', (url, arn) => {
  const [source] = configSchema.parse({ sources: [{ kind: 'queue', name: 'q', url }] }).sources;
  expect(queueArn(source as Extract<Config['sources'][number], { kind: 'queue' }>)).toBe(arn);
});

test('a configuration that reads local files alone needs no policy', () => {
  expect(policies({ sources: [{ kind: 'files', name: 'f', path: '/logs' }] }).size).toBe(0);
});

test('a policy for publishing grants it for the namespaces that are published', () => {
  const cloudwatch = {
    region: 'eu-west-1',
    access_key_id: 'AKID',
    secret_access_key: 'secret',
    presets: ['CRRMonitor'],
    publish: [{ metric: 'AllRequests' }, { metric: 'GetRequests' }],
  };
  const condition = { StringEquals: { 'cloudwatch:namespace': ['CRRMonitor', 'Bucketwatch'] } };
  expect([...policies({ cloudwatch })]).toEqual([
    [
      'the key of cloudwatch',
      {
        Version: '2012-10-17',
        Statement: [
          {
            ...statement('BucketwatchPublish', ['cloudwatch:PutMetricData'], ['*']),
            Condition: condition,
          },
        ],
      },
    ],
  ]);
});
