/** An app over a store with requests that a test makes up, and the same requests to compute the right answers from. */
import { rmSync } from 'node:fs';
import { type App, openApp } from '../src/app.ts';
import { configSchema } from '../src/config/schema.ts';
import { randomOf } from '../src/demo/random.ts';
import { silentLog } from '../src/lib/log.ts';
import { keptFolder } from './temp.ts';

/** A row of `requests`; what a test does not say is at the column's default. */
export interface MadeRequest {
  readonly bucket: string;
  /** Milliseconds since 1970 UTC, whole seconds. */
  readonly timeMs: number;
  readonly requester: string;
  readonly remote_ip: string;
  readonly user_agent: string;
  readonly operation: string;
  readonly key: string;
  readonly http_status: number;
  readonly error_code: string;
  readonly bytes_sent: number;
  readonly bytes_received: number;
  readonly object_size: number | null;
  readonly total_time_ms: number | null;
  readonly turn_around_time_ms: number | null;
  readonly signature_version: string;
  readonly authentication_type: string;
  readonly cipher_suite: string;
  readonly tls_version: string;
  readonly host_header: string;
  readonly acl_required: string;
  readonly request_id: string;
}

const ORDINARY: MadeRequest = {
  bucket: 'media',
  timeMs: 0,
  requester: 'arn:aws:iam::111122223333:user/dana',
  remote_ip: '192.0.2.1',
  user_agent: 'aws-cli/2.31.3',
  operation: 'REST.GET.OBJECT',
  key: 'photos/1.jpg',
  http_status: 200,
  error_code: '',
  bytes_sent: 1000,
  bytes_received: 0,
  object_size: 1000,
  total_time_ms: 20,
  turn_around_time_ms: 15,
  signature_version: 'SigV4',
  authentication_type: 'AuthHeader',
  cipher_suite: 'TLS_AES_128_GCM_SHA256',
  tls_version: 'TLSv1.3',
  host_header: 's3.eu-central-1.amazonaws.com',
  acl_required: '',
  request_id: '',
};

export function made(change: Partial<MadeRequest>): MadeRequest {
  return { ...ORDINARY, ...change };
}

export interface ActivityStore {
  readonly app: App;
  add(requests: readonly MadeRequest[]): Promise<void>;
  /** The answer of a route, a path below /api/v1; fails the test unless it is 200. */
  get(path: string): Promise<Answer>;
  close(): Promise<void>;
}

export type Answer = Record<string, unknown> & { readonly rows: readonly Record<string, unknown>[] };

/** Opens an app whose clock stands still. */
export async function openActivityStore(nowMs: number): Promise<ActivityStore> {
  const folder = keptFolder();
  const clock = { nowMs: () => nowMs, sleep: () => Promise.resolve() };
  const app = await openApp(configSchema.parse({ data: folder }), {}, { clock, log: silentLog });
  let batches = 0;
  return {
    app,
    async add(requests) {
      batches += 1;
      const rows = requests.map(({ timeMs, ...rest }, index) => ({
        ...rest,
        batch_id: batches,
        line_number: index + 1,
        time: new Date(timeMs).toISOString(),
      }));
      await app.engine.insertRows({ table: 'requests', rows });
    },
    async get(path) {
      const response = await app.api.request(`/api/v1${path}`);
      const text = await response.text();
      if (response.status !== 200) throw new Error(`GET ${path}: ${response.status} ${text}`);
      return JSON.parse(text) as Answer;
    },
    async close() {
      await app.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Requests of a few callers with a mix of everything, spread evenly at random over the span. */
export function mixedRequests(
  seed: number,
  count: number,
  span: { readonly startMs: number; readonly endMs: number },
): MadeRequest[] {
  const random = randomOf(seed);
  const one = <Value>(values: readonly Value[]): Value => {
    const value = values[Math.floor(random() * values.length)];
    if (value === undefined) throw new Error('nothing to choose from');
    return value;
  };
  return Array.from({ length: count }, (_, index) => {
    const isAnonymous = random() < 0.2;
    const status = one([200, 200, 200, 204, 304, 403, 404, 500, 503]);
    const totalMs = random() < 0.05 ? null : Math.floor(random() ** 4 * 20_000);
    return made({
      bucket: one(['media', 'lake', 'web']),
      timeMs: Math.floor((span.startMs + random() * (span.endMs - span.startMs)) / 1000) * 1000,
      requester: isAnonymous ? '' : `arn:aws:iam::111122223333:user/${one(['dana', 'jonas', 'mira'])}`,
      remote_ip: `192.0.2.${Math.floor(random() * 9)}`,
      user_agent: one(['aws-cli/2.31.3', 'Boto3/1.40', 'Mozilla/5.0 (X11) Firefox/140.0']),
      operation: one(['REST.GET.OBJECT', 'REST.PUT.OBJECT', 'REST.GET.BUCKET', 'REST.DELETE.OBJECT']),
      key: `${one(['photos', 'raw', 'logs'])}/${Math.floor(random() * 40)}`,
      http_status: status,
      error_code:
        { 403: 'AccessDenied', 404: 'NoSuchKey', 500: 'InternalError', 503: 'SlowDown' }[status] ?? '',
      bytes_sent: Math.floor(random() * 5000),
      bytes_received: random() < 0.3 ? Math.floor(random() * 5000) : 0,
      object_size: random() < 0.1 ? null : Math.floor(random() * 5000),
      total_time_ms: totalMs,
      turn_around_time_ms: totalMs === null || random() < 0.05 ? null : Math.floor(totalMs * 0.7),
      signature_version: isAnonymous ? '' : one(['SigV4', 'SigV4', 'SigV2']),
      authentication_type: isAnonymous ? '' : one(['AuthHeader', 'QueryString']),
      ...one([
        { tls_version: 'TLSv1.3' },
        { tls_version: 'TLSv1.2' },
        { tls_version: 'TLSV1.1' },
        { tls_version: '', cipher_suite: '' },
      ]),
      acl_required: one(['', '', 'Yes']),
      request_id: `R${index}`,
    });
  });
}
