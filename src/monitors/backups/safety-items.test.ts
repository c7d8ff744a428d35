/** What is said of the safety of a series, for everything a store may answer. */
import { describe, expect, test } from 'vitest';
import type { SafetyItem, SafetySubject } from './safety.ts';
import { safetyItems, worstItem } from './safety-items.ts';
import type { ConfigAnswer, Copy, SafetyAspect, SafetyEvidence, SafetyFile } from './safety-question.ts';

const DAY_MS = 86_400_000;
const NOW_MS = Date.parse('2026-11-21T12:00Z');
const KEY = 'db/2026-11-21.gz';

function fileOf(more: Partial<SafetyFile> = {}): SafetyFile {
  return {
    key: KEY,
    versionId: '',
    atMs: Date.parse('2026-11-21T01:30Z'),
    sizeBytes: 1_000_000,
    lookedMs: Date.parse('2026-11-21T02:00Z'),
    problem: '',
    isLegalHold: false,
    replicationStatus: '',
    ...more,
  };
}

const { lookedMs: _lookedMs, ...unseen } = fileOf();

const SUBJECT: SafetySubject = {
  bucket: 'dumps',
  series: 'db',
  newestKeys: [KEY],
  nextDeadlineMs: Date.parse('2026-11-22T02:30Z'),
};

type Answers = Partial<Record<SafetyAspect, ConfigAnswer>>;

function present(document: object): ConfigAnswer {
  return { state: 'present', document: JSON.stringify(document), reason: '' };
}

function answered(state: 'absent' | 'denied' | 'unsupported' | 'failed', reason = ''): ConfigAnswer {
  return { state, document: '', reason };
}

interface Known extends Partial<Omit<SafetyEvidence, 'configs'>> {
  readonly configs?: Answers;
  readonly subject?: Partial<SafetySubject>;
}

function itemOf(what: SafetyItem['what'], known: Known): SafetyItem | undefined {
  const { configs, subject, ...more } = known;
  const evidence: SafetyEvidence = {
    files: [fileOf()],
    copies: [],
    ...more,
    configs: {
      versioning: undefined,
      object_lock: undefined,
      lifecycle: undefined,
      replication: undefined,
      ...configs,
    },
  };
  const items = safetyItems({ subject: { ...SUBJECT, ...subject }, evidence, nowMs: NOW_MS });
  return items.find((item) => item.what === what);
}

function expectItem(item: SafetyItem | undefined, state: SafetyItem['state'], says: string): void {
  expect([item?.state, item?.sentence]).toEqual([state, expect.stringContaining(says)]);
}

const NEEDS = 'access denied (AccessDenied, HTTP 403); it needs s3:Get on arn:aws:s3:::dumps';

describe.each([
  ['versioning', 'versioning'],
  ['object-lock', 'object_lock'],
  ['lifecycle', 'lifecycle'],
  ['replica', 'replication'],
] as const)('%s', (what, aspect) => {
  test.each([
    ['was not asked', undefined, 'the bucket was not asked'],
    ['denied', answered('denied', NEEDS), NEEDS],
    ['unsupported', answered('unsupported', 'HTTP 501'), 'the store does not tell (HTTP 501)'],
    ['failed', answered('failed', 'HTTP 503'), 'the store did not answer (HTTP 503)'],
    ['gone', answered('absent', 'the bucket is gone'), 'there is no such bucket'],
  ])('of a bucket that %s it is not known, and why', (_name, answer, says) => {
    expectItem(itemOf(what, { configs: { [aspect]: answer } }), 'unknown', says);
  });
});

test.each([
  [present({ Status: 'Enabled' }), 'good', 'Versioning is on'],
  [present({ Status: 'Suspended' }), 'warn', 'Versioning is suspended'],
  [answered('absent'), 'warn', 'Versioning was never switched on'],
  [present({ MFADelete: 'Disabled' }), 'warn', 'Versioning was never switched on'],
] as const)('versioning %j is %s', (versioning, state, says) => {
  expectItem(itemOf('versioning', { configs: { versioning } }), state, says);
});

