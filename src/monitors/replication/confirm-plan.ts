/** Which destinations have to be asked once the source has answered. */
import type { HeadAnswer } from '../../s3/s3.ts';

/** What there is to know of the pairs of a version. */
export interface PlanPair {
  readonly destination: string;
  readonly is_declared: number;
}

/**
 * The destinations whose state the source's answer leaves open; `answer` is absent when the source cannot be asked.
 * The header speaks for all destinations at once: COMPLETED for every one, FAILED when one failed, PENDING until all are done.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-status.html
 *
 * @param open Pairs of which it is not known whether the version arrived.
 * @param all Every pair in force that the key is of.
 */
export function destinationsToAsk(
  answer: HeadAnswer | undefined,
  open: readonly PlanPair[],
  all: readonly PlanPair[],
): string[] {
  const everywhere = [...new Set(open.map(({ destination }) => destination))];
  if (answer?.kind !== 'present') return everywhere;
  // The store knows nothing of copies that something else makes.
  const declared = [
    ...new Set(open.filter((pair) => pair.is_declared === 1).map((pair) => pair.destination)),
  ];
  switch (answer.replicationStatus) {
    case 'COMPLETED':
    case 'REPLICA':
      return declared;
    case 'PENDING':
    case 'FAILED':
      return new Set(all.map(({ destination }) => destination)).size > 1 ? everywhere : declared;
    default:
      return everywhere;
  }
}
