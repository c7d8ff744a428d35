/** Asking CloudTrail for its public keys, over HTTP. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { configSchema } from '../src/config/schema.ts';
import { openTrailKeys } from '../src/trail-keys.ts';

const FINGERPRINT = '31e8b5433410dfb61a9dc45cc65b22ff';
const GIVEN = '0123456789abcdef0123456789abcdef';
const RANGE = { startMs: Date.UTC(2026, 3, 1, 5), endMs: Date.UTC(2026, 3, 2, 5) };

let asked: { readonly target: string; readonly body: Record<string, unknown> }[] = [];
let isRefused = false;
let nowMs = 0;
const clock = { nowMs: () => nowMs, sleep: () => Promise.reject(new Error('not here')) };

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const target = String(request.headers['x-amz-target']);
    const body = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>;
    asked.push({ target, body });
    response.writeHead(isRefused ? 400 : 200, { 'content-type': 'application/x-amz-json-1.1' });
    if (isRefused) response.end(JSON.stringify({ __type: 'AccessDeniedException', message: 'no' }));
    else if (body['NextToken'] === undefined)
      response.end(JSON.stringify({ PublicKeyList: [], NextToken: 'n' }));
    else response.end(JSON.stringify({ PublicKeyList: [{ Fingerprint: FINGERPRINT, Value: 'AQID' }] }));
  });
});
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => {
  asked = [];
  isRefused = false;
  nowMs = 0;
});

function keys(list = true) {
  const config = configSchema.parse({
    trail_keys: {
      list,
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      access_key_id: 'test',
      secret_access_key: 'test',
      public_keys: [{ fingerprint: GIVEN, value: 'BAUG' }],
    },
  });
  return openTrailKeys(config.trail_keys, clock);
}

test('keys that AWS lists stand beside those of the configuration, and are asked for once an hour', async () => {
  const opened = keys();
  const expected = new Map([
    [GIVEN, new Uint8Array([4, 5, 6])],
    [FINGERPRINT, new Uint8Array([1, 2, 3])],
  ]);
  expect(await opened.keysOf(['eu-west-1'], RANGE)).toEqual(expected);
  expect(await opened.keysOf(['eu-west-1'], { ...RANGE, endMs: RANGE.endMs + 1000 })).toEqual(expected);
  expect(asked).toMatchObject([
    {
      target: expect.stringContaining('ListPublicKeys') as string,
      body: { StartTime: Date.UTC(2026, 3, 1) / 1000, EndTime: Date.UTC(2026, 3, 3) / 1000 },
    },
    { body: { NextToken: 'n' } },
  ]);
  nowMs = 3_600_000;
  await opened.keysOf(['eu-west-1'], RANGE);
  expect(asked).toHaveLength(4);
});

test('nothing is asked unless the configuration says so', async () => {
  expect([...(await keys(false).keysOf(['eu-west-1'], RANGE)).keys()]).toEqual([GIVEN]);
  expect(asked).toEqual([]);
});

test('a refusal leaves the keys of the configuration, and its reason', async () => {
  isRefused = true;
  const opened = keys();
  expect([...(await opened.keysOf(['eu-west-1'], RANGE)).keys()]).toEqual([GIVEN]);
  expect(opened.problem).toMatch(/^Cannot list the public keys of CloudTrail in eu-west-1: .*AccessDenied/);
});
