/** A way to bring facts in, as text to paste. */
export interface ConnectSnippet {
  readonly id: string;
  readonly title: string;
  readonly when: string;
  /** Lines of bucketwatch.yaml. */
  readonly config: string;
  /** What has to be done elsewhere, as a sentence and the lines to type or paste there. */
  readonly elsewhere: readonly { readonly words: string; readonly text: string }[];
}

/** Each is a whole configuration: what is under `sources` goes into the file there is. */
export const CONNECT_SNIPPETS: readonly ConnectSnippet[] = [
  {
    id: 'bucket',
    title: 'Log bucket',
    when: 'Access logs or CloudTrail files that AWS or another store delivers into a bucket. It is listed every minute, and read-only credentials are enough.',
    config: `sources:
  - kind: bucket-listing
    name: access-logs
    uri: s3://your-log-bucket/prefix/
    # For a store other than AWS:
    # endpoint: https://minio.example.com:9000
    # access_key_id: \${S3_KEY_ID}
    # secret_access_key: \${S3_SECRET}
`,
    elsewhere: [
      {
        words: 'Let a bucket write its access logs there:',
        text: `aws s3api put-bucket-logging --bucket your-bucket --bucket-logging-status '{"LoggingEnabled": {"TargetBucket": "your-log-bucket", "TargetPrefix": "prefix/"}}'`,
      },
      {
        words: 'What the reader has to be allowed:',
        text: `{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::your-log-bucket"},
  {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::your-log-bucket/prefix/*"}
]}`,
      },
    ],
  },
  {
    id: 'files',
    title: 'Files',
    when: 'Logs in a folder of this machine, plain or gzipped: copied by another program, or kept from before.',
    config: `sources:
  - kind: files
    name: log-folder
    path: /var/log/s3/
`,
    elsewhere: [
      { words: 'Or once, without following them:', text: 'npm run bucketwatch -- ingest /var/log/s3/' },
    ],
  },
  {
    id: 'cloudwatch',
    title: 'CloudWatch',
    when: 'The request metrics that S3 counts, to compare the logs with: whether every request was logged. AWS charges for request metrics and for reading them.',
    config: `sources:
  - kind: cloudwatch
    name: counted
    region: eu-west-1
`,
    elsewhere: [
      {
        words: 'Let S3 count the requests of a bucket, all of them in one filter:',
        text: 'aws s3api put-bucket-metrics-configuration --bucket your-bucket --id EntireBucket --metrics-configuration Id=EntireBucket',
      },
      {
        words: 'What the reader has to be allowed:',
        text: `{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Action": ["cloudwatch:ListMetrics", "cloudwatch:GetMetricData"], "Resource": "*"}
]}`,
      },
    ],
  },
  {
    id: 'queue',
    title: 'Queue',
    when: 'S3 tells an SQS queue of each new log object, or of what happens to objects: facts come as soon as the message does. Directly, over SNS or over EventBridge.',
    config: `sources:
  - kind: queue
    name: log-announcements
    url: https://sqs.eu-west-1.amazonaws.com/111122223333/s3-logs
`,
    elsewhere: [
      {
        words: 'The policy of the queue, which lets S3 send to it:',
        text: `{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sqs:SendMessage",
   "Resource": "arn:aws:sqs:eu-west-1:111122223333:s3-logs",
   "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::your-log-bucket"},
                 "StringEquals": {"aws:SourceAccount": "111122223333"}}}
]}`,
      },
      {
        words: 'What the reader has to be allowed:',
        text: `{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Resource": "arn:aws:sqs:eu-west-1:111122223333:s3-logs",
   "Action": ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility",
              "sqs:GetQueueAttributes", "sqs:GetQueueUrl"]},
  {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::your-log-bucket/*"},
  {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::your-log-bucket"}
]}`,
      },
    ],
  },
  {
    id: 'webhook',
    title: 'Webhook',
    when: 'A store that sends its events over HTTP, as MinIO and Ceph do. The sender shows a secret that opens nothing else.',
    config: `sources:
  - kind: webhook
    name: minio
    secret: \${WEBHOOK_SECRET}
`,
    elsewhere: [
      {
        words: 'MinIO sends its events:',
        text: `mc admin config set myminio notify_webhook:bucketwatch \\
  endpoint="http://bucketwatch.example:8484/api/v1/ingest/minio" \\
  auth_token="Bearer $WEBHOOK_SECRET" queue_dir="/var/lib/minio/events"
mc admin service restart myminio
mc event add myminio/my-bucket arn:minio:sqs::bucketwatch:webhook --event put,delete`,
      },
      {
        words: 'Ceph sends its events, to a webhook named ceph:',
        text: `aws --endpoint-url https://rgw.example sns create-topic --name bucketwatch --attributes \\
  '{"push-endpoint": "https://any:'"$WEBHOOK_SECRET"'@bucketwatch.example/api/v1/ingest/ceph", "persistent": "true"}'
aws --endpoint-url https://rgw.example s3api put-bucket-notification-configuration --bucket my-bucket \\
  --notification-configuration '{"TopicConfigurations": [{"Id": "bucketwatch",
    "TopicArn": "arn:aws:sns:default::bucketwatch", "Events": []}]}'`,
      },
    ],
  },
  {
    id: 'minio-audit',
    title: 'MinIO audit log',
    when: 'Every request to a MinIO server, as its audit log has them: they become requests like those of an access log.',
    config: `sources:
  - kind: webhook
    name: minio-audit
    format: minio-audit
    secret: \${WEBHOOK_SECRET}
`,
    elsewhere: [
      {
        words: 'MinIO sends its audit log:',
        text: `mc admin config set myminio audit_webhook:bucketwatch \\
  endpoint="http://bucketwatch.example:8484/api/v1/ingest/minio-audit" \\
  auth_token="Bearer $WEBHOOK_SECRET" queue_dir="/var/lib/minio/audit"
mc admin service restart myminio`,
      },
    ],
  },
];
