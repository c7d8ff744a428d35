/** Whom the demo tells of its alarms: itself. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { configSchema } from '../src/config/schema.ts';
import { type MessageSink, openMessageSink } from '../src/demo/message-sink.ts';

let sink: MessageSink;
let urls: ReadonlyMap<string, string>;
beforeAll(async () => {
  sink = await openMessageSink();
  const { channels } = configSchema.parse({ notify: sink.section }).notify;
  urls = new Map(channels.map((channel) => [channel.name, 'url' in channel ? (channel.url ?? '') : '']));
});
afterAll(() => sink.close());

async function statuses(channel: string, count: number): Promise<number[]> {
  const found: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const response = await fetch(urls.get(channel) ?? '', { method: 'POST', body: '{}' });
    found.push(response.status);
  }
  return found;
}

test('its channels lead to loopback and nowhere else', () => {
  expect([...urls.keys()]).toEqual(['demo-chat', 'demo-pager']);
  for (const url of urls.values()) expect(new URL(url).hostname).toBe('127.0.0.1');
});

test('the chat takes every message, the pager all but the first', async () => {
  expect(await statuses('demo-chat', 2)).toEqual([204, 204]);
  expect(await statuses('demo-pager', 5)).toEqual([503, 503, 503, 503, 204]);
});
