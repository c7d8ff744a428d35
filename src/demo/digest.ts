import { createHash, createSign, type KeyObject } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { compactTime, dayPath, isoSeconds } from './times.ts';

/** A trail that is digested. */
export interface DigestedTrail {
  readonly accountId: string;
  readonly region: string;
  readonly trail: string;
  readonly bucket: string;
  /** Signs; its public half has this fingerprint. */
  readonly privateKey: KeyObject;
  readonly fingerprint: string;
}

/** A log file as CloudTrail delivered it. */
export interface DeliveredLog {
  readonly key: string;
  /** Uncompressed. */
  readonly content: string;
  readonly oldestEventMs: number;
  readonly newestEventMs: number;
}

export interface Digested {
  readonly key: string;
  /** Compressed. */
  readonly bytes: Buffer;
}

interface Link {
  readonly key: string;
  readonly hash: string;
  readonly signature: string;
}

/**
 * Writes the digests of one trail, each linked to the one before it.
 * Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html
 */
export class DigestWriter {
  readonly #trail: DigestedTrail;
  #previous: Link | undefined;

  constructor(trail: DigestedTrail) {
    this.#trail = trail;
  }

  /** The digest of what was delivered between two times. */
  next(span: { readonly startMs: number; readonly endMs: number }, logs: readonly DeliveredLog[]): Digested {
    const { accountId, region, trail, bucket, privateKey, fingerprint } = this.#trail;
    const name = `${accountId}_CloudTrail-Digest_${region}_${trail}_${region}_${compactTime(span.endMs)}.json.gz`;
    const key = `AWSLogs/${accountId}/CloudTrail-Digest/${region}/${dayPath(span.endMs)}/${name}`;
    const previous = this.#previous;
    const content = JSON.stringify({
      awsAccountId: accountId,
      digestStartTime: isoSeconds(span.startMs),
      digestEndTime: isoSeconds(span.endMs),
      digestS3Bucket: bucket,
      digestS3Object: key,
      digestPublicKeyFingerprint: fingerprint,
      digestSignatureAlgorithm: 'SHA256withRSA',
      newestEventTime: latest(logs),
      oldestEventTime: earliest(logs),
      previousDigestS3Bucket: previous === undefined ? null : bucket,
      previousDigestS3Object: previous?.key ?? null,
      previousDigestHashValue: previous?.hash ?? null,
      previousDigestHashAlgorithm: previous === undefined ? null : 'SHA-256',
      previousDigestSignature: previous?.signature ?? null,
      logFiles: logs.map((log) => ({
        s3Bucket: bucket,
        s3Object: log.key,
        hashValue: sha256(log.content),
        hashAlgorithm: 'SHA-256',
        newestEventTime: isoSeconds(log.newestEventMs),
        oldestEventTime: isoSeconds(log.oldestEventMs),
      })),
    });
    const hash = sha256(content);
    const lines = [isoSeconds(span.endMs), `${bucket}/${key}`, hash, previous?.signature ?? 'null'];
    const signature = createSign('sha256').update(lines.join('\n')).sign(privateKey, 'hex');
    this.#previous = { key, hash, signature };
    return { key, bytes: gzipSync(content) };
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function latest(logs: readonly DeliveredLog[]): string | null {
  return logs.length === 0 ? null : isoSeconds(Math.max(...logs.map((log) => log.newestEventMs)));
}

function earliest(logs: readonly DeliveredLog[]): string | null {
  return logs.length === 0 ? null : isoSeconds(Math.min(...logs.map((log) => log.oldestEventMs)));
}
