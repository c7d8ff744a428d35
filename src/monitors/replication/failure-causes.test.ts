import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { causeOf, FAILURE_CAUSES } from './failure-causes.ts';

/** The reasons that S3 documents for events and for reports of Batch Replication. */
const DOCUMENTED = [
  'AssumeRoleNotPermitted',
  'DstBucketInvalidRegion',
  'DstBucketNotFound',
  'DstBucketObjectLockConfigMissing',
  'DstBucketUnversioned',
  'DstDelObjNotPermitted',
  'DstKmsKeyInvalidState',
  'DstKmsKeyNotFound',
  'DstMultipartCompleteNotPermitted',
  'DstMultipartInitNotPermitted',
  'DstMultipartPartUploadNotPermitted',
  'DstObjectHardDeleted',
  'DstPutAclNotPermitted',
  'DstPutLegalHoldNotPermitted',
  'DstPutObjectNotPermitted',
  'DstPutTaggingNotPermitted',
  'DstVersionNotFound',
  'InitiateReplicationNotPermitted',
  'SrcBucketInvalidRegion',
  'SrcBucketNotFound',
  'SrcBucketReplicationConfigMissing',
  'SrcGetAclNotPermitted',
  'SrcGetObjectNotPermitted',
  'SrcGetTaggingNotPermitted',
  'SrcHeadObjectNotPermitted',
  'SrcKmsKeyInvalidState',
  'SrcObjectNotEligible',
  'SrcVersionNotFound',
];

describe('causeOf()', () => {
  test.each(DOCUMENTED)('%s has a cause and a fix', (reason) => {
    expect(Object.hasOwn(FAILURE_CAUSES, reason)).toBe(true);
    const { cause, fix } = causeOf(reason);
    expect(cause.length).toBeGreaterThan(20);
    expect(fix).toMatch(/^[A-Z].*\.$/);
  });

  test.each(Object.keys(FAILURE_CAUSES).filter((reason) => reason.endsWith('NotPermitted')))(
    '%s names the missing action, and so does its fix',
    (reason) => {
      const { fix, permission } = causeOf(reason);
      expect(permission).toMatch(/^(s3|kms|sts):[A-Z][A-Za-z]+$/);
      if (permission !== 'sts:AssumeRole') expect(fix).toContain(permission);
    },
  );

  test('a reason that is not known passes through, and is not called known', () => {
    expect(causeOf('DstMoonNotFull').cause).toContain('DstMoonNotFull');
    expect(causeOf('toString').cause).toContain('not in our list');
    expect(causeOf('DstMoonNotFull').permission).toBe('');
  });

  test('a failure without a reason says how to learn it', () => {
    expect(causeOf('').fix).toContain('OperationFailedReplication');
  });

  test('docs/replication.md has every reason with its cause and action, and no other', () => {
    const text = readFileSync(new URL('../../../docs/replication.md', import.meta.url), 'utf8');
    const table = text.slice(text.indexOf('| reason | cause | missing action |'));
    const documented = (table.split('\n\n')[0] ?? '').split('\n').filter((line) => line.startsWith('| `'));
    const expected = Object.entries(FAILURE_CAUSES).map(
      ([reason, { cause, permission }]) =>
        `| \`${reason}\` | ${cause} | ${permission === '' ? '' : `\`${permission}\``} |`,
    );
    expect(documented).toEqual(expected);
  });
});
