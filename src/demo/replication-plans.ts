import type { BucketName } from './company.ts';

/** A replication rule of the made-up company, and what becomes of it. */
export interface ReplicationPlan {
  readonly ruleId: string;
  readonly source: BucketName;
  readonly prefix: string;
  readonly destination: string;
  readonly destinationRegion: string;
  /** From the write to the arrival, when all is well. */
  readonly medianMs: number;
  readonly trouble: 'none' | 'lags' | 'key-lost';
  /** Key that replicas are encrypted with; empty for that of S3. */
  readonly kmsKey: string;
}

/** One rule a source, each for the objects its bucket notifies about, and all with Replication Time Control. */
export const PAIRS: readonly ReplicationPlan[] = [
  {
    ruleId: 'uploads-to-ireland',
    source: 'media',
    prefix: 'uploads/',
    destination: 'nimbus-media-replica',
    destinationRegion: 'eu-west-1',
    medianMs: 6_000,
    trouble: 'none',
    kmsKey: '',
  },
  {
    ruleId: 'curated-to-stockholm',
    source: 'lake',
    prefix: 'curated/',
    destination: 'nimbus-lake-replica',
    destinationRegion: 'eu-north-1',
    medianMs: 42_000,
    trouble: 'lags',
    kmsKey: '',
  },
  {
    ruleId: 'invoices-to-ireland',
    source: 'billing',
    prefix: 'invoices/',
    destination: 'nimbus-billing-replica',
    destinationRegion: 'eu-west-1',
    medianMs: 4_000,
    trouble: 'key-lost',
    kmsKey: 'arn:aws:kms:eu-west-1:111122223333:key/4d1f6b0a-7c52-4e8a-9a3d-2b60c7e41f95',
  },
];
