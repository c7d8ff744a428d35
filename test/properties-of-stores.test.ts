/** Logs of other stores: what was rendered comes back, and no record is lost among brackets, commas and rubbish. */
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatNamed } from '../src/formats/all.ts';
import { openTestStore, type TestStore } from './format-store.ts';

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

const word = fc.stringMatching(/^[A-Za-z0-9/+:._][A-Za-z0-9/+:._-]{0,20}$/);
const bucket = fc.stringMatching(/^[a-z0-9][a-z0-9.-]{2,20}$/);
/** Anything JSON can carry: quotes, braces, line ends, other scripts. */
const key = fc
  .oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
    fc.constantFrom('}{', '},{"bucket":', '}{"version":', 'a\nb', '\\', '[', ','),
  )
  .filter((text) => text !== '-' && text.isWellFormed());
const agent = fc.oneof(fc.constant(''), fc.string({ unit: 'grapheme-ascii', maxLength: 40 }));
const size = fc.nat({ max: 4_000_000_000 });

const request = fc.record({
  second: fc.integer({ min: 0, max: 59 }),
  remote_ip: fc.oneof(fc.ipV4(), fc.ipV6()),
  requester: fc.oneof(fc.constant(''), word),
  request_id: word,
  bucket,
  key,
  kind: fc.constantFrom('put', 'get', 'delete', 'list'),
  http_status: fc.constantFrom(200, 204, 403, 404, 500),
  sent: size,
  received: size,
  total_time_ms: size,
  user_agent: agent,
});
type Request = typeof request extends fc.Arbitrary<infer Value> ? Value : never;

const OPERATIONS = {
  put: { minio: 'PutObject', rgw: 'put_obj', s3: 'REST.PUT.OBJECT', method: 'PUT' },
  get: { minio: 'GetObject', rgw: 'get_obj', s3: 'REST.GET.OBJECT', method: 'GET' },
  delete: { minio: 'DeleteObject', rgw: 'delete_obj', s3: 'REST.DELETE.OBJECT', method: 'DELETE' },
  list: { minio: 'ListObjectsV2', rgw: 'list_bucket', s3: 'REST.GET.BUCKET', method: 'GET' },
} as const;

const keyOf = (value: Request): string => (value.kind === 'list' ? '' : value.key);
const timeOf = ({ second }: Request): string => `2026-03-01 10:00:${String(second).padStart(2, '0')}`;
const without = (row: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(row).filter(([, field]) => field !== '' && field !== 0 && field !== null),
  );

function minioRecord(value: Request): string {
  const { kind, http_status: statusCode } = value;
  return JSON.stringify({
    version: '1',
    deploymentid: 'd',
    time: `${timeOf(value).replace(' ', 'T')}.123456789Z`,
    trigger: 'incoming',
    api: {
      name: OPERATIONS[kind].minio,
      bucket: value.bucket,
      object: keyOf(value),
      statusCode,
      rx: value.received,
      tx: value.sent,
      timeToResponseInNS: `${value.total_time_ms}000000`,
    },
    remotehost: value.remote_ip,
    requestID: value.request_id,
    userAgent: value.user_agent,
    accessKey: value.requester,
  });
}

function rgwEntry(value: Request): string {
  const { kind } = value;
  return JSON.stringify({
    bucket: value.bucket,
    object: keyOf(value) === '' ? '-' : keyOf(value),
    time: `${timeOf(value)}.123456Z`,
    remote_addr: value.remote_ip,
    user: value.requester === '' ? 'anonymous' : value.requester,
    operation: OPERATIONS[kind].rgw,
    uri: `${OPERATIONS[kind].method} /x HTTP/1.1`,
    http_status: `${value.http_status}`,
    bytes_sent: value.sent,
    bytes_received: value.received,
    object_size: value.received,
    total_time: value.total_time_ms,
    user_agent: value.user_agent,
    trans_id: value.request_id,
  });
}

/** The columns that both formats have of a request, without those at their default. */
function sharedRow(value: Request): Record<string, unknown> {
  return {
    bucket: value.bucket,
    time: timeOf(value),
    remote_ip: value.remote_ip,
    requester: value.requester,
    request_id: value.request_id,
    operation: OPERATIONS[value.kind].s3,
    key: keyOf(value),
    http_status: value.http_status,
    bytes_sent: value.sent,
    user_agent: value.user_agent,
    tls_version: 'unknown',
  };
}

function minioRow(value: Request): Record<string, unknown> {
  const isSuccess = Math.floor(value.http_status / 100) === 2;
  return {
    ...without({ ...sharedRow(value), bytes_received: isSuccess ? value.received : 0 }),
    ...(value.kind === 'put' ? { object_size: value.received } : {}),
    total_time_ms: value.total_time_ms,
    extra_fields: [`api.name=${OPERATIONS[value.kind].minio}`, 'deploymentid=d'],
  };
}

