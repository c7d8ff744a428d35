/** Settings of clients of the AWS SDK that send a request once. */
import { credentialsOf, type S3Identity } from './credentials.ts';

const CONNECT_MS_MAX = 5_000;
const SILENCE_MS_MAX = 10_000;

interface Place {
  readonly region: string;
  /** URL of a service other than AWS. */
  readonly endpoint?: string;
}

/** For what is not harmless to repeat: whether and when to try again is for who asks. Throws a `Fault` of code `invalid` for half a key. */
export function singleTry({ region, endpoint }: Place, identity: S3Identity) {
  return {
    region,
    credentials: credentialsOf(identity),
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: CONNECT_MS_MAX,
      requestTimeout: SILENCE_MS_MAX,
      throwOnRequestTimeout: true,
    },
    ...(endpoint === undefined ? {} : { endpoint }),
  };
}
