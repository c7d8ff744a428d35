import type { NonEmpty } from './random.ts';

/** The made-up company whose estate the demo shows: Nimbus Tides, weather for sailors. */
export const ACCOUNT_ID = '111122223333';
export const REGION = 'eu-central-1';
/** Canonical user id of the account, the owner of every bucket. */
export const OWNER_ID = '7f3c9a51e8d24b06b1f5a9c3d7e20846fb19c05d83a74e62b0d9f1386c5ea247';

export type BucketName = 'web' | 'lake' | 'media' | 'backups' | 'billing' | 'logs';

export const BUCKET_NAMES: readonly BucketName[] = ['web', 'lake', 'media', 'backups', 'billing', 'logs'];

export interface Bucket {
  readonly name: string;
  readonly isVersioned: boolean;
  /** Which object calls CloudTrail records, when any; bucket-level calls it always does. */
  readonly trail?: { readonly prefix: string; readonly withReads: boolean };
  /** Which objects the bucket notifies about, and what the message is wrapped in. */
  readonly notifies?: {
    readonly prefix: string;
    readonly envelope: 'none' | 'sns' | 'event-bridge';
    readonly configurationId: string;
  };
}

export const BUCKETS: Readonly<Record<BucketName, Bucket>> = {
  web: { name: 'nimbus-web-assets', isVersioned: false },
  lake: {
    name: 'nimbus-data-lake',
    isVersioned: true,
    trail: { prefix: 'curated/', withReads: false },
    notifies: { prefix: 'curated/', envelope: 'none', configurationId: 'curated-to-catalog' },
  },
  media: {
    name: 'nimbus-media',
    isVersioned: true,
    notifies: { prefix: 'uploads/', envelope: 'sns', configurationId: 'uploads-to-thumbnails' },
  },
  backups: {
    name: 'nimbus-backups',
    isVersioned: true,
    trail: { prefix: '', withReads: false },
    notifies: { prefix: '', envelope: 'none', configurationId: 'backup-arrivals' },
  },
  billing: {
    name: 'nimbus-billing',
    isVersioned: true,
    trail: { prefix: '', withReads: true },
    notifies: { prefix: 'invoices/', envelope: 'event-bridge', configurationId: '' },
  },
  logs: { name: 'nimbus-logs-archive', isVersioned: false },
};

export type CallerName =
  | 'web-app'
  | 'media-app'
  | 'etl'
  | 'analyst'
  | 'invoice-worker'
  | 'backup'
  | 'ci'
  | 'audit'
  | 'cdn'
  | 'dana'
  | 'jonas'
  | 'lifecycle'
  | 'log-delivery'
  | 'visitor'
  | 'crawler'
  | 'scanner';

/** Somebody, or something, that calls S3. */
export interface Caller {
  readonly kind: 'role' | 'user' | 'oai' | 'service' | 'anonymous';
  /** Role, user, identity or service name; empty when anonymous. */
  readonly name: string;
  /** Session names of a role. */
  readonly sessions: NonEmpty<string>;
  readonly addresses: NonEmpty<string>;
  readonly agents: NonEmpty<string>;
  /** Calls from inside AWS name the region they come from. */
  readonly isInAws: boolean;
}

const SDK_JS = 'aws-sdk-js/3.888.0 ua/2.1 os/linux#6.1.148 lang/js md/nodejs#22.19.0 api/s3#3.888.0 m/E,e';
const SDK_PYTHON =
  'Boto3/1.40.31 md/Botocore#1.40.31 ua/2.1 os/linux#6.1.148 md/arch#x86_64 lang/python#3.13.7 m/Z,b,e cfg/retry-mode#standard';
const SDK_SPARK =
  'Hadoop 3.4.1, aws-sdk-java/2.31.78 md/io#sync md/http#Apache ua/2.1 api/S3#2.31.78 os/Linux#5.10.240 lang/java#17.0.16';
const CLI =
  'aws-cli/2.30.4 md/awscrt#0.27.6 ua/2.1 os/linux#6.8.0 md/arch#x86_64 lang/python#3.13.7 md/command#s3.sync';
const CONSOLE =
  'S3Console/0.4, aws-internal/3 aws-sdk-java/1.12.488 Linux/5.10.240 OpenJDK_64-Bit_Server_VM/25.372';
const TERRAFORM =
  'APN/1.0 HashiCorp/1.0 Terraform/1.13.3 terraform-provider-aws/6.14.1 aws-sdk-go-v2/1.39.1 ua/2.1 os/linux';
