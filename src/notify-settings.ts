/** What the configuration says of notifications, as the pipeline and its channels take it. */
import { type NotifySection, usualRoute } from './config/notify.ts';
import type { ChannelSettings } from './notify/all.ts';
import type { Matcher, Route, Rules } from './notify/rules.ts';
import type { MailServer } from './notify/smtp.ts';
import type { TopicOptions } from './s3/topic-client.ts';

type Section = NotifySection;
type ChannelSection = Section['channels'][number];
type Of<Kind extends ChannelSection['kind']> = Extract<ChannelSection, { kind: Kind }>;

const PER_ALARM: readonly ChannelSection['kind'][] = ['pagerduty', 'opsgenie', 'alertmanager'];
const ACKNOWLEDGING: readonly ChannelSection['kind'][] = ['pagerduty', 'opsgenie'];

export interface NotifySettings {
  readonly channels: readonly ChannelSettings[];
  readonly rules: Rules;
  /** By the name of their channel. */
  readonly servers: ReadonlyMap<string, MailServer>;
  readonly topics: ReadonlyMap<string, TopicOptions>;
}

/** Section `notify` as settings; `linksOf` makes the pages of an alarm, which are signed. */
export function notifySettings(
  section: Section,
  { home, linksOf }: Pick<Rules, 'home' | 'linksOf'>,
): NotifySettings {
  const { channels } = section;
  const names = channels.map(({ name }) => name);
  const hasUsual = section.routes.length === 0 && names.length > 0;
  const routes = hasUsual ? [usualRoute(names)] : section.routes;
  return {
    channels: channels.map(channelSettings),
    rules: {
      routes: routes.map(routeOf),
      inhibit: section.inhibit.map(({ source, target, equal }) => ({
        source: matchersOf(source),
        target: matchersOf(target),
        equal,
      })),
      muteTimes: Object.fromEntries(
        section.mute_times.map(({ name, times }) => [name, times.map(muteTimeOf)]),
      ),
      perAlarm: channels.filter(isPerAlarm).map(({ name }) => name),
      acknowledging: channels.filter(({ kind }) => ACKNOWLEDGING.includes(kind)).map(({ name }) => name),
      home,
      linksOf,
    },
    servers: new Map(
      channels.flatMap((one) => (one.kind === 'email' ? [[one.name, mailServer(one)] as const] : [])),
    ),
    topics: new Map(
      channels.flatMap((one) => (one.kind === 'sns' ? [[one.name, topicOptions(one)] as const] : [])),
    ),
  };
}

function isPerAlarm(channel: ChannelSection): boolean {
  return PER_ALARM.includes(channel.kind) || (channel.kind === 'webhook' && channel.per_alarm);
}

function routeOf(route: Section['routes'][number]): Route {
  return {
    name: route.name,
    match: matchersOf(route.match),
    goesOn: route.continue,
    channels: route.channels,
    escalate: route.escalate.map(({ after, channels }) => ({ afterMs: after, channels })),
    groupBy: route.group_by,
    groupWaitMs: route.group_wait,
    groupIntervalMs: route.group_interval,
    repeatIntervalMs: route.repeat_interval,
    states: route.states,
    mute: route.mute,
    ...(route.digest === undefined ? {} : { digest: route.digest }),
  };
}

function matchersOf(match: Readonly<Record<string, readonly string[]>>): Matcher[] {
  return Object.entries(match).map(([label, values]) => ({ label, values }));
}

function muteTimeOf({ weekdays, from, to, timezone }: Section['mute_times'][number]['times'][number]) {
  return { weekdays, fromMinute: from, toMinute: to, timezone };
}

function channelSettings(given: ChannelSection): ChannelSettings {
  const { name } = given;
  switch (given.kind) {
    case 'email':
      return { kind: 'email', name, from: given.from, to: given.to };
    case 'sns':
      return { kind: 'sns', name };
    case 'slack':
      return { kind: 'slack', name, to: slackTarget(given) };
    case 'teams':
    case 'discord':
      return { kind: given.kind, name, url: given.webhook_url };
    case 'mattermost':
      return { kind: 'mattermost', name, url: given.webhook_url, ...some({ channel: given.channel }) };
    case 'telegram':
      return {
        kind: 'telegram',
        name,
        token: given.token,
        chatId: given.chat,
        ...some({ threadId: given.thread, url: given.url }),
      };
    case 'pagerduty':
      return { kind: 'pagerduty', name, routingKey: given.routing_key, ...some({ url: given.url }) };
    case 'opsgenie':
      return { kind: 'opsgenie', name, apiKey: given.api_key, ...some({ url: given.url }) };
    case 'ntfy':
      return { kind: 'ntfy', name, url: given.url, topic: given.topic, ...some({ token: given.token }) };
    case 'webhook':
      return webhookSettings(given);
    case 'apprise':
      return { kind: 'apprise', name, url: given.url, ...some({ urls: given.service_urls, tag: given.tag }) };
    case 'alertmanager':
      return {
        kind: 'alertmanager',
        name,
        url: given.url,
        holdMs: given.hold,
        ...some({ token: given.token, username: given.username, password: given.password }),
      };
  }
}

/** The configuration gives one of the two. */
function slackTarget({ webhook_url: url, token = '', channel = '' }: Of<'slack'>) {
  return url === undefined ? ({ kind: 'bot', token, channel } as const) : ({ kind: 'webhook', url } as const);
}

function webhookSettings({
  kind,
  name,
  url,
  method,
  headers,
  secret,
  body,
  per_alarm: isPerAlarm,
}: Of<'webhook'>) {
  return { kind, name, url, method, headers, isPerAlarm, ...some({ secret, body }) };
}

function mailServer({ host, port, security, username, password }: Of<'email'>): MailServer {
  return { host, port, security, ...some({ username, password }) };
}

function topicOptions(given: Of<'sns'>): TopicOptions {
  return {
    arn: given.topic,
    ...some({
      endpoint: given.endpoint,
      profile: given.profile,
      roleArn: given.role_arn,
      accessKeyId: given.access_key_id,
      secretAccessKey: given.secret_access_key,
    }),
  };
}

/** The members that there are. */
function some<Members extends object>(
  members: Members,
): { [Name in keyof Members]?: Exclude<Members[Name], undefined> } {
  const there = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(there) as { [Name in keyof Members]?: Exclude<Members[Name], undefined> };
}
