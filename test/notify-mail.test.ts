/** E-mail over a real SMTP server: what it takes, what it refuses, and what is never told. */
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { SMTPServerOptions } from 'smtp-server';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Channel, Delivery } from '../src/notify/channel.ts';
import { mailOf, openEmail } from '../src/notify/email.ts';
import { type MailServer, openSmtp, type SmtpOptions } from '../src/notify/smtp.ts';
import { type Certificate, type ReceivingMailServer, selfSigned, startMailServer } from './mail-server.ts';
import { SECRET } from './notify-cases.ts';
import { ALARM_NOTIFICATION, HOSTILE_NOTIFICATION, RECOVERY_NOTIFICATION } from './notify-samples.ts';
import { keptFolder } from './temp.ts';

const NEVER = new AbortController().signal;
const ADDRESSES = { from: 'Bucketwatch <bw@example.org>', to: ['a@example.org', 'b@example.org'] };
const folder = keptFolder();
let certificate: Certificate;
beforeAll(() => {
  certificate = selfSigned(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function started(options: SMTPServerOptions = {}): Promise<ReceivingMailServer> {
  const server = await startMailServer({ ...certificate, authOptional: true, ...options });
  onTestFinished(() => server.stop());
  return server;
}

function email(server: Partial<MailServer> & { readonly port: number }, options: SmtpOptions = {}): Channel {
  const given = { host: '127.0.0.1', security: 'none', ...server } as const;
  const transport = openSmtp(given, { ca: certificate.cert, ...options });
  return openEmail({ kind: 'email', name: 'mail', ...ADDRESSES }, { transport });
}

function send(channel: Channel, signal: AbortSignal = NEVER): Promise<Delivery> {
  return channel.send(ALARM_NOTIFICATION, signal);
}

/** Refuses one of the two receivers, or all of them. */
function refusing(responseCode: number, who: RegExp): SMTPServerOptions {
  return {
    onRcptTo: ({ address }, _session, callback) =>
      callback(who.test(address) ? Object.assign(new Error(`no ${SECRET}`), { responseCode }) : null),
  };
}

describe('what is taken', () => {
  test('a mail arrives with its headers, for all receivers', async () => {
    const server = await started({ disabledCommands: ['STARTTLS'] });
    const { messageId } = mailOf(ALARM_NOTIFICATION, ADDRESSES);
    expect(await send(email(server))).toEqual({ kind: 'delivered', id: messageId });
    const [mail, ...others] = server.received;
    expect(others).toEqual([]);
    expect(mail).toMatchObject({ from: 'bw@example.org', to: ADDRESSES.to, user: '', isEncrypted: false });
    expect(mail?.text).toContain(`Message-ID: ${messageId}`);
    expect(mail?.text).toContain('Auto-Submitted: auto-generated');
    expect(mail?.text).toMatch(/Content-Type: multipart\/alternative/);
  });

  test('hostile text adds no header and no receiver', async () => {
    const server = await started({ disabledCommands: ['STARTTLS'] });
    expect((await email(server).send(HOSTILE_NOTIFICATION, NEVER)).kind).toBe('delivered');
    const [mail] = server.received;
    expect(mail?.to).toEqual(ADDRESSES.to);
    const headers = mail?.text.split('\r\n\r\n')[0] ?? '';
    expect(headers).toMatch(/^Subject: /m);
    expect(headers).not.toMatch(/^Bcc:|evil\.example/im);
    for (const line of mail?.text.split('\r\n') ?? []) expect(line.length).toBeLessThanOrEqual(998);
  });

  test('a recovery goes into the thread of its alarm, and stays apart from it', async () => {
    const server = await started({ disabledCommands: ['STARTTLS'] });
    for (const notification of [ALARM_NOTIFICATION, RECOVERY_NOTIFICATION])
      await email(server).send(notification, NEVER);
    const [alarm = [], recovery = []] = ['References', 'In-Reply-To', 'Message-ID'].reduce<string[][]>(
      (all, name) =>
        server.received.map(({ text }, index) => [
          ...(all[index] ?? []),
          new RegExp(`^${name}: (.*)$`, 'm').exec(text)?.[1] ?? '',
        ]),
      [],
    );
    expect(recovery.slice(0, 2)).toEqual(alarm.slice(0, 2));
    expect(alarm[0]).toMatch(/^<[0-9a-f]{32}\.alarm@example\.org>$/);
    expect(recovery[2]).not.toBe(alarm[2]);
  });

  test.each([
    ['starttls', false],
    ['tls', true],
  ] as const)('%s encrypts, and then logs in', async (security, secure) => {
    const server = await started({
      secure,
      authOptional: false,
      onAuth: ({ username, password }, _session, callback) =>
        password === SECRET ? callback(null, { user: username }) : callback(new Error('no')),
    });
    const channel = email({ ...server, security, username: 'bw', password: SECRET });
    expect((await send(channel)).kind).toBe('delivered');
    expect(server.received).toMatchObject([{ user: 'bw', isEncrypted: true }]);
  });
});

describe('what is not', () => {
  test('a wrong password is final, and not told', async () => {
    const server = await started({
      secure: true,
      authOptional: false,
      onAuth: ({ password = '' }, _session, callback) => callback(new Error(`wrong: ${password ?? ''}`)),
    });
    const channel = email({ ...server, security: 'tls', username: 'bw', password: SECRET });
    const delivery = await send(channel);
    expect(delivery).toEqual({
      kind: 'refused',
      reason: 'the mail server did not take it (EAUTH, SMTP 535)',
    });
    expect(server.received).toEqual([]);
  });

  test('no secret is in what the transport rejects with', async () => {
    const server = await started({
      authOptional: false,
      onAuth: ({ password = '' }, _session, callback) => callback(new Error(`wrong: ${password ?? ''}`)),
    });
    const given = { host: '127.0.0.1', security: 'starttls', username: 'bw', password: SECRET } as const;
    const transport = openSmtp({ ...given, port: server.port }, { ca: certificate.cert });
    const sending = transport.sendMail(mailOf(ALARM_NOTIFICATION, ADDRESSES), NEVER);
    const error: unknown = await sending.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ code: 'EAUTH', responseCode: 535 });
    const { cause, message, stack } = error as Error;
    expect(JSON.stringify([error, cause ?? '', message, stack])).not.toContain(SECRET);
  });

  test.each([
    ['all receivers for ever', 550, /./, 'refused', 0],
    ['all receivers for now', 450, /./, 'failed', 0],
    ['one receiver for ever', 550, /^b@/, 'refused', 1],
    ['one receiver for now', 450, /^b@/, 'failed', 1],
  ] as const)('a server that refuses %s', async (_what, responseCode, who, kind, taken) => {
    const server = await started(refusing(responseCode, who));
    const delivery = await send(email(server));
    expect(delivery).toMatchObject({ kind, reason: expect.stringContaining(`SMTP ${responseCode}`) });
    expect(JSON.stringify(delivery)).not.toContain(SECRET);
    expect(server.received).toHaveLength(taken);
  });

  test('without STARTTLS nothing is sent where it is asked for, neither mail nor password', async () => {
    const seen: string[] = [];
    const server = await started({
      disabledCommands: ['STARTTLS'],
      allowInsecureAuth: true,
      onAuth: ({ username }, _session, callback) => {
        seen.push(username ?? '');
        callback(null, { user: 'bw' });
      },
    });
    const channel = email({ ...server, security: 'starttls', username: 'bw', password: SECRET });
    expect((await send(channel)).kind).not.toBe('delivered');
    expect([seen, server.received]).toEqual([[], []]);
  });

  test.each(['starttls', 'tls'] as const)(
    '%s with a certificate that nobody knows is no server',
    async (security) => {
      const server = await started({ secure: security === 'tls' });
      const transport = openSmtp({ host: '127.0.0.1', port: server.port, security });
      const channel = openEmail({ kind: 'email', name: 'mail', ...ADDRESSES }, { transport });
      expect((await send(channel)).kind).toBe('failed');
      expect(server.received).toEqual([]);
    },
  );

  test('a server that wants a login that there is none of refuses', async () => {
    const server = await started({ authOptional: false });
    expect(await send(email(server))).toMatchObject({ kind: 'refused' });
  });

  test('nobody listens', async () => {
    const server = await startMailServer(certificate);
    await server.stop();
    expect(await send(email(server))).toMatchObject({ kind: 'failed' });
  });
});

describe('a server that says nothing', () => {
  async function silent(
    greeting: string,
  ): Promise<{ readonly port: number; connected: () => Promise<unknown> }> {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.write(greeting);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const address = server.address();
    if (typeof address !== 'object' || address === null) throw new Error('no port');
    return { port: address.port, connected: () => once(server, 'connection') };
  }

  test.each([
    ['at all', ''],
    ['after its greeting', '220 here\r\n'],
  ])('%s is given up', async (_when, greeting) => {
    const { port } = await silent(greeting);
    expect(await send(email({ port }, { stepMs: 50 }))).toMatchObject({ kind: 'failed' });
  });

  test('a mail that takes too long altogether is given up', async () => {
    const { port } = await silent('220 here\r\n');
    expect(await send(email({ port }, { wholeMs: 50 }))).toEqual({
      kind: 'failed',
      reason: 'the mail server did not take it (ETIMEDOUT)',
    });
  });

  test('is left at once when it is aborted', async () => {
    const { port, connected } = await silent('');
    const stop = new AbortController();
    const there = connected();
    const sending = send(email({ port }), stop.signal);
    await there;
    stop.abort(new Error('enough'));
    await expect(sending).rejects.toThrow('enough');
  });
});
