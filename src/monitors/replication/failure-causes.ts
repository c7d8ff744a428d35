/**
 * Why a replication failed, what mends it, and the IAM action that is missing.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-failure-codes.html
 */

export interface FailureCause {
  /** In plain words, as the end of a sentence. */
  readonly cause: string;
  /** What mends it. */
  readonly fix: string;
  /** The missing IAM action; empty when it is none. */
  readonly permission: string;
}

const onSource = (action: string): string =>
  `Allow the replication role ${action} on the objects of the source bucket, then replicate the failed versions again.`;
const onDestination = (action: string): string =>
  `Allow the replication role ${action} on the objects of the destination bucket, in the role's policy and, in another account, in the bucket's policy; then replicate the failed versions again.`;

const notPermitted = (
  cause: string,
  permission: string,
  where: (action: string) => string,
): FailureCause => ({
  cause,
  fix: where(permission),
  permission,
});

const mended = (cause: string, fix: string, permission = ''): FailureCause => ({ cause, fix, permission });

const AGAIN = 'then replicate the failed versions again.';

export const FAILURE_CAUSES: Readonly<Record<string, FailureCause>> = {
  AssumeRoleNotPermitted: mended(
    'S3 may not assume the replication role',
    `Let s3.amazonaws.com (and batchoperations.s3.amazonaws.com for Batch Replication) assume the role in its trust policy, ${AGAIN}`,
    'sts:AssumeRole',
  ),
  DstBucketInvalidRegion: mended(
    "the destination bucket is not in the region that the job's bucket has",
    'Name the destination bucket that is in the region of the rule, or make the rule again for the bucket as it is now.',
  ),
  DstBucketNotFound: mended(
    'the destination bucket does not exist',
    `Make the destination bucket again, with versioning enabled, or change the rule's destination, ${AGAIN}`,
  ),
  DstBucketObjectLockConfigMissing: mended(
    'the object is locked and the destination bucket has no Object Lock',
    `Enable Object Lock on the destination bucket, ${AGAIN}`,
  ),
  DstBucketUnversioned: mended(
    'versioning is not enabled at the destination bucket',
    `Enable versioning at the destination bucket, ${AGAIN}`,
  ),
  DstDelObjNotPermitted: notPermitted(
    'the replication role may not write delete markers at the destination',
    's3:ReplicateDelete',
    onDestination,
  ),
  DstKmsKeyInvalidState: mended(
    "the destination's KMS key cannot be used: it is disabled or to be deleted",
    `Enable the key (kms:EnableKey), or cancel its deletion, ${AGAIN}`,
  ),
  DstKmsKeyNotFound: mended(
    "the destination's KMS key does not exist, or the role may not see it",
    `Name an existing key of the destination's region in ReplicaKmsKeyID, and allow the role kms:Encrypt with it, ${AGAIN}`,
    'kms:Encrypt',
  ),
  DstMultipartCompleteNotPermitted: notPermitted(
    'the replication role may not complete multipart uploads at the destination',
    's3:ReplicateObject',
    onDestination,
  ),
  DstMultipartInitNotPermitted: notPermitted(
    'the replication role may not begin multipart uploads at the destination',
    's3:ReplicateObject',
    onDestination,
  ),
  DstMultipartPartUploadNotPermitted: notPermitted(
    'the replication role may not upload parts at the destination',
    's3:ReplicateObject',
    onDestination,
  ),
  DstMultipartUploadNotPermitted: notPermitted(
    'the replication role may not upload parts at the destination',
    's3:ReplicateObject',
    onDestination,
  ),
  DstObjectHardDeleted: mended(
    'the version was deleted for good at the destination, so it is not replicated again',
    'Copy the object onto itself at the source: the new version is replicated.',
  ),
  DstPutAclNotPermitted: notPermitted(
    'the replication role may not set ACLs at the destination',
    's3:ReplicateObject',
    (action) =>
      `${onDestination(action)} Where the destination's owner is to own the copies, the role needs s3:ObjectOwnerOverrideToBucketOwner too.`,
  ),
  DstPutLegalHoldNotPermitted: notPermitted(
    'the replication role may not put a legal hold on copies',
    's3:PutObjectLegalHold',
    onDestination,
  ),
  DstPutObjectNotPermitted: notPermitted(
    'the replication role may not write objects at the destination',
    's3:ReplicateObject',
    (action) =>
      `${onDestination(action)} Where the destination's owner is to own the copies, the role needs s3:ObjectOwnerOverrideToBucketOwner too.`,
  ),
  DstPutRetentionNotPermitted: notPermitted(
    'the replication role may not set retention on copies',
    's3:PutObjectRetention',
    onDestination,
  ),
  DstPutTaggingNotPermitted: notPermitted(
    'the replication role may not set tags at the destination',
    's3:ReplicateTags',
    onDestination,
  ),
  DstVersionNotFound: mended(
    'the copy whose metadata was to be changed is not at the destination',
    'Replicate the version itself first, by S3 Batch Replication.',
  ),
  InitiateReplicationNotPermitted: notPermitted(
    'the role of the Batch Replication job may not start replication',
    's3:InitiateReplication',
    (action) => `Allow the job's role ${action} on the objects of the source bucket, and run the job again.`,
  ),
  SrcBucketInvalidRegion: mended(
    'the source bucket is not in the region of the Batch Replication job',
    'Run the job in the region of the source bucket.',
  ),
  SrcBucketNotFound: mended(
    'the source bucket does not exist, or the role may not see it',
    'Make sure that the bucket of the manifest is the bucket of the rule.',
  ),
  SrcBucketReplicationConfigMissing: mended(
    'the source bucket has no replication configuration any more',
    `Put the replication configuration back, ${AGAIN}`,
  ),
  SrcGetAclNotPermitted: notPermitted(
    'the replication role may not read ACLs at the source',
    's3:GetObjectVersionAcl',
    onSource,
  ),
  SrcGetLegalHoldNotPermitted: notPermitted(
    'the replication role may not read legal holds at the source',
    's3:GetObjectLegalHold',
    onSource,
  ),
  SrcGetObjectNotPermitted: notPermitted(
    'the replication role may not read objects at the source',
    's3:GetObjectVersionForReplication',
    (action) =>
      `${onSource(action)} For objects encrypted with a KMS key it needs kms:Decrypt with that key too.`,
  ),
  SrcGetRetentionNotPermitted: notPermitted(
    'the replication role may not read retention at the source',
    's3:GetObjectRetention',
    onSource,
  ),
  SrcGetTaggingNotPermitted: notPermitted(
    'the replication role may not read tags at the source',
    's3:GetObjectVersionTagging',
    onSource,
  ),
  SrcHeadObjectNotPermitted: notPermitted(
    "the replication role may not read objects' metadata at the source",
    's3:GetObjectVersionForReplication',
    onSource,
  ),
  SrcKeyNotFound: mended(
    'the object is not at the source any more',
    'Nothing is left to replicate; remove it from the manifest.',
  ),
  SrcKmsKeyInvalidState: mended(
    "the source's KMS key cannot be used: it is disabled or to be deleted",
    `Enable the key, or cancel its deletion, and allow the replication role kms:Decrypt with it, ${AGAIN}`,
    'kms:Decrypt',
  ),
  SrcObjectNotEligible: mended(
    'the object cannot be replicated: its storage class, encryption (SSE-C) or the rule rules it out',
    'Restore it from the archive class, or change the rule to select it (for SSE-KMS: SseKmsEncryptedObjects); otherwise it stays where it is.',
  ),
  SrcObjectNotFound: mended(
    'the object is not at the source any more',
    'Nothing is left to replicate; remove it from the manifest.',
  ),
  SrcVersionNotFound: mended(
    'the version is not at the source any more',
    'Nothing is left to replicate; remove it from the manifest.',
  ),
};

const NOT_REPORTED: FailureCause = {
  cause: 'S3 did not say why',
  fix: 'Enable replication metrics on the rule and the event s3:Replication:OperationFailedReplication: it names the reason of each failure. Then replicate the failed versions again.',
  permission: '',
};

/** Cause, fix and missing action of a failure reason. A reason that is not known passes through. */
export function causeOf(reason: string): FailureCause {
  if (reason === '' || reason === 'FAILED' || reason === 'status') return NOT_REPORTED;
  const known = Object.hasOwn(FAILURE_CAUSES, reason) ? FAILURE_CAUSES[reason] : undefined;
  return (
    known ?? {
      cause: `S3 gives the reason ${reason}, which is not in our list`,
      fix: "Look the reason up in AWS's list of replication failure reasons, then replicate the failed versions again.",
      permission: '',
    }
  );
}
