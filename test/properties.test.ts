import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessLog } from '../src/formats/access-log/format.ts';
import { FORMATS } from '../src/formats/all.ts';
import { openTestStore, type TestStore } from './format-store.ts';

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

/** Text of a space-free field that is never a dash, which stands for an empty one. */
const word = fc.stringMatching(/^[A-Za-z0-9/+=:._][A-Za-z0-9/+=:._-]{0,20}$/);
const maybe = (arbitrary: fc.Arbitrary<string>): fc.Arbitrary<string> => fc.oneof(fc.constant(''), arbitrary);
const count = fc.nat({ max: 4_000_000_000 });
const key = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
  .filter((text) => text !== '-' && text.isWellFormed());
/** What clients put into headers: anything printable, quotes and spaces included, but not at the ends. */
const header = fc
  .stringMatching(/^[A-Za-z(][ -~]{0,40}[A-Za-z0-9/)]$/)
  .filter((text) => !/" "|" -|- "|(?:signature|token|key|secret|password|passwd|sig)=/i.test(text));

const record = fc.record({
  second: fc.integer({ min: 0, max: 86_399 }),
  remote_ip: maybe(fc.ipV4()),
  requester: maybe(
    fc.oneof(word, fc.constant('arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1')),
  ),
  request_id: word,
  operation: fc.constantFrom(
    'REST.GET.OBJECT',
    'REST.PUT.OBJECT',
    'BATCH.DELETE.OBJECT',
    'S3.COMPUTE.OBJECT.CHECKSUM',
    'WEBSITE.GET.OBJECT',
  ),
  key: maybe(key),
  path: fc
    .stringMatching(/^[a-z0-9/"?=.]{0,20}$/)
    .filter((text) => !/(?:token|key|secret|passw|sig\w*)=/.test(text)),
  http_status: fc.integer({ min: 100, max: 599 }),
  error_code: maybe(fc.constantFrom('NoSuchKey', 'AccessDenied')),
  bytes_sent: count,
  object_size: fc.option(count),
  total_time_ms: fc.option(count),
  turn_around_time_ms: fc.option(count),
  referer: maybe(header),
  user_agent: maybe(header),
  version_id: maybe(word),
  host_id: maybe(word),
  signature_version: fc.constantFrom('', 'SigV2', 'SigV4'),
  cipher_suite: maybe(fc.constant('TLS_AES_128_GCM_SHA256')),
  authentication_type: fc.constantFrom('', 'AuthHeader', 'QueryString'),
  host_header: maybe(word),
  tls_version: fc.constantFrom('', 'TLSv1.2', 'TLSv1.3'),
  acl_required: fc.constantFrom('', 'Yes'),
});
type Generated = typeof record extends fc.Arbitrary<infer Value> ? Value : never;

const two = (value: number): string => String(value).padStart(2, '0');
const clock = ({ second }: Generated): string =>
  `${two(Math.floor(second / 3600))}:${two(Math.floor(second / 60) % 60)}:${two(second % 60)}`;
const orDash = (value: string | number | null): string =>
  value === '' || value === null ? '-' : String(value);

/** S3 encodes the key once more than the URI does. */
function rendered(value: Generated): string {
  const fields = [
    'owner',
    'bucket',
    `[01/Mar/2026:${clock(value)} +0000]`,
    orDash(value.remote_ip),
    orDash(value.requester),
    value.request_id,
    value.operation,
    orDash(encodeURIComponent(encodeURIComponent(value.key))),
    `"GET /${value.path} HTTP/1.1"`,
    value.http_status,
    orDash(value.error_code),
    value.bytes_sent,
    orDash(value.object_size),
    orDash(value.total_time_ms),
    orDash(value.turn_around_time_ms),
    `"${orDash(value.referer)}"`,
    `"${orDash(value.user_agent)}"`,
    orDash(value.version_id),
    orDash(value.host_id),
    orDash(value.signature_version),
    orDash(value.cipher_suite),
    orDash(value.authentication_type),
    orDash(value.host_header),
    orDash(value.tls_version),
    '-',
    orDash(value.acl_required),
  ];
  return fields.join(' ');
}

function hasUploaded({ operation, http_status }: Generated): boolean {
  return operation === 'REST.PUT.OBJECT' && http_status >= 200 && http_status < 300;
}

/** The row the record must become, columns at their default left out. */
function rowOf(value: Generated, lineNumber: number): object {
  const { second: _second, path, ...columns } = value;
  const encoded = encodeURIComponent(encodeURIComponent(value.key));
  const row = {
    ...columns,
    line_number: lineNumber,
    record_number: 1,
    bucket_owner: 'owner',
    bucket: 'bucket',
    time: `2026-03-01 ${clock(value)}`,
    key_encoded: encoded === value.key ? '' : encoded,
    bytes_received: hasUploaded(value) ? value.object_size : 0,
    request_uri: `GET /${path} HTTP/1.1`,
  };
  return Object.fromEntries(
    Object.entries(row).filter(
      ([name, field]) => field !== '' && field !== null && !(name.startsWith('bytes_') && field === 0),
    ),
  );
}

describe('access log', () => {
  it('gives back what was rendered', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(record, { minLength: 100, maxLength: 300 }), async (records) => {
        const [loaded] = await store.load(accessLog, [Buffer.from(records.map(rendered).join('\n'))]);
        expect(loaded?.rejects).toEqual([]);
        expect(loaded?.facts).toEqual(records.map((value, index) => rowOf(value, index + 1)));
      }),
      { numRuns: 15, endOnFailure: true },
    );
  });

  it('makes every line that is not blank a fact or a reject, whatever its bytes', async () => {
    const line = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      fc.tuple(record, fc.nat({ max: 400 }), fc.uint8Array({ maxLength: 6 })).map(([value, place, bytes]) => {
        const text = Buffer.from(rendered(value));
        return Buffer.concat([text.subarray(0, place), bytes, text.subarray(place + bytes.length)]);
      }),
      fc.stringMatching(/^["[\]{} \-+0-9a-zA-Z]{0,120}$/).map((text) => Buffer.from(text)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 50, maxLength: 300 }), async (lines) => {
        const bytes = Buffer.concat(lines.flatMap((piece) => [piece, Buffer.from('\n')]));
        const [loaded] = await store.load(accessLog, [bytes]);
        const wanted = bytes
          .toString('latin1')
          .split('\n')
          .filter((text) => !/^ *\r* *$/.test(text)).length;
        expect((loaded?.tally.facts ?? 0) + (loaded?.tally.rejects ?? 0)).toBe(wanted);
        expect(loaded?.facts.length).toBe(loaded?.tally.facts);
        expect(loaded?.rejects.length).toBe(loaded?.tally.rejects);
      }),
      { numRuns: 15, endOnFailure: true },
    );
  });
});

