/** Every kind of channel, as the contract test opens it. */
import { openTopic } from '../src/s3/topic-client.ts';
import { type ChannelSettings, openChannel } from '../src/notify/all.ts';
import type { Channel } from '../src/notify/channel.ts';
import type { Clock } from '../src/lib/clock.ts';

/** Planted wherever a channel keeps a secret. */
export const SECRET = 'pLanted.secret/7f3a=+0123456789';
const SAFE = encodeURIComponent(SECRET);

export interface ChannelCase {
  readonly name: string;
  settings(url: string): ChannelSettings;
  /** What the provider answers when it takes the message. */
  readonly taken: { readonly status: number; readonly body?: string };
  /** The id that the answer gives. */
  readonly id: string;
  /** Most that the provider takes, and in what it counts. */
  readonly cap: { readonly max: number; size(body: string): number };
  /** What has to stand in the body of a hostile text, or must not. */
  readonly escaped: readonly string[];
  readonly unescaped: readonly string[];
}

function text(body: string, ...path: readonly string[]): string {
  let value: unknown = JSON.parse(body);
  for (const name of path) value = (value as Record<string, unknown>)[name];
  return String(value);
}

const bytes = (body: string): number => Buffer.byteLength(body);

export const CASES: readonly ChannelCase[] = [
  {
    name: 'slack-webhook',
    settings: (url) => ({
      kind: 'slack',
      name: 'ops',
      to: { kind: 'webhook', url: `${url}/services/T0/B0/${SAFE}` },
    }),
    taken: { status: 200, body: 'ok' },
    id: '',
    cap: { max: 13_000, size: (body) => body.length },
    escaped: ['&lt;script&gt;', '"mrkdwn":false', '"rich_text"'],
    unescaped: ['"type":"mrkdwn"'],
  },
  {
    name: 'slack-bot',
    settings: (url) => ({
      kind: 'slack',
      name: 'ops',
      to: { kind: 'bot', token: SECRET, channel: 'C1', url: `${url}/api/chat.postMessage` },
    }),
    taken: { status: 200, body: '{"ok":true,"ts":"1700000000.000100"}' },
    id: '1700000000.000100',
    cap: { max: 13_000, size: (body) => body.length },
    escaped: ['&lt;script&gt;', '"mrkdwn":false', '"rich_text"'],
    unescaped: ['"type":"mrkdwn"'],
  },
  {
    name: 'teams',
    settings: (url) => ({ kind: 'teams', name: 'ops', url: `${url}/workflows/run?sig=${SAFE}` }),
    taken: { status: 202 },
    id: '',
    cap: { max: 28 * 1024, size: bytes },
    escaped: ['"RichTextBlock"', '"TextRun"'],
    // In a text block Markdown would be read; without entities nobody is mentioned.
    unescaped: ['"TextBlock"', '"entities"'],
  },
  {
    name: 'discord',
    settings: (url) => ({ kind: 'discord', name: 'ops', url: `${url}/api/webhooks/1/${SAFE}` }),
    taken: { status: 200, body: '{"id":"1234"}' },
    id: '1234',
    cap: {
      max: 6000,
      size: (body) =>
        text(body, 'embeds', '0', 'title').length + text(body, 'embeds', '0', 'description').length,
    },
    escaped: ['"allowed_mentions":{"parse":[]}', '\\\\*b\\\\*', '\\\\@everyone', '\\\\[l\\\\]'],
    unescaped: ['```x```'],
  },
  {
    name: 'telegram',
    settings: (url) => ({ kind: 'telegram', name: 'ops', token: SECRET, chatId: '-100', url }),
    taken: { status: 200, body: '{"ok":true,"result":{"message_id":77}}' },
    id: '77',
    cap: { max: 4096, size: (body) => text(body, 'text').length },
    escaped: ['\\\\*b\\\\*', '\\\\_i\\\\_', '\\\\[l\\\\]\\\\(', '"is_disabled":true'],
    unescaped: ['```x```'],
  },
  {
    name: 'mattermost',
    settings: (url) => ({ kind: 'mattermost', name: 'ops', url: `${url}/hooks/${SAFE}` }),
    taken: { status: 200, body: 'ok' },
    id: '',
    cap: { max: 16_383, size: (body) => text(body, 'text').length },
    escaped: ['\\\\*b\\\\*', '@\u200ball', '@\u200bhere'],
    unescaped: ['```x```'],
  },
  {
    name: 'ntfy',
    settings: (url) => ({ kind: 'ntfy', name: 'ops', url, topic: 'bw', token: SECRET }),
    taken: { status: 200, body: '{"id":"Xy12"}' },
    id: 'Xy12',
    cap: { max: 4096, size: (body) => bytes(text(body, 'message')) },
    escaped: ['\\\\x1b', '\\\\u202e'],
    unescaped: ['"markdown":true'],
  },
  {
    name: 'pagerduty',
    settings: (url) => ({ kind: 'pagerduty', name: 'ops', routingKey: SECRET, url: `${url}/v2/enqueue` }),
    taken: { status: 202, body: '{"status":"success","dedup_key":"bucketwatch/x"}' },
    id: 'bucketwatch/x',
    cap: { max: 512 * 1024, size: bytes },
    escaped: ['\\\\x1b', '\\\\u202e'],
    unescaped: [],
  },
  {
    name: 'opsgenie',
    settings: (url) => ({ kind: 'opsgenie', name: 'ops', apiKey: SECRET, url }),
    taken: { status: 202, body: '{"result":"Request will be processed","requestId":"43a29c5c"}' },
    id: '43a29c5c',
    cap: { max: 40_000, size: (body) => body.length },
    escaped: ['\\\\x1b', '\\\\u202e'],
    unescaped: [],
  },
  {
    name: 'webhook',
    settings: (url) => ({
      kind: 'webhook',
      name: 'ops',
      url: `${url}/in?key=${SAFE}`,
      method: 'POST',
      secret: SECRET,
      headers: { 'x-api-key': SECRET },
      isPerAlarm: false,
    }),
    taken: { status: 200, body: '{"id":"abc"}' },
    id: 'abc',
    cap: { max: 256 * 1024, size: bytes },
    escaped: ['\\\\x1b', '\\\\u202e'],
    unescaped: [],
  },
  {
    name: 'webhook-template',
    settings: (url) => ({
      kind: 'webhook',
      name: 'ops',
      url: `${url}/in`,
      method: 'PUT',
      secret: SECRET,
      headers: {},
      body: '{"text": "{{alarm.state}}: {{ alarm.title }} in {{alarm.labels.bucket}}", "rows": "{{alarm.evidence}}", "n": 1}',
      isPerAlarm: true,
    }),
    taken: { status: 204 },
    id: '',
    cap: { max: 256 * 1024, size: bytes },
    escaped: ['\\"q\\"', '{{alarm.id}}', '"n":1}'],
    unescaped: [],
  },
  {
    name: 'apprise',
    settings: (url) => ({
      kind: 'apprise',
      name: 'ops',
      url: `${url}/notify/${SAFE}`,
      urls: `tgram://${SECRET}/1`,
      tag: 'ops',
    }),
    taken: { status: 200 },
    id: '',
    cap: { max: 32_768, size: bytes },
    escaped: ['"format":"text"', '\\\\x1b'],
    unescaped: [],
  },
  {
    name: 'alertmanager',
    settings: (url) => ({
      kind: 'alertmanager',
      name: 'ops',
      url,
      username: 'bw',
      password: SECRET,
      holdMs: 86_400_000,
    }),
    taken: { status: 200 },
    id: '',
    cap: { max: 5_000_000, size: bytes },
    escaped: ['\\\\x1b', '\\\\u202e'],
    unescaped: [],
  },
  {
    name: 'sns',
    settings: () => ({ kind: 'sns', name: 'ops' }),
    taken: {
      status: 200,
      body: '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>m-1</MessageId></PublishResult></PublishResponse>',
    },
    id: 'm-1',
    cap: { max: 256 * 1024, size: (body) => bytes(new URLSearchParams(body).get('Message') ?? '') },
    escaped: ['%5Cx1b', '%5Cu202e'],
    unescaped: ['%1b', '%E2%80%AE'],
  },
];

/** Opens the channel of a case against a server of ours. */
export function openCase(one: ChannelCase, url: string, clock: Clock): Channel {
  return openChannel(one.settings(url), {
    clock,
    mailTransport: () => {
      throw new Error('no mail here');
    },
    topic: () =>
      openTopic({
        arn: 'arn:aws:sns:eu-west-1:123456789012:ops',
        endpoint: url,
        accessKeyId: 'AKIDEXAMPLE',
        secretAccessKey: SECRET,
      }),
  });
}
