/** The chain of a trail's digests, link by link. Pure. */
import { isSignedBy, type TrailKeyring } from './signature.ts';

/** A digest as it is in the store. Times in milliseconds since 1970 UTC; hashes and signatures in lower-case hex. */
export interface Digest {
  readonly bucket: string;
  readonly key: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly fingerprint: string;
  /** Empty for the first of a chain. */
  readonly previousKey: string;
  readonly previousHash: string;
  readonly previousSignature: string;
  /** Of its uncompressed content as it was read; empty when it is not known. */
  readonly contentSha256: string;
}

/** A place where a chain does not hold. */
export interface ChainBreak {
  /** End of the last digest before it, and start of the first one behind it, in milliseconds since 1970 UTC. */
  readonly afterMs: number;
  readonly beforeMs: number;
  readonly reason: string;
}

export interface SignatureCounts {
  readonly valid: number;
  readonly invalid: number;
  /** No key for it, or the signature is not known: the newest one's stands in the digest to come. */
  readonly unchecked: number;
}

export interface Chain {
  readonly breaks: readonly ChainBreak[];
  readonly signatures: SignatureCounts;
}

const HOUR_MS = 3_600_000;
/** Digests follow one another to the second. */
const SLACK_MS = 60_000;

/** Checks the digests of one trail, in any order. What lies before the first of them is not known. */
export function checkChain(all: readonly Digest[], keys: TrailKeyring): Chain {
  const digests = inOrder(all);
  const breaks = digests.slice(1).flatMap((digest, index) => {
    const before = digests[index] ?? digest;
    const reason = breakBetween(before, digest);
    return reason === undefined ? [] : [{ afterMs: before.endMs, beforeMs: digest.startMs, reason }];
  });
  return { breaks, signatures: checkSignatures(digests, keys) };
}

/** Each digest once, by its end. */
function inOrder(all: readonly Digest[]): Digest[] {
  const byKey = new Map(all.map((digest) => [digest.key, digest]));
  return [...byKey.values()].sort((one, other) => one.endMs - other.endMs || one.startMs - other.startMs);
}

/**
 * Why one digest does not follow the other. Time is looked at as well as names: whoever removes two digests in a row leaves
 * a next one that names a digest nobody can look up.
 */
function breakBetween(before: Digest, digest: Digest): string | undefined {
  const gapMs = digest.startMs - before.endMs;
  const hours = Math.max(1, Math.round(gapMs / HOUR_MS));
  if (digest.previousKey === '')
    return 'the chain begins anew here: logging or its validation was off, or what was before was removed';
  if (digest.previousKey !== before.key) {
    const missing =
      gapMs > SLACK_MS
        ? `${hours} ${hours === 1 ? 'digest is' : 'digests are'} missing`
        : 'a digest is missing';
    return `${missing}: the one named as the one before is not here`;
  }
  if (before.contentSha256 !== '' && digest.previousHash !== before.contentSha256)
    return 'the digest before was altered: its hash is not the one it had';
  if (gapMs > SLACK_MS) return `no digest covers the ${hours} h in between`;
  return undefined;
}

function checkSignatures(digests: readonly Digest[], keys: TrailKeyring): SignatureCounts {
  const signatures = new Map(digests.map((digest) => [digest.previousKey, digest.previousSignature]));
  const counts = { valid: 0, invalid: 0, unchecked: 0 };
  for (const digest of digests) {
    const signature = signatures.get(digest.key) ?? '';
    const key = keys.get(digest.fingerprint);
    if (signature === '' || key === undefined || digest.contentSha256 === '') counts.unchecked += 1;
    else if (isSignedBy(digest, signature, key)) counts.valid += 1;
    else counts.invalid += 1;
  }
  return counts;
}