const PG_BACKREST = 'pgBackRest/2.56.0';

const BROWSERS = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15',
  'Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36',
] as const;

function addresses(prefix: string, count: number): NonEmpty<string> {
  return [
    `${prefix}1`,
    ...Array.from({ length: count - 1 }, (_, index) => `${prefix}${(index + 2).toString(10)}`),
  ];
}

function role(
  name: string,
  sessions: NonEmpty<string>,
  from: NonEmpty<string>,
  ...agents: NonEmpty<string>
): Caller {
  return { kind: 'role', name, sessions, addresses: from, agents, isInAws: true };
}

function outsider(
  kind: 'user' | 'anonymous',
  name: string,
  from: NonEmpty<string>,
  agents: NonEmpty<string>,
): Caller {
  return { kind, name, sessions: [''], addresses: from, agents, isInAws: false };
}

const WEB_HOSTS: NonEmpty<string> = ['i-0a41c7d2e95f3b608', 'i-0c8be1f04d7293a5e', 'i-07d9f26ab31ce4580'];
const SPARK_JOBS: NonEmpty<string> = ['spark-forecast', 'spark-clickstream', 'spark-buoys'];

export const CALLERS: Readonly<Record<CallerName, Caller>> = {
  'web-app': role('nimbus-web-app', WEB_HOSTS, addresses('10.20.4.', 6), SDK_JS),
  'media-app': role('nimbus-media-app', WEB_HOSTS, addresses('10.20.7.', 5), SDK_JS),
  etl: role('nimbus-etl', SPARK_JOBS, addresses('10.40.12.', 18), SDK_SPARK),
  analyst: role('nimbus-analyst', ['athena-workgroup-ops'], addresses('10.40.30.', 3), SDK_PYTHON),
  'invoice-worker': role('nimbus-invoice-worker', ['invoice-nightly'], addresses('10.20.9.', 2), SDK_PYTHON),
  backup: role(
    'nimbus-backup',
    ['pgbackrest', 'restic'],
    addresses('10.20.15.', 3),
    PG_BACKREST,
    'restic/0.18.0',
  ),
  ci: role('nimbus-ci-deploy', ['GitHubActions'], addresses('192.0.2.', 8), CLI),
  audit: role('nimbus-security-audit', ['posture-sweep'], addresses('10.20.2.', 1), SDK_PYTHON),
  cdn: {
    kind: 'oai',
    name: 'E2NIMBUSTIDES7',
    sessions: [''],
    addresses: addresses('198.51.100.', 40),
    agents: ['Amazon CloudFront'],
    isInAws: true,
  },
  dana: outsider('user', 'dana.reyes', ['203.0.113.24', '203.0.113.25'], [CONSOLE, TERRAFORM]),
  jonas: outsider('user', 'jonas.weil', ['203.0.113.41', '2001:db8:41::7'], [CLI, CONSOLE]),
  lifecycle: {
    kind: 'service',
    name: 'AmazonS3',
    sessions: [''],
    addresses: ['-'],
    agents: [''],
    isInAws: false,
  },
  'log-delivery': {
    kind: 'service',
    name: 'svc:cloudtrail.amazonaws.com',
    sessions: [''],
    addresses: ['-'],
    agents: ['cloudtrail.amazonaws.com'],
    isInAws: false,
  },
  visitor: outsider(
    'anonymous',
    '',
    [...addresses('203.0.113.', 200), ...addresses('2001:db8:7::', 120)],
    BROWSERS,
  ),
  crawler: outsider('anonymous', '', addresses('192.0.2.2', 6), [
    'Mozilla/5.0 (compatible; TideBot/2.1; +https://bot.example/about)',
    'feedfetcher/1.9 (+https://feeds.example/)',
  ]),
  scanner: outsider('anonymous', '', ['203.0.113.213'], ['kestrel-probe/0.3 (key-walk; threads=8)']),
};

/** How the keys of one kind of object read. */
export interface KeyPattern {
  /** How many different objects there are; low numbers are asked for far more often. */
  readonly count: number;
  readonly medianBytes: number;
  /** The key of object `index`; `day` is the day of the request, `yyyy/mm/dd`, `hour` is `hh`. */
  keyAt(index: number, day: string, hour: string): string;
}

const PAGES = ['index', 'forecast', 'tides', 'pricing', 'about', 'harbours', 'radar', 'status'] as const;
const MEDIA_NAMES = [
  'regatta start.jpg',
  'Müller (3).jpg',
  'harbour+pier.png',
  'sunset.jpg',
  'club-meeting.mp4',
] as const;

