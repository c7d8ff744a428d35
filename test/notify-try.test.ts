/** What `notify test` says when things go wrong: what it is, and what to do first. */
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { SMTPServerOptions } from 'smtp-server';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { configSchema } from '../src/config/schema.ts';
import { systemClock } from '../src/lib/clock.ts';
import { CHANNEL_KINDS } from '../src/notify/channel.ts';
import { nextStep } from '../src/notify/next-step.ts';
import { type Tried, tryChannel } from '../src/notify-try.ts';
import { type Certificate, selfSigned, startMailServer } from './mail-server.ts';
import { type ReceivingServer, startReceiver } from './notify-samples.ts';
import { keptFolder } from './temp.ts';

const folder = keptFolder();
let certificate: Certificate;
let server: ReceivingServer;
beforeAll(async () => {
  certificate = selfSigned(folder);
  server = await startReceiver();
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await server.stop();
});

function tried(channel: Readonly<Record<string, unknown>>): Promise<Tried> {
  const config = configSchema.parse({ notify: { channels: [{ name: 'ops', ...channel }] } });
  return tryChannel('ops', { config, clock: systemClock, signal: new AbortController().signal });
}

async function secureUrl(): Promise<string> {
  const secure = createServer(certificate, (_request, response) => response.end('ok'));
  onTestFinished(() => {
    secure.closeAllConnections();
    secure.close();
  });
  secure.listen(0, '127.0.0.1');
  await once(secure, 'listening');
  return `https://127.0.0.1:${(secure.address() as AddressInfo).port}/`;
}

describe('over HTTP', () => {
  test.each([
    ['a host that is not there', 'http://nowhere.invalid/', /ENOTFOUND|EAI_AGAIN/, /check url, and the DNS/],
    ['a port of another protocol', 'http://127.0.0.1:25/', /port/, /Check url/],
  ])('%s', async (_what, url, reason, step) => {
    const said = await tried({ kind: 'webhook', url });
    expect(said.reason).toMatch(reason);
    expect(said.next_step).toMatch(step);
  });

  test('nobody listens', async () => {
    const closed = await startReceiver();
    await closed.stop();
    expect(await tried({ kind: 'webhook', url: closed.url })).toMatchObject({
      reason: 'no answer (ECONNREFUSED)',
      next_step: 'Nothing listens there: check url, and whether the other side runs.',
    });
  });

  test('a certificate that nobody vouches for', async () => {
    const said = await tried({ kind: 'webhook', url: await secureUrl() });
    expect(said.reason).toMatch(/CERT/);
    expect(said.next_step).toMatch(/NODE_EXTRA_CA_CERTS/);
  });

  test('TLS to a server without it, and the other way round', async () => {
    for (const url of [server.url.replace('http:', 'https:'), (await secureUrl()).replace('https:', 'http:')])
      expect((await tried({ kind: 'webhook', url })).next_step).toMatch(/with TLS or without: check url/);
  });

  test('user and password of the address log in, and are not told', async () => {
    server.answer(({ headers }) => ({
      status: 401,
      body: `no: ${String(headers['authorization'])} se%20cret-7f3a`,
    }));
    const url = server.url.replace('//', '//bw:se%20cret-7f3a@');
    const said = await tried({ kind: 'webhook', url });
    const login = Buffer.from('bw:se cret-7f3a').toString('base64');
    expect(server.received.at(-1)?.headers['authorization']).toBe(`Basic ${login}`);
    expect(said).toMatchObject({
      outcome: 'refused',
      next_step: 'It does not let us in: check headers and secret.',
    });
    expect(said.reason).toMatch(/^HTTP 401: no: /);
    expect(said.reason).not.toMatch(new RegExp(`cret-7f3a|${login}`));
  });

  test.each([
    [301, 'Put the address that it leads to into url.'],
    [404, 'There is nothing of the kind at this address: check url.'],
    [503, 'The other side has trouble: try again in some minutes.'],
    [422, 'It does not read this message: its answer says why.'],
  ])('HTTP %i', async (status, step) => {
    server.answer({ status });
    expect((await tried({ kind: 'webhook', url: server.url })).next_step).toBe(step);
  });
});

describe('over SMTP', () => {
  const addresses = { kind: 'email', from: 'bw@example.org', to: ['ops@example.org'] };

  async function mailTo(given: object, options: SMTPServerOptions = {}): Promise<Tried> {
    const mail = await startMailServer({ ...certificate, authOptional: true, ...options });
    onTestFinished(() => mail.stop());
    return tried({ ...addresses, host: '127.0.0.1', port: mail.port, ...given });
  }

  test('a host that is not there', async () => {
    const said = await tried({ ...addresses, host: 'nowhere.invalid' });
    expect(said.next_step).toMatch(/check host, port and security, and the DNS/);
  });

  test('nobody listens', async () => {
    const mail = await startMailServer(certificate);
    await mail.stop();
    expect(await tried({ ...addresses, host: '127.0.0.1', port: mail.port })).toMatchObject({
      reason: 'the mail server did not take it (ECONNREFUSED)',
      next_step: expect.stringMatching(/^Nothing listens there/) as string,
    });
  });

  test.each<[what: string, given: object, options: SMTPServerOptions, step: RegExp]>([
    ['an unknown certificate', {}, {}, /NODE_EXTRA_CA_CERTS/],
    ['TLS from the beginning where there is none', { security: 'tls' }, {}, /with TLS or without/],
    ['no STARTTLS', {}, { disabledCommands: ['STARTTLS'] }, /use security: tls/],
    [
      'a wrong password',
      { security: 'none', username: 'bw', password: 'wrong' },
      { allowInsecureAuth: true, onAuth: (_auth, _session, callback) => callback(new Error('no')) },
      /username and password/,
    ],
    ['a login that there is none of', { security: 'none' }, { authOptional: false }, /wants a login/],
    [
      'a receiver that nobody is',
      { security: 'none' },
      {
        onRcptTo: (_to, _session, callback) =>
          callback(Object.assign(new Error('no'), { responseCode: 550 })),
      },
      /check from and to/,
    ],
  ])('%s', async (_what, given, options, step) => {
    const said = await mailTo(given, options);
    expect(said.outcome).not.toBe('delivered');
    expect(said.next_step).toMatch(step);
  });
});

test.each([
  ['slack', 'Slack says channel_not_found', /Invite the bot/],
  ['slack', 'Slack says missing_scope', /chat:write/],
  ['slack', 'HTTP 404: no_service', /make a new one/],
  ['teams', 'Teams says HTTP 404', /workflow/],
  ['discord', 'HTTP 404: {"message":"Unknown Webhook"}', /deleted/],
  ['telegram', 'HTTP 404: {"ok":false}', /@BotFather/],
  ['telegram', 'HTTP 400: Bad Request: chat not found', /Write to the bot/],
  ['pagerduty', 'HTTP 400: invalid event', /Events API v2/],
  ['opsgenie', 'HTTP 422', /eu\.opsgenie/],
  ['ntfy', 'HTTP 403', /write to the topic/],
  ['apprise', 'HTTP 424', /its log/],
  ['webhook', 'HTTP 500: upstream (ECONNREFUSED)', /trouble/],
] as const)('%s: %s', (kind, reason, step) => {
  expect(nextStep(kind, reason)).toMatch(step);
});

test.each(CHANNEL_KINDS)('%s: whoever is not let in or not found is told where to look', (kind) => {
  for (const reason of ['HTTP 401', 'HTTP 404', 'no answer (ENOTFOUND)', 'no answer (ECONNREFUSED)'])
    expect(nextStep(kind, reason)).toMatch(/\.$/);
});
