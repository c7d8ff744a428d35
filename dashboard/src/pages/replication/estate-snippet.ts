/** Lines of bucketwatch.yaml that make the pairs of an AWS account visible. */
export const ESTATE_CONFIG = `estate:
  - name: main
    region: eu-central-1
`;

/** Lets a bucket tell what is written to it, and what became of its replication. */
export const EVENTS_COMMAND = `aws s3api put-bucket-notification-configuration --bucket your-source-bucket \\
  --notification-configuration '{"QueueConfigurations": [{"QueueArn": "arn:aws:sqs:eu-central-1:111122223333:s3-events",
    "Events": ["s3:ObjectCreated:*", "s3:Replication:*"]}]}'`;