function rgwRow(value: Request): Record<string, unknown> {
  return {
    ...without({
      ...sharedRow(value),
      bytes_received: value.received,
      request_uri: `${OPERATIONS[value.kind].method} /x HTTP/1.1`,
      authentication_type: value.requester === '' ? '' : 'AuthHeader',
    }),
    ...(value.kind === 'put' || value.kind === 'get' ? { object_size: value.received } : {}),
    total_time_ms: value.total_time_ms,
    extra_fields: [`operation=${OPERATIONS[value.kind].rgw}`],
  };
}

const STORES = [
  { format: formatNamed('minio-audit'), rendered: minioRecord, rowOf: minioRow },
  { format: formatNamed('rgw-ops-log'), rendered: rgwEntry, rowOf: rgwRow },
];

/** How records follow one another: a line each, a list, entries of a socket, one behind the other. */
const LAYOUTS: readonly ((records: readonly string[]) => string)[] = [
  (records) => records.join('\n'),
  (records) => `[${records.join(',')}]`,
  (records) => `[${records.join(',\n')},\n`,
  (records) => records.join(''),
  (records) => `[\r\n${records.join(' , \r\n')}\r\n]\r\n`,
];

const RUBBISH = ['{"bucket":', 'oops', '{}', '{"version":"1"}', '7', '"}{"', '\u0000\u0007'];

describe.each(STORES)('$format.name', ({ format, rendered, rowOf }) => {
  it('stores no secret of its fixtures, neither in facts nor in rejects', async () => {
    const folder = new URL(`../src/formats/${format.name}/fixtures/`, import.meta.url);
    const files = readdirSync(folder).filter((name) => name.endsWith('.log'));
    const batches = files.map((name) => readFileSync(new URL(name, folder)));
    expect(Buffer.concat(batches).toString()).toContain('topsecret');
    const loaded = await store.load(format, batches);
    expect(loaded.flatMap(({ rejects }) => rejects).some(({ line }) => line.includes('REDACTED'))).toBe(true);
    expect(JSON.stringify(loaded)).not.toMatch(/topsecret/);
  });

  it('gives back what was rendered, however the records follow one another', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(request, { minLength: 20, maxLength: 100 }),
        fc.constantFrom(...LAYOUTS),
        async (requests, layout) => {
          const [loaded] = await store.load(format, [Buffer.from(layout(requests.map(rendered)))]);
          const facts = (loaded?.facts ?? []).map(({ line_number: _l, record_number: _r, ...row }) => row);
          expect(loaded?.rejects).toEqual([]);
          expect(facts).toEqual(requests.map(rowOf));
          const places = new Set(
            loaded?.facts.map((row) => JSON.stringify([row['line_number'], row['record_number']])),
          );
          expect(places.size).toBe(requests.length);
        },
      ),
      { numRuns: 12, endOnFailure: true },
    );
  });

  it('makes every line facts, rejects or skipped, and a broken record takes no other with it', async () => {
    const piece = fc.oneof(request.map(rendered), fc.constantFrom(...RUBBISH));
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { minLength: 20, maxLength: 100 }), async (pieces) => {
        const [loaded] = await store.load(format, [Buffer.from(pieces.join('\n'))]);
        const broken = pieces.filter((text) => RUBBISH.includes(text)).length;
        expect(loaded?.tally.facts).toBe(pieces.length - broken);
        expect(loaded?.tally.rejects).toBe(broken);
        expect(loaded?.facts.length).toBe(loaded?.tally.facts);
        expect(loaded?.rejects.length).toBe(loaded?.tally.rejects);
      }),
      { numRuns: 15, endOnFailure: true },
    );
  });

  it('counts every line that is not blank, whatever its bytes', async () => {
    const line = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      fc
        .tuple(request, fc.nat({ max: 400 }), fc.uint8Array({ maxLength: 6 }))
        .map(([value, place, bytes]) => {
          const text = Buffer.from(rendered(value));
          return Buffer.concat([text.subarray(0, place), bytes, text.subarray(place + bytes.length)]);
        }),
      fc.stringMatching(/^["[\]{},: a-z0-9]{0,80}$/).map((text) => Buffer.from(text)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 30, maxLength: 120 }), async (lines) => {
        const bytes = Buffer.concat(lines.flatMap((piece) => [piece, Buffer.from('\n')]));
        const [loaded] = await store.load(format, [bytes]);
        const wanted = bytes
          .toString('latin1')
          .split('\n')
          .filter((text) => !/^ *\r* *$/.test(text)).length;
        const { facts, rejects, skipped } = loaded?.tally ?? { facts: 0, rejects: 0, skipped: 0 };
        expect(facts + rejects + skipped).toBeGreaterThanOrEqual(wanted);
        expect(loaded?.facts.length).toBe(facts);
        expect(loaded?.rejects.length).toBe(rejects);
      }),
      { numRuns: 15, endOnFailure: true },
    );
  });
});
