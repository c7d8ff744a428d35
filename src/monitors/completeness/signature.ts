/** Whether a digest of CloudTrail was signed with a key. */
import { createPublicKey, verify } from 'node:crypto';
import type { Digest } from './chain.ts';

/** Public keys by fingerprint: DER, PKCS #1. */
export type TrailKeyring = ReadonlyMap<string, Uint8Array>;

/**
 * Checks SHA256withRSA over the digest's end, place, content hash and the signature before it. False as well for a key or a
 * signature that cannot be read.
 * Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-custom-validation.html
 */
export function isSignedBy(digest: Digest, signatureHex: string, keyDer: Uint8Array): boolean {
  if (!/^([0-9a-f]{2})+$/.test(signatureHex)) return false;
  try {
    const key = createPublicKey({ key: Buffer.from(keyDer), format: 'der', type: 'pkcs1' });
    return verify('sha256', Buffer.from(textToSign(digest)), key, Buffer.from(signatureHex, 'hex'));
  } catch {
    return false;
  }
}

/** What CloudTrail signs of a digest. */
export function textToSign(digest: Digest): string {
  const end = `${new Date(digest.endMs).toISOString().slice(0, 19)}Z`;
  const before = digest.previousSignature === '' ? 'null' : digest.previousSignature;
  return `${end}\n${digest.bucket}/${digest.key}\n${digest.contentSha256}\n${before}`;
}
