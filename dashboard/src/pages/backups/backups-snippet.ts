/** Lines of bucketwatch.yaml that have a bucket watched for backups. */
export const DISCOVER_CONFIG = `estate:
  - name: main
    region: eu-central-1
backups:
  discover:
    - bucket: your-backup-bucket
`;

/** Says what a bucket holds, without a server. */
export const CHECK_COMMAND = 'npm run bucketwatch -- backups check --bucket your-backup-bucket';
