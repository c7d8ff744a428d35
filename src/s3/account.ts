/** Which AWS account we are in. */
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { credentialsOf, type S3Identity } from './credentials.ts';

const FALLBACK_REGION = 'us-east-1';
const ATTEMPTS = 3;

/** The account id of 12 digits. Nobody needs a permission to ask; throws what the SDK throws. */
export async function accountOf(
  options: S3Identity & { readonly region?: string },
  signal: AbortSignal,
): Promise<string> {
  const client = new STSClient({
    region: options.region ?? FALLBACK_REGION,
    credentials: credentialsOf(options),
    maxAttempts: ATTEMPTS,
    requestHandler: { connectionTimeout: 5_000, socketTimeout: 30_000 },
  });
  try {
    const identity = await client.send(new GetCallerIdentityCommand({}), { abortSignal: signal });
    return identity.Account ?? '';
  } finally {
    client.destroy();
  }
}