function nth(list: readonly string[], index: number): string {
  return list[index % list.length] ?? '';
}

function digits(value: number, width: number): string {
  return value.toString(10).padStart(width, '0');
}

/** A short stable fingerprint, as bundlers put into file names. */
function fingerprint(index: number): string {
  return (Math.imul(index + 11, 0x9e3779b1) >>> 0).toString(16).padStart(8, '0');
}

export const KEYS = {
  page: {
    count: 240,
    medianBytes: 14_000,
    keyAt: (n) => (n < 8 ? `${nth(PAGES, n)}.html` : `harbours/${digits(n, 4)}.html`),
  },
  script: {
    count: 90,
    medianBytes: 62_000,
    keyAt: (n) => `static/${n % 3 === 0 ? 'chunk' : 'app'}.${fingerprint(n)}.${n % 4 === 3 ? 'css' : 'js'}`,
  },
  tile: {
    count: 9000,
    medianBytes: 21_000,
    keyAt: (n) => `tiles/8/${digits(n % 97, 2)}/${digits(n % 89, 2)}.webp`,
  },
  raw: {
    count: 400_000,
    medianBytes: 5_200_000,
    keyAt: (n, day, hour) =>
      `raw/clickstream/${day}/${hour}/part-${digits(n % 400, 5)}-${fingerprint(n)}.json.gz`,
  },
  buoy: {
    count: 60_000,
    medianBytes: 180_000,
    keyAt: (n, day, hour) => `raw/buoys/${day}/${hour}/buoy-${digits(n % 220, 3)}.avro`,
  },
  curated: {
    count: 400_000,
    medianBytes: 38_000_000,
    keyAt: (n, day) =>
      `curated/${n % 3 === 0 ? 'forecast' : 'sessions'}/${day}/part-${digits(n % 64, 5)}-${fingerprint(n)}.snappy.parquet`,
  },
  staging: {
    count: 400_000,
    medianBytes: 2_400_000,
    keyAt: (n, day) => `tmp/_temporary/${day}/attempt_${digits(n, 6)}/part-${digits(n % 64, 5)}`,
  },
  query: {
    count: 400_000,
    medianBytes: 90_000,
    keyAt: (n, day) => `athena-results/${day}/${fingerprint(n)}${fingerprint(n + 7)}.csv`,
  },
  upload: {
    count: 30_000,
    medianBytes: 3_100_000,
    keyAt: (n, day) => `uploads/${day}/${fingerprint(n)}-${nth(MEDIA_NAMES, n)}`,
  },
  photo: {
    count: 14_000,
    medianBytes: 2_400_000,
    keyAt: (n) => `photos/${digits(n % 700, 4)}/${fingerprint(n)}.jpg`,
  },
  thumbnail: {
    count: 14_000,
    medianBytes: 16_000,
    keyAt: (n) => `thumbnails/${digits(n % 700, 4)}/${fingerprint(n)}_320.webp`,
  },
  video: { count: 160, medianBytes: 95_000_000, keyAt: (n) => `video/${fingerprint(n)}/1080p.mp4` },
  invoice: {
    count: 5000,
    medianBytes: 84_000,
    keyAt: (n, day) => `invoices/${day.slice(0, 7)}/INV-${digits(n + 20_000, 6)}.pdf`,
  },
  ledger: {
    count: 60,
    medianBytes: 1_200_000,
    keyAt: (n, day) => `ledger/${day.slice(0, 4)}/ledger-${digits((n % 12) + 1, 2)}.csv`,
  },
  log: {
    count: 400_000,
    medianBytes: 33_000,
    keyAt: (n, day, hour) => `AWSLogs/${ACCOUNT_ID}/elb/${day}/${hour}-${fingerprint(n)}.log.gz`,
  },
  trail: {
    count: 400_000,
    medianBytes: 9000,
    keyAt: (n, day) => `AWSLogs/${ACCOUNT_ID}/CloudTrail/${REGION}/${day}/${fingerprint(n)}.json.gz`,
  },
  archive: {
    count: 3000,
    medianBytes: 880_000_000,
    keyAt: (n) => `gitlab/2024/${digits((n % 12) + 1, 2)}/${fingerprint(n)}.tar`,
  },
} as const satisfies Record<string, KeyPattern>;

export type KeyName = keyof typeof KEYS;

export const REFERERS: NonEmpty<string> = [
  'https://www.nimbustides.example/',
  'https://www.nimbustides.example/forecast',
  'https://app.nimbustides.example/radar',
  '-',
];
