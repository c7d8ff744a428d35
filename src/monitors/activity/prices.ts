/**
 * List prices of requests and transfer, S3 Standard, us-east-1, US dollars.
 * Source: https://aws.amazon.com/s3/pricing/ and, for what is not charged,
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/ErrorCodeBilling.html
 */
export const PRICES = {
  asOf: '2025-06-01',
  region: 'us-east-1',
  currency: 'USD',
  /** A gigabyte sent to the internet, up to 10 TB a month. Prices count 1,024^3 bytes. */
  transferOutPerGiB: 0.09,
  /** For 1,000 requests. The first class whose pattern fits an operation is its class; what fits none is of class `get`. */
  classes: [
    {
      name: 'free',
      per1000: 0,
      pattern: '^(REST\\\\.DELETE|BATCH|S3\\\\.(EXPIRE|CREATE\\\\.DELETEMARKER|DELETE))(\\\\.|$)',
    },
    { name: 'multi-delete', per1000: 0, pattern: '^REST\\\\.POST\\\\.MULTI_OBJECT_DELETE$' },
    { name: 'copy source', per1000: 0, pattern: '^REST\\\\.COPY\\\\.(OBJECT|PART)_GET$' },
    { name: 'select', per1000: 0.0004, pattern: '^REST\\\\.POST\\\\.SELECT$' },
    { name: 'put', per1000: 0.005, pattern: '^REST\\\\.(PUT|COPY|POST)\\\\.' },
    { name: 'list', per1000: 0.005, pattern: '^REST\\\\.GET\\\\.(BUCKET|BUCKETVERSIONS|UPLOADS)$' },
    {
      name: 'to Standard-IA, One Zone-IA, Intelligent-Tiering',
      per1000: 0.01,
      pattern: '^S3\\\\.TRANSITION_(SIA|ZIA|INT)\\\\.',
    },
    { name: 'to Glacier Instant Retrieval', per1000: 0.02, pattern: '^S3\\\\.TRANSITION_GIR\\\\.' },
    { name: 'to Glacier Flexible Retrieval', per1000: 0.03, pattern: '^S3\\\\.TRANSITION\\\\.' },
    { name: 'to Glacier Deep Archive', per1000: 0.05, pattern: '^S3\\\\.TRANSITION_GDA\\\\.' },
  ],
  otherPer1000: 0.0004,
} as const;
