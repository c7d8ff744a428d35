/** `notify` as a user types it, without a server. */
import { spawn } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ReceivingServer, startReceiver } from './notify-samples.ts';
import { keptFolder } from './temp.ts';

const BIN = fileURLToPath(new URL('../bin/bucketwatch.js', import.meta.url));
const SECRET = 'pLanted-secret-7f3a';
const folder = keptFolder();
let hook: ReceivingServer;

beforeAll(async () => {
  hook = await startReceiver();
  writeFileSync(join(folder, 'secret'), `${hook.url}/hooks/${SECRET}`);
  writeFileSync(
    join(folder, 'bucketwatch.yaml'),
    `notify:
  channels:
    - { kind: webhook, name: ops, url: '${hook.url}/in' }
    - { kind: mattermost, name: pager, webhook_url: file:secret }
  routes:
    - { name: grave, match: { severity: critical }, channels: [ops], escalate: [{ after: 15m, channels: [pager] }] }
`,
  );
});
afterAll(async () => {
  await hook.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function run(...args: readonly string[]): Promise<{ out: string; err: string; code: number | null }> {
  const child = spawn(process.execPath, [BIN, 'notify', ...args], { cwd: folder });
  const text = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (text.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (text.err += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { ...text, code };
}

test('list shows channels and the routes to them', async () => {
  expect(await run('list')).toEqual({
    out: 'channel  kind        routes  escalations\nops      webhook     grave\npager    mattermost          grave\n',
    err: '',
    code: 0,
  });
});

test('test sends an alarm and its recovery, and stores nothing', async () => {
  const { out, code } = await run('test', 'ops', '--json');
  expect([JSON.parse(out), code]).toEqual([
    { channel: 'ops', kind: 'webhook', outcome: 'delivered', reason: '', next_step: '' },
    0,
  ]);
  const sent = hook.received.map(
    ({ body }) => JSON.parse(body) as { readonly kind: string; readonly alarm: { readonly state: string } },
  );
  expect(sent.map(({ kind, alarm }) => [kind, alarm.state])).toEqual([
    ['test', 'ALARM'],
    ['test', 'OK'],
  ]);
  expect(existsSync(join(folder, 'bucketwatch-data'))).toBe(false);
});

test('a channel that does not take it is exit code 3, and no secret is told', async () => {
  hook.answer({ status: 403, body: SECRET });
  const { out, err, code } = await run('test', 'pager');
  expect([out, code]).toEqual(['', 3]);
  expect(err).toMatch(
    /^Cannot send to pager \(mattermost\): .*403.*It does not let us in: check webhook_url\.\n$/,
  );
  expect(err).not.toContain(SECRET);
});

test('a channel that is not there is exit code 2, with the nearest name', async () => {
  const { err, code } = await run('test', 'opps');
  expect([err, code]).toEqual([
    'Cannot try the channel: it is not in the configuration, got "opps"; did you mean "ops"?\n',
    2,
  ]);
});
