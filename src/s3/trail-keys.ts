/** The public keys CloudTrail signs its digests with. */
import { CloudTrailClient, ListPublicKeysCommand } from '@aws-sdk/client-cloudtrail';
import { credentialsOf, type S3Identity } from './credentials.ts';
import { s3Fault } from './s3-fault.ts';

export interface TrailKeyOptions extends S3Identity {
  /** URL of another endpoint than AWS's. */
  readonly endpoint?: string;
}

export interface TrailKeyRequest {
  readonly region: string;
  readonly startMs: number;
  readonly endMs: number;
}

export interface PublicTrailKey {
  readonly fingerprint: string;
  /** DER, PKCS #1. */
  readonly der: Uint8Array;
}

const PAGES_MAX = 100;

/** Keys that were valid in a region at some time of the range. Throws a `Fault` when they cannot be had. */
export async function listTrailKeys(
  request: TrailKeyRequest,
  options: TrailKeyOptions,
): Promise<PublicTrailKey[]> {
  const { region, startMs, endMs } = request;
  const { endpoint } = options;
  const client = new CloudTrailClient({
    region,
    credentials: credentialsOf(options),
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 5_000, socketTimeout: 10_000 },
    ...(endpoint === undefined ? {} : { endpoint }),
  });
  const keys: PublicTrailKey[] = [];
  try {
    let token: string | undefined;
    for (let page = 0; page < PAGES_MAX; page += 1) {
      const answer = await client.send(
        new ListPublicKeysCommand({
          StartTime: new Date(startMs),
          EndTime: new Date(endMs),
          NextToken: token,
        }),
      );
      for (const { Fingerprint: fingerprint, Value: der } of answer.PublicKeyList ?? [])
        if (fingerprint !== undefined && der !== undefined) keys.push({ fingerprint, der });
      token = answer.NextToken;
      if (token === undefined) break;
    }
    return keys;
  } catch (error) {
    throw s3Fault(error, {
      what: `list the public keys of CloudTrail in ${region}`,
      action: 'cloudtrail:ListPublicKeys',
      resource: '*',
    });
  } finally {
    client.destroy();
  }
}
