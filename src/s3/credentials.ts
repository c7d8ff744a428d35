/** Who we are to the store: keys of the configuration, or the SDK's usual chain, then perhaps a role. */
import type { S3ClientConfig } from '@aws-sdk/client-s3';
import { fromNodeProviderChain, fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { Fault } from '../lib/fault.ts';
import { credentialsFault } from './s3-fault.ts';

export interface S3Identity {
  /** A profile of the AWS configuration files. */
  readonly profile?: string;
  /** A role to assume with the identity found. */
  readonly roleArn?: string;
  readonly roleSessionName?: string;
  /** Given with its secret; else environment, profile, SSO, container or machine role, in the SDK's order. */
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
}

type Provider = ReturnType<typeof fromTemporaryCredentials>;

/** What the SDK asks for credentials; it throws a `Fault` that says how to mend it. */
export function credentialsOf(identity: S3Identity): NonNullable<S3ClientConfig['credentials']> {
  const { roleArn } = identity;
  const base = baseOf(identity);
  if (roleArn === undefined) return typeof base === 'function' ? explained(base) : base;
  return explained(
    fromTemporaryCredentials({
      masterCredentials: typeof base === 'function' ? explained(base) : base,
      params: { RoleArn: roleArn, RoleSessionName: identity.roleSessionName ?? 'bucketwatch' },
    }),
    roleArn,
  );
}

function baseOf(identity: S3Identity) {
  const { accessKeyId, secretAccessKey, profile } = identity;
  if ((accessKeyId === undefined) !== (secretAccessKey === undefined)) {
    throw new Fault(
      'invalid',
      'Cannot use half a key: give access_key_id and secret_access_key, or neither.',
    );
  }
  if (accessKeyId !== undefined && secretAccessKey !== undefined) return { accessKeyId, secretAccessKey };
  return fromNodeProviderChain(profile === undefined ? {} : { profile });
}

function explained(provider: Provider, roleArn?: string): Provider {
  return async (caller) => {
    try {
      return await provider(caller);
    } catch (error) {
      throw credentialsFault(error, roleArn);
    }
  };
}