/** Documents near to what a format reads: its members with other values, bytes changed, ends cut off. */
const MEMBERS = [
  'Records',
  'eventVersion',
  'eventID',
  'eventTime',
  'eventSource',
  'eventName',
  'userIdentity',
  'resources',
  'requestParameters',
  'additionalEventData',
  'bytesTransferredIn',
  's3',
  'bucket',
  'name',
  'object',
  'key',
  'size',
  'sequencer',
  'Message',
  'Type',
  'body',
  'Messages',
  'Body',
  'detail',
  'detail-type',
  'source',
  'Event',
  'Sns',
  'api',
  'objects',
  'time',
  'requestHeader',
  'requestQuery',
  'operation',
  'uri',
  'op_data',
  'http_x_headers',
];
const VALUES = [
  '',
  '2.1',
  's3.amazonaws.com',
  '2026-03-01T10:00:00Z',
  'ObjectCreated:Put',
  'aws.s3',
  '%',
  '{}',
  '[{"s3":{}}]',
];
const { document } = fc.letrec((tie) => ({
  document: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<unknown>(...VALUES),
    fc.constantFrom<unknown>(null, true, 0, -1, 1e300, 2 ** 64),
    fc.string({ unit: 'binary', maxLength: 10 }),
    fc.array(tie('document'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...MEMBERS), tie('document'), { maxKeys: 8 }),
  ),
}));
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array)),
  document.map((value) => Buffer.from(JSON.stringify(value))),
  fc
    .tuple(document, fc.nat({ max: 200 }))
    .map(([value, end]) => Buffer.from(JSON.stringify(value).slice(0, end))),
  fc
    .array(document, { maxLength: 4 })
    .map((values) => Buffer.from(values.map((value) => JSON.stringify(value)).join('\n'))),
);

describe.each(FORMATS.filter(({ name, unit }) => name !== 'access-log' && unit !== 'row'))(
  '$name',
  (format) => {
    it('makes any bytes facts, rejects or skipped records and never throws', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(bytes, { minLength: 30, maxLength: 60 }), async (batches) => {
          const loaded = await store.load(format, batches);
          loaded.forEach(({ facts, rejects, tally }, index) => {
            const text = batches[index]?.toString('utf8') ?? '';
            expect(tally.facts).toBeGreaterThanOrEqual(facts.length);
            expect(tally.rejects).toBe(rejects.length);
            if (text.trim() === '' || holdsNothing(text)) return;
            expect(tally.facts + tally.rejects + tally.skipped, text).toBeGreaterThan(0);
          });
        }),
        { numRuns: 15, endOnFailure: true },
      );
    });
  },
);

/** An empty list of records is a document like any other, with nothing to load. */
function holdsNothing(text: string): boolean {
  return /^\s*\[\s*\]\s*$|"Records":\[\]/.test(text);
}
