/** Lines of the formats that replication is known from, for tests. */

/** A look at the replication rules of a bucket, as the estate source writes it. */
export function configLine(look: {
  readonly bucket: string;
  /** ISO 8601. */
  readonly observedAt: string;
  readonly rules?: readonly object[];
  readonly state?: 'present' | 'absent' | 'denied';
}): string {
  const { bucket, observedAt, rules, state = 'present' } = look;
  const document = {
    ReplicationConfiguration: { Role: 'arn:aws:iam::111122223333:role/replicate', Rules: rules ?? [] },
  };
  return JSON.stringify({
    aspect: 'replication',
    bucket,
    store: 'main',
    account_id: '111122223333',
    endpoint: '',
    region: 'eu-west-1',
    state,
    document: state === 'present' ? JSON.stringify(document) : '',
    reason: state === 'denied' ? 'access denied' : '',
    observed_at: observedAt,
  });
}

/** A notification of S3. */
export function eventLine(event: {
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string;
  /** ISO 8601. */
  readonly at: string;
  readonly size: number;
  /** Without `s3:`. */
  readonly name?: string;
  readonly replication?: {
    readonly destination: string;
    readonly failureReason?: string;
    readonly operation?: string;
  };
}): string {
  const { bucket, key, versionId, at, size, name = 'ObjectCreated:Put', replication } = event;
  const isCreation = name.startsWith('ObjectCreated:') || name.startsWith('ObjectRemoved:');
  return JSON.stringify({
    Records: [
      {
        eventVersion: '2.5',
        eventSource: 'aws:s3',
        awsRegion: 'eu-west-1',
        eventTime: at,
        eventName: name,
        userIdentity: { principalId: 'AWS:AIDAEXAMPLE' },
        requestParameters: { sourceIPAddress: '192.0.2.1' },
        responseElements: { 'x-amz-request-id': `R${bucket}${versionId}${at}`, 'x-amz-id-2': 'x' },
        s3: {
          s3SchemaVersion: '1.0',
          configurationId: 'all',
          bucket: { name: bucket, ownerIdentity: { principalId: 'A' }, arn: `arn:aws:s3:::${bucket}` },
          object: {
            key: encodeURIComponent(key),
            size,
            eTag: 'd41d8cd98f00b204e9800998ecf8427e',
            versionId,
            ...(isCreation ? { sequencer: `0055AED6DCD9${String(Date.parse(at)).slice(-6)}` } : {}),
          },
        },
        ...(replication === undefined
          ? {}
          : {
              replicationEventData: {
                replicationRuleId: 'all',
                destinationBucket: `arn:aws:s3:::${replication.destination}`,
                s3Operation: replication.operation ?? 'OBJECT_PUT',
                requestTime: at,
                failureReason: replication.failureReason ?? '',
              },
            }),
      },
    ],
  });
}
