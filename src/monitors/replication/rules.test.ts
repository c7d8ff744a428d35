import { describe, expect, test } from 'vitest';
import { rulesOf } from './rules.ts';

const ARN = 'arn:aws:s3:::copy';

function rules(rule: object | readonly object[], source = 'media') {
  const document = JSON.stringify({
    ReplicationConfiguration: { Role: 'arn:aws:iam::111122223333:role/replicate', Rules: [rule].flat() },
  });
  return rulesOf({ source, document, targetSeconds: 900 });
}

const RULE = { ID: 'all', Status: 'Enabled', Priority: 1, Filter: {}, Destination: { Bucket: ARN } };

describe('rulesOf()', () => {
  test('the second version of rules: everything it says', () => {
    expect(
      rules({
        ...RULE,
        Filter: {
          And: {
            Prefix: 'logs/',
            Tags: [
              { Key: 'class', Value: 'gold' },
              { Key: 'eu', Value: '' },
            ],
          },
        },
        Priority: 7,
        DeleteMarkerReplication: { Status: 'Enabled' },
        ExistingObjectReplication: { Status: 'Enabled' },
        Destination: {
          Bucket: ARN,
          Metrics: { Status: 'Enabled', EventThreshold: { Minutes: 15 } },
          ReplicationTime: { Status: 'Enabled', Time: { Minutes: 15 } },
        },
      }),
    ).toEqual([
      {
        id: 'media/copy/all',
        ruleId: 'all',
        source: 'media',
        destination: 'copy',
        prefix: 'logs/',
        tags: { class: 'gold', eu: '' },
        priority: 7,
        isEnabled: true,
        isDeclared: false,
        matchBy: 'version',
        takesDeleteMarkers: true,
        takesExisting: true,
        targetSeconds: 900,
        hasMetrics: true,
      },
    ]);
  });

  test.each([
    ['a prefix of the rule (first version)', { Filter: undefined, Prefix: 'a/' }, { prefix: 'a/', tags: {} }],
    ['a prefix of the filter', { Filter: { Prefix: 'b/' } }, { prefix: 'b/', tags: {} }],
    ['one tag', { Filter: { Tag: { Key: 'k', Value: 'v' } } }, { prefix: '', tags: { k: 'v' } }],
    ['an empty filter', { Filter: {} }, { prefix: '', tags: {} }],
    ['a disabled rule', { Status: 'Disabled' }, { isEnabled: false }],
    ['delete markers of the first version', { Filter: undefined, Prefix: '' }, { takesDeleteMarkers: true }],
    ['delete markers of the second version', {}, { takesDeleteMarkers: false }],
    ['no metrics', {}, { hasMetrics: false, targetSeconds: 900 }],
    [
      'replication time that is disabled',
      { Destination: { Bucket: ARN, ReplicationTime: { Status: 'Disabled', Time: { Minutes: 5 } } } },
      { targetSeconds: 900 },
    ],
    [
      'replication time of its own',
      { Destination: { Bucket: ARN, ReplicationTime: { Status: 'Enabled', Time: { Minutes: 5 } } } },
      { targetSeconds: 300 },
    ],
    ['no id', { ID: undefined }, { ruleId: 'rule-1', id: 'media/copy/rule-1' }],
    [
      'a bucket of MinIO',
      { Destination: { Bucket: 'arn:minio:replication::f1c2:copy' } },
      { destination: 'copy' },
    ],
    [
      'a bucket in another partition',
      { Destination: { Bucket: 'arn:aws-cn:s3:::copy' } },
      { destination: 'copy' },
    ],
    ['a plain name', { Destination: { Bucket: 'copy' } }, { destination: 'copy' }],
  ])('%s', (_, change, expected) => {
    expect(rules({ ...RULE, ...change })).toMatchObject([expected]);
  });

  test('every rule and destination is a pair, overlapping ones too', () => {
    const found = rules([
      RULE,
      { ...RULE, ID: 'logs', Priority: 2, Filter: { Prefix: 'logs/' } },
      { ...RULE, Destination: { Bucket: 'arn:aws:s3:::far' } },
      { ...RULE, ID: 'off', Status: 'Disabled' },
    ]);
    expect(found.map(({ id, priority, isEnabled }) => [id, priority, isEnabled])).toEqual([
      ['media/copy/all', 1, true],
      ['media/copy/logs', 2, true],
      ['media/far/all', 1, true],
      ['media/copy/off', 1, false],
    ]);
  });

  test('the destination of a store with a namespace is in it; a remote one of MinIO is not', () => {
    expect(rules(RULE, 'siteB:media')).toMatchObject([{ id: 'siteB:media/siteB:copy/all' }]);
    expect(
      rules({ ...RULE, Destination: { Bucket: 'arn:minio:replication::f1c2:copy' } }, 'siteB:media'),
    ).toMatchObject([{ destination: 'copy' }]);
  });

  test.each([
    '',
    'not JSON',
    '[]',
    '{}',
    '{"ReplicationConfiguration":{"Rules":"x"}}',
    '{"Rules":[null,7,{}]}',
  ])('nothing of %j', (document) => {
    expect(rulesOf({ source: 'media', document, targetSeconds: 900 })).toEqual([]);
  });
});
