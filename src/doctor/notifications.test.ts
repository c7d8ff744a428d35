import { expect, test } from 'vitest';
import { EVENTS, mergeNotifications, tellings } from './notifications.ts';

const QUEUE = 'arn:aws:sqs:eu-west-1:111122223333:bucketwatch';
const TOPIC_RULE = {
  Id: 'thumbnails',
  TopicArn: 'arn:aws:sns:eu-west-1:111122223333:images',
  Events: ['s3:ObjectRestore:Completed'],
  Filter: { Key: { FilterRules: [{ Name: 'Suffix', Value: '.jpg' }] } },
};
const OURS = { Id: 'bucketwatch', QueueArn: QUEUE, Events: [...EVENTS] };

test('a bucket without notifications gets our rule', () => {
  expect(mergeNotifications({}, QUEUE)).toEqual({
    configuration: { QueueConfigurations: [OURS] },
    isChanged: true,
    notes: [],
  });
});

test('everything that is there stays as it is', () => {
  const other = { Id: 'other', QueueArn: `${QUEUE}-2`, Events: ['s3:LifecycleExpiration:*'] };
  const existing = {
    TopicConfigurations: [TOPIC_RULE],
    QueueConfigurations: [other],
    LambdaFunctionConfigurations: [
      { LambdaFunctionArn: 'arn:aws:lambda:x', Events: ['s3:IntelligentTiering'] },
    ],
    EventBridgeConfiguration: {},
  };
  const { configuration, isChanged, notes } = mergeNotifications(existing, QUEUE);
  expect({ isChanged, notes }).toEqual({ isChanged: true, notes: [] });
  expect(configuration).toEqual({ ...existing, QueueConfigurations: [other, OURS] });
});

test('merging twice changes nothing the second time', () => {
  const once = mergeNotifications({ TopicConfigurations: [TOPIC_RULE] }, QUEUE).configuration;
  expect(mergeNotifications(once, QUEUE)).toEqual({ configuration: once, isChanged: false, notes: [] });
});

test('only events that are missing are added, under an id that is free', () => {
  const existing = { QueueConfigurations: [{ ...OURS, Events: ['s3:ObjectCreated:*'] }] };
  expect(mergeNotifications(existing, QUEUE).configuration.QueueConfigurations?.[1]).toEqual({
    Id: 'bucketwatch-2',
    QueueArn: QUEUE,
    Events: ['s3:ObjectRemoved:*', 's3:Replication:*'],
  });
});

test('a rule of ours for a prefix does not count: it tells of a part', () => {
  const part = { ...OURS, Filter: { Key: { FilterRules: [{ Name: 'Prefix', Value: 'a/' }] } } };
  expect(mergeNotifications({ QueueConfigurations: [part] }, QUEUE).isChanged).toBe(true);
  const all = { ...OURS, Filter: { Key: { FilterRules: [{ Name: 'Prefix', Value: '' }] } } };
  expect(mergeNotifications({ QueueConfigurations: [all] }, QUEUE).isChanged).toBe(false);
});

test.each([
  ['s3:ObjectCreated:*', true],
  ['s3:ObjectCreated:Put', true],
  ['s3:ObjectRemoved:DeleteMarkerCreated', true],
  ['s3:ObjectRestore:Post', false],
])('a rule of somebody else for %s overlaps: %s', (event, overlaps) => {
  const existing = { TopicConfigurations: [{ ...TOPIC_RULE, Events: [event] }] };
  const { notes } = mergeNotifications(existing, QUEUE);
  expect(notes.some((note) => note.startsWith(`The rule thumbnails tells of ${event} already`))).toBe(
    overlaps,
  );
  expect(notes.length).toBe(overlaps ? 1 : 0);
});

test('tellings() names each target with its events', () => {
  expect(
    tellings({
      QueueConfigurations: [OURS],
      TopicConfigurations: [TOPIC_RULE],
      EventBridgeConfiguration: {},
    }),
  ).toEqual([
    'ObjectCreated:*, ObjectRemoved:*, Replication:* to queue bucketwatch',
    'ObjectRestore:Completed to topic images',
    'everything to EventBridge',
  ]);
  expect(tellings({})).toEqual([]);
});
