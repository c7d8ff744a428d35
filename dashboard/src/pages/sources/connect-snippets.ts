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
    when: 'Access logs or CloudTrail files that AWS or another store delivers into a bucket. It is listed every minute, and its own credentials are enough to read it.',
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
];