describe('object-lock', () => {
  const lockUntil = (mode: string, until: string) => ({ lock: { mode, untilMs: Date.parse(until) } });
  const rule = (retention: object): ConfigAnswer =>
    present({ ObjectLockConfiguration: { Rule: { DefaultRetention: retention } } });
  const noRule = present({ ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled' } });

  test.each([
    ['compliance', lockUntil('COMPLIANCE', '2026-12-21T12:00Z'), 'good', '(30 d left), COMPLIANCE: nobody'],
    ['governance', lockUntil('GOVERNANCE', '2026-12-21T12:00Z'), 'good', 's3:BypassGovernanceRetention can'],
    ['a legal hold', { isLegalHold: true }, 'good', 'until somebody lifts that'],
    ['a short lock', lockUntil('COMPLIANCE', '2026-11-22T02:00Z'), 'warn', 'before the next run has to be'],
    ['an ended lock', lockUntil('COMPLIANCE', '2026-11-21T11:00Z'), 'warn', 'ended 2026-11-21T11:00Z'],
    [
      'a hold over an ended lock',
      { isLegalHold: true, ...lockUntil('GOVERNANCE', '2026-11-20T00:00Z') },
      'good',
      'A legal hold',
    ],
  ] as const)('%s, whatever the rule of the bucket', (_name, file, state, says) => {
    for (const object_lock of [answered('absent'), answered('denied', NEEDS), rule({ Days: 1 })])
      expectItem(itemOf('object-lock', { files: [fileOf(file)], configs: { object_lock } }), state, says);
  });

  test('of several files the lock that ends first counts, and the weaker mode', () => {
    const files = [
      fileOf({ key: 'a', ...lockUntil('COMPLIANCE', '2026-12-01T12:00Z') }),
      fileOf({ key: 'b', ...lockUntil('GOVERNANCE', '2026-12-21T12:00Z') }),
    ];
    const item = itemOf('object-lock', { files });
    expectItem(item, 'good', 'Locked until 2026-12-01T12:00Z (10 d left), GOVERNANCE');
  });

  test('some locked: the others have none, or it is not known', () => {
    const locked = fileOf({ key: 'a', ...lockUntil('COMPLIANCE', '2026-12-01T12:00Z') });
    const files = (more: Partial<SafetyFile>) => ({ files: [locked, fileOf({ key: 'b', ...more })] });
    expectItem(itemOf('object-lock', files({})), 'warn', '1 of 2 files are locked; the store tells of no');
    expectItem(
      itemOf('object-lock', files({ problem: 'It is busy.' })),
      'unknown',
      'b it is not known: It is',
    );
  });

  test('of a large run those files that were looked at speak for all', () => {
    const locked = fileOf({ key: 'a', ...lockUntil('COMPLIANCE', '2026-12-01T12:00Z') });
    const item = itemOf('object-lock', { files: [locked, { ...unseen, key: 'b' }, { ...unseen, key: 'c' }] });
    expectItem(item, 'good', 'So say the 1 of 3 files that were looked at.');
  });

  test.each([
    ['no lock at the bucket', answered('absent'), [fileOf()], 'warn', 'No Object Lock'],
    ['a lock without a rule, files seen', noRule, [fileOf()], 'warn', 'without s3:GetObjectRetention'],
    ['a lock without a rule, files not seen', noRule, [unseen], 'unknown', 'not looked at yet'],
    [
      'a lock without a rule, a look that failed',
      noRule,
      [fileOf({ problem: 'Cannot look up a: denied.' })],
      'unknown',
      'Cannot look up a: denied.',
    ],
    ['a lock without a rule and without a run', noRule, [], 'unknown', 'there is no good run yet'],
    [
      'a rule',
      rule({ Mode: 'COMPLIANCE', Days: 30 }),
      [fileOf()],
      'good',
      'until 2026-12-21T01:30Z, by rule: the store tells of no lock',
    ],
    ['a rule, files not seen', rule({ Mode: 'GOVERNANCE', Years: 1 }), [unseen], 'good', 'not looked at yet'],
    ['a rule without a run', rule({ Mode: 'GOVERNANCE', Days: 7 }), [], 'good', 'locked for 7 d, GOVERNANCE'],
    [
      'a rule that has ended for a file',
      rule({ Mode: 'COMPLIANCE', Days: 3 }),
      [fileOf({ atMs: NOW_MS - 4 * DAY_MS })],
      'warn',
      'until 2026-11-20T12:00Z',
    ],
    [
      'a rule that ends before the next run',
      rule({ Mode: 'COMPLIANCE', Days: 1 }),
      [fileOf()],
      'warn',
      'before the next run has to be there (2026-11-22T02:30Z)',
    ],
  ] as const)('%s', (_name, object_lock, files, state, says) => {
    expectItem(itemOf('object-lock', { files, configs: { object_lock } }), state, says);
  });
});

describe('replica', () => {
  const copy = (more: Partial<Copy> = {}): Copy => ({
    key: KEY,
    versionId: '',
    destination: 'copies',
    status: 'COMPLETED',
    reason: '',
    writtenMs: 2,
    ...more,
  });
  const ruleOf = (more: object): ConfigAnswer =>
    present({ ReplicationConfiguration: { Rules: [{ ID: 'all', Status: 'Enabled', ...more }] } });

  test.each([
    ['by what was judged', [copy()], '', 'good', 'has a copy in copies.'],
    ['by its header', [], 'COMPLETED', 'good', 'another bucket, as the store says'],
    ['a copy itself', [], 'REPLICA', 'good', 'the bucket it was copied from'],
    ['one of two places', [copy(), copy({ destination: 'b', status: 'FAILED' })], '', 'good', 'in copies.'],
    ['failed', [copy({ status: 'FAILED', reason: 'DstBucketUnversioned' })], '', 'bad', 'DstBucketUnver'],
    ['failed by its header', [], 'FAILED', 'bad', 'was not copied: the store says FAILED'],
    [
      'pending',
      [copy({ status: 'PENDING' })],
      '',
      'warn',
      '0 of 1 files have a copy; db/2026-11-21.gz waits',
    ],
    ['pending by its header', [], 'PENDING', 'warn', 'waits for one'],
    [
      'of an older version only',
      [copy({ status: 'UNKNOWN' }), copy({ writtenMs: 1 })],
      '',
      'unknown',
      'asked',
    ],
  ] as const)('%s', (_name, copies, replicationStatus, state, says) => {
    expectItem(itemOf('replica', { copies, files: [fileOf({ replicationStatus })] }), state, says);
  });

  test('of a large run those files that were looked at speak for all', () => {
    const files = [fileOf({ key: 'a', replicationStatus: 'COMPLETED' }), { ...unseen, key: 'b' }];
    const subject = { newestKeys: ['a', 'b'] };
    expectItem(itemOf('replica', { files, subject }), 'good', 'Each of the 1 files looked at of');
    const both = { files: [...files.slice(0, 1), fileOf({ key: 'b' })], subject };
    expectItem(
      itemOf('replica', { ...both, configs: { replication: answered('absent') } }),
      'warn',
      'only copy',
    );
  });

  test('of a version that is known only what is judged of that one counts', () => {
    const files = [fileOf({ versionId: 'v2' })];
    const copies = [copy({ versionId: 'v1', writtenMs: 3 }), copy({ versionId: 'v2', status: 'PENDING' })];
    expectItem(itemOf('replica', { files, copies }), 'warn', 'waits');
  });

  test.each([
    ['no rule', answered('absent'), 'warn', 'this bucket has the only copy'],
    [
      'a rule for others',
      ruleOf({ Filter: { Prefix: 'x/' } }),
      'warn',
      'No replication rule in force is for',
    ],
    ['a rule that is off', ruleOf({ Status: 'Disabled' }), 'warn', 'No replication rule in force is for'],
    ['a rule for all', ruleOf({ Filter: {} }), 'warn', 'Rule all is to copy db/2026-11-21.gz; nothing tells'],
    [
      'a rule by tag',
      ruleOf({ Filter: { Tag: { Key: 'k', Value: 'v' } } }),
      'warn',
      'Rule all is to copy db/2026-11-21.gz, if tagged k=v',
    ],
    ['what is no rule', present({}), 'unknown', 'cannot be read'],
  ] as const)('nothing tells of a copy: %s', (_name, replication, state, says) => {
    expectItem(itemOf('replica', { configs: { replication } }), state, says);
  });

  test('without a run there is nothing to look for', () => {
    const known = { files: [], subject: { newestKeys: [] }, configs: { replication: ruleOf({}) } };
    expectItem(itemOf('replica', known), 'unknown', 'there is no good run yet');
  });
});

describe('lifecycle', () => {
  const rules = (...all: readonly object[]): Answers => ({
    lifecycle: present({ Rules: all.map((rule) => ({ ID: 'clean', Status: 'Enabled', ...rule })) }),
  });
  const tagged = { Filter: { And: { Prefix: 'db/', Tags: [{ Key: 'k', Value: 'v' }] } } };

  test.each([
    ['none', [], 'good', 'No lifecycle rule removes them'],
    ['off', [{ Status: 'Disabled', Expiration: { Days: 1 } }], 'good', 'No lifecycle rule'],
    [
      'of other keys',
      [{ Filter: { Prefix: 'mail/' }, Expiration: { Days: 1 } }],
      'good',
      'No lifecycle rule',
    ],
    [
      'of larger files',
      [{ Filter: { ObjectSizeGreaterThan: 1_000_000 }, Expiration: { Days: 1 } }],
      'good',
      'No lifecycle rule',
    ],
    ['of older versions', [{ NoncurrentVersionExpiration: { NoncurrentDays: 1 } }], 'good', 'No lifecycle'],
    [
      'after the next run',
      [{ Expiration: { Days: 1 } }],
      'good',
      'Rule clean removes db/2026-11-21.gz at 2026-11-23T00:00Z, after the next run has to be there',
    ],
    ['by a day to come', [{ Expiration: { Date: '2026-12-01T00:00:00Z' } }], 'good', 'at 2026-12-01T00:00Z'],
    [
      'by a day that is past',
      [{ Expiration: { Date: '2026-01-01T00:00:00Z' } }],
      'bad',
      'Rule clean removes db/2026-11-21.gz at 2026-11-22T00:00Z, before the next run has to be there (2026-11-22T02:30Z).',
    ],
    [
      'by tags that are not known, too early',
      [{ ...tagged, Expiration: { Date: '2026-01-01T00:00:00Z' } }],
      'unknown',
      'if it has the tag k=v, at 2026-11-22T00:00Z, before the next run',
    ],
    ['by tags, late enough', [{ ...tagged, Expiration: { Days: 9 } }], 'good', 'after the next run'],
    [
      'to an archive',
      [{ Transitions: [{ Days: 1, StorageClass: 'DEEP_ARCHIVE' }] }],
      'good',
      'to DEEP_ARCHIVE at 2026-11-23T00:00Z: from then on it has to be restored',
    ],
  ] as const)('a rule %s', (_name, all, state, says) => {
    expectItem(itemOf('lifecycle', { configs: rules(...all) }), state, says);
  });

  test.each([
    ['2026-11-30T23:00Z', 30, '2026-12-31T02:30Z', 'bad', '2026-12-31T00:00Z'],
    ['2026-11-30T23:00Z', 31, '2026-12-31T02:30Z', 'good', '2027-01-01T00:00Z'],
    ['2026-10-21T01:30Z', 30, '2026-11-21T02:30Z', 'bad', '2026-11-21T00:00Z'],
    ['2026-10-21T01:30Z', 31, '2026-11-21T02:30Z', 'good', '2026-11-22T00:00Z'],
    ['2027-02-01T01:30Z', 27, '2027-03-01T02:30Z', 'bad', '2027-03-01T00:00Z'],
    ['2027-02-01T01:30Z', 28, '2027-03-01T02:30Z', 'good', '2027-03-02T00:00Z'],
  ] as const)('of %s, after %i days, next by %s: %s, at %s', (at, Days, next, state, removed) => {
    const known = {
      files: [fileOf({ atMs: Date.parse(at) })],
      configs: rules({ Expiration: { Days } }),
      subject: { nextDeadlineMs: Date.parse(next) },
    };
    expectItem(itemOf('lifecycle', known), state, `at ${removed}`);
  });

  test('where versions are kept it is said that the version stays', () => {
    const configs = {
      ...rules({ Expiration: { Date: '2026-01-01T00:00:00Z' } }),
      versioning: present({ Status: 'Enabled' }),
    };
    expectItem(itemOf('lifecycle', { configs }), 'bad', 'Its version stays behind a delete marker');
  });

  test('of several rules the first that is sure counts, and that a file is gone is said elsewhere', () => {
    const early = { Date: '2026-01-01T00:00:00Z' };
    const configs = rules({ ...tagged, ID: 'tags', Expiration: early }, { ID: 'sure', Expiration: early });
    expectItem(itemOf('lifecycle', { configs }), 'bad', 'Rule sure removes');
    const files = [fileOf({ removedMs: NOW_MS })];
    expectItem(itemOf('lifecycle', { configs, files }), 'unknown', 'no files of a good run');
  });

  test('without a schedule it is not known what is too early; a document that is none says nothing', () => {
    const { nextDeadlineMs: _next, ...open } = SUBJECT;
    const evidence = {
      files: [fileOf()],
      copies: [],
      configs: {
        versioning: undefined,
        object_lock: undefined,
        replication: undefined,
        lifecycle: undefined,
        ...rules({ Expiration: { Days: 9 } }),
      },
    };
    const items = safetyItems({ subject: open, evidence, nowMs: NOW_MS });
    const lifecycle = items.find(({ what }) => what === 'lifecycle');
    expectItem(lifecycle, 'unknown', 'by when the next run has to be there is not known');
    expectItem(itemOf('lifecycle', { configs: { lifecycle: present({}) } }), 'unknown', 'cannot be read');
    expectItem(itemOf('lifecycle', { configs: { lifecycle: answered('absent') } }), 'good', 'No lifecycle');
  });
});

describe('retention', () => {
  const subject = { keepMs: 30 * DAY_MS };
  const ago = (days: number): number => NOW_MS - days * DAY_MS;
  const history = (firstDays: number, keptDays?: number, isOverwritten = false) => ({
    firstMs: ago(firstDays),
    ...(keptDays === undefined ? {} : { oldestKeptMs: ago(keptDays) }),
    isOverwritten,
  });

  test('nothing is said where nothing is promised', () => {
    expect(itemOf('retention', { history: history(90, 1) })).toBeUndefined();
  });

  test.each([
    ['as old as promised', history(90, 30), 'good', 'The oldest kept file is 30 d old; 30 d are promised.'],
    ['a little younger', history(90, 28), 'good', '28 d old'],
    ['too young', history(90, 20), 'bad', 'The oldest kept file is 20 d old; 30 d are promised.'],
    ['a young series', history(10, 10), 'good', 'and so is the series'],
    ['a young series of which much was removed', history(20, 3), 'bad', '3 d old'],
    ['much older', history(90, 90), 'warn', 'more than twice what is promised (30 d): it costs'],
    ['older, not much', history(90, 50), 'good', '50 d old'],
    ['nothing kept', history(90), 'bad', 'No file of it is kept'],
    ['written again in place', history(90, 1, true), 'bad', 'as files are written again in place'],
  ] as const)('%s', (_name, known, state, says) => {
    expectItem(itemOf('retention', { subject, history: known }), state, says);
  });

  test('written again in place, with versions: it is not known', () => {
    const configs = { versioning: present({ Status: 'Enabled' }) };
    const item = itemOf('retention', { subject, history: history(90, 1, true), configs });
    expectItem(item, 'unknown', 'older versions are not listed');
  });

  test('of no file at all it is not known', () => {
    expectItem(itemOf('retention', { subject }), 'unknown', 'no file of it is known');
  });

  test('files of a monthly series may be a month younger than promised', () => {
    const monthly = { keepMs: 90 * DAY_MS, nextDeadlineMs: Date.parse('2026-12-21T02:30Z') };
    const item = itemOf('retention', { subject: monthly, history: history(400, 62) });
    expectItem(item, 'good', '62 d old');
  });

  test.each([
    [29, {}, 'bad', 'Rule clean removes db/2026-11-21.gz at 2026-12-21T00:00Z; 30 d are promised'],
    [30, {}, 'good', '30 d old'],
    [29, { Filter: { Tag: { Key: 'k', Value: 'v' } } }, 'unknown', 'tags are not read'],
    [29, { Filter: { Prefix: 'x/' } }, 'good', '30 d old'],
  ] as const)('a rule that removes after %i days (%j)', (Days, more, state, says) => {
    const rule = { ID: 'clean', Status: 'Enabled', Expiration: { Days }, ...more };
    const configs = { lifecycle: present({ Rules: [rule] }) };
    expectItem(itemOf('retention', { subject, configs, history: history(90, 30) }), state, says);
  });
});

describe('kept', () => {
  test.each([
    [{}, 'good', 'The file of the newest good run is still there, last looked at 2026-11-21T02:00Z.'],
    [
      { files: [fileOf({ removedMs: NOW_MS - 3_600_000 })] },
      'bad',
      'was removed 2026-11-21T11:00Z (1 h ago)',
    ],
    [{ files: [] }, 'unknown', 'nothing is stored of db/2026-11-21.gz'],
    [{ subject: { newestKeys: [] }, files: [] }, 'unknown', 'there is no good run yet'],
    [{ configs: { versioning: answered('absent', 'the bucket is gone') } }, 'bad', 'there is no such bucket'],
  ] as const)('%j', (known, state, says) => {
    expectItem(itemOf('kept', known), state, says);
  });

  test('of several files those that were removed are named', () => {
    const files = [
      fileOf({ key: 'a' }),
      fileOf({ key: 'b', removedMs: NOW_MS - DAY_MS }),
      fileOf({ key: 'c', removedMs: NOW_MS - 2 * DAY_MS }),
    ];
    const item = itemOf('kept', { files, subject: { newestKeys: ['a', 'b', 'c'] } });
    expectItem(item, 'bad', 'b and 1 more of the newest good run were removed, first 2026-11-19T12:00Z');
  });
});

test('items come worst first, and the worst says most of the series', () => {
  const evidence = {
    files: [fileOf({ removedMs: NOW_MS })],
    copies: [],
    configs: {
      versioning: present({ Status: 'Enabled' }),
      object_lock: answered('absent'),
      lifecycle: answered('denied', NEEDS),
      replication: answered('absent'),
    },
  };
  const items = safetyItems({ subject: SUBJECT, evidence, nowMs: NOW_MS });
  expect(items.map(({ what, state }) => `${what} ${state}`)).toEqual([
    'kept bad',
    'replica warn',
    'object-lock warn',
    'lifecycle unknown',
    'versioning good',
  ]);
  expect(worstItem(items.toReversed())).toBe(items[0]);
  expect(worstItem([])).toBeUndefined();
});
