/** The configuration of notifications: the examples of its page load and open, and what is wrong is told where it stands. */
import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { parse } from 'yaml';
import { parseConfig } from '../src/config/load.ts';
import { notify } from '../src/config/notify.ts';
import { systemClock } from '../src/lib/clock.ts';
import { openChannel } from '../src/notify/all.ts';
import { CHANNEL_KINDS } from '../src/notify/channel.ts';
import { notifySettings } from '../src/notify-settings.ts';
import { openTopic } from '../src/s3/topic-client.ts';

const PAGE = readFileSync(new URL('../docs/notifications.md', import.meta.url), 'utf8');
const EXAMPLES = [...PAGE.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? '');

const PAGES = {
  home: 'https://bw.example/',
  linksOf: (id: string) => ({ open: `https://bw.example/${id}`, acknowledge: '', silence: '' }),
};

function sectionOf(yaml: string): unknown {
  const filled = yaml
    .replace(/\$\{\w*WEBHOOK\}/g, 'https://example.org/hook')
    .replace(/\$\{\w+\}/g, 'a value of some length');
  return (parse(filled) as { readonly notify: unknown }).notify;
}

test.each(EXAMPLES)('the example loads, and its channels open: %#', (yaml) => {
  const { channels, topics } = notifySettings(notify.parse(sectionOf(yaml)), PAGES);
  expect(channels.length).toBeGreaterThan(2);
  for (const settings of channels) {
    const channel = openChannel(settings, {
      clock: systemClock,
      mailTransport: () => ({ sendMail: async ({ messageId }) => ({ messageId }) }),
      topic: (name) => openTopic(topics.get(name) ?? { arn: '' }),
    });
    expect(channel).toMatchObject({ name: settings.name, kind: settings.kind });
  }
});

test('the examples have every kind of channel, and the page every setting', () => {
  const kinds = EXAMPLES.flatMap((yaml) => notify.parse(sectionOf(yaml)).channels.map(({ kind }) => kind));
  expect([...new Set(kinds)].sort()).toEqual([...CHANNEL_KINDS].sort());
  const first = notify.parse(sectionOf(EXAMPLES[0] ?? ''));
  const settings = [...first.channels.flatMap(Object.keys), ...first.routes.flatMap(Object.keys)];
  expect(settings.filter((name) => name !== 'kind' && !PAGE.includes(`\`${name}\``))).toEqual([]);
});

test('channels that take each alarm by itself, and those that hear of acknowledgements, are known', () => {
  const { rules } = notifySettings(notify.parse(sectionOf(EXAMPLES[0] ?? '')), PAGES);
  expect([rules.perAlarm, rules.acknowledging]).toEqual([['pager'], ['pager']]);
  const hook = { kind: 'webhook', url: 'https://example.org/hook' };
  const channels = [
    { ...hook, name: 'each', per_alarm: true },
    { ...hook, name: 'all' },
    { kind: 'alertmanager', name: 'am', url: 'https://example.org' },
  ];
  const others = notifySettings(notify.parse({ channels }), PAGES).rules;
  expect([others.perAlarm, others.acknowledging]).toEqual([['each', 'am'], []]);
});

test('routes, steps and times are as they are written', () => {
  const { rules, servers } = notifySettings(notify.parse(sectionOf(EXAMPLES[0] ?? '')), PAGES);
  expect(rules.home).toBe('https://bw.example/');
  expect(rules.routes[0]).toMatchObject({
    name: 'grave',
    match: [{ label: 'severity', values: ['critical'] }],
    escalate: [
      { afterMs: 900_000, channels: ['pager'] },
      { afterMs: 3_600_000, channels: ['boss'] },
    ],
    repeatIntervalMs: 14_400_000,
  });
  expect(rules.muteTimes['nights']?.[0]).toMatchObject({
    fromMinute: 1320,
    toMinute: 420,
    timezone: 'Europe/Lisbon',
  });
  expect(rules.muteTimes['nights']?.[1]).toMatchObject({
    weekdays: ['sat', 'sun'],
    fromMinute: 0,
    toMinute: 1440,
  });
  expect(servers.get('boss')).toEqual({ host: 'smtp.example.org', port: 587, security: 'starttls' });
});

test('without routes every alarm goes to every channel, and without channels nowhere', () => {
  const channels = [
    { kind: 'teams', name: 'a', webhook_url: 'https://example.org/a' },
    { kind: 'discord', name: 'b', webhook_url: 'https://example.org/b' },
  ];
  expect(notifySettings(notify.parse({ channels }), PAGES).rules.routes).toMatchObject([
    { match: [], channels: ['a', 'b'] },
  ]);
  expect(notifySettings(notify.parse(undefined), PAGES).rules.routes).toEqual([]);
});

describe('what is wrong is told where it stands:', () => {
  const channels = [{ kind: 'teams', name: 'a', webhook_url: 'https://example.org/a' }];
  it.each<readonly [string, unknown, string]>([
    [
      'a channel that is not there',
      { channels, routes: [{ name: 'r', channels: ['b'] }] },
      'routes.0.channels.0',
    ],
    [
      'one in a step',
      {
        channels,
        routes: [{ name: 'r', channels: ['a'], escalate: [{ after: '1m', channels: ['a', 'b'] }] }],
      },
      'routes.0.escalate.0.channels.1',
    ],
    [
      'a mute time that is not there',
      { channels, routes: [{ name: 'r', channels: ['a'], mute: ['n'] }] },
      'routes.0.mute.0',
    ],
    [
      'a severity that is none',
      {
        channels,
        routes: [{ name: 'r', channels: ['a'], match: { severity: ['!critcal', 'critical', '*'] } }],
      },
      'routes.0.match.severity',
    ],
    ['a name twice', { channels: [...channels, ...channels] }, 'channels.1.name'],
    [
      'a cron that is none',
      { channels, routes: [{ name: 'r', channels: ['a'], digest: { cron: 'daily' } }] },
      'routes.0.digest.cron',
    ],
    [
      'a cron that never comes',
      { channels, routes: [{ name: 'r', channels: ['a'], digest: { cron: '0 8 31 2 *' } }] },
      'routes.0.digest.cron',
    ],
    [
      'a time zone that is none',
      { mute_times: [{ name: 'n', times: [{ timezone: 'Lisbon' }] }] },
      'mute_times.0.times.0.timezone',
    ],
    [
      'a time of day that is none',
      { mute_times: [{ name: 'n', times: [{ from: '25:00' }] }] },
      'mute_times.0.times.0.from',
    ],
    ['half a Slack', { channels: [{ kind: 'slack', name: 's', token: 't' }] }, 'channels.0.webhook_url'],
    [
      'a setting that is not known',
      { channels, routes: [{ name: 'r', channels: ['a'], group: [] }] },
      'routes.0',
    ],
  ])('%s', (_what, section, path) => {
    const parsed = notify.safeParse(section);
    expect(parsed.error?.issues.map((issue) => issue.path.join('.'))).toEqual([path]);
  });
});

test('a secret whose variable is not set is told once, and not as a secret that is too short', () => {
  const yaml =
    'notify: { channels: [{ kind: webhook, name: h, url: "https://hook.example/", secret: "${NONE}" }] }';
  expect(parseConfig(yaml, { environment: {}, folder: '.' })).toMatchObject({
    ok: false,
    problems: [{ message: 'refers to the environment variable NONE, which is not set' }],
  });
});
