/** Slack: an incoming webhook, or chat.postMessage with a bot's token. */
import type { Channel, Delivery } from './channel.ts';
import { type Answer, type HttpParts, JSON_TYPE, memberOf, sendHttp } from './http.ts';
import { fitted, type Message, type Part, type Tone } from './message.ts';
import { cutMiddle } from './text.ts';

export interface SlackSettings {
  readonly kind: 'slack';
  readonly name: string;
  readonly to:
    | { readonly kind: 'webhook'; readonly url: string }
    /** `channel` is an id or a name; the address is Slack's unless given. */
    | { readonly kind: 'bot'; readonly token: string; readonly channel: string; readonly url?: string };
}

const POST_MESSAGE = 'https://slack.com/api/chat.postMessage';
/** Slack allows 50 blocks, 100 attachments and about 13,000 characters of rich text. */
const SIZE_MAX = 12_000;
const TEXT_MAX = 300;
const COLORS: Readonly<Record<Tone, string>> = {
  bad: '#c62828',
  warn: '#e08a00',
  good: '#2e7d32',
  unknown: '#6b7280',
};
/** What Slack answers with 200 although trying again may help. Source: https://docs.slack.dev/reference/methods/chat.postMessage */
const PASSING = /^(ratelimited|rate_limited|internal_error|fatal_error|service_unavailable|request_timeout)$/;

export function openSlack({ name, to }: SlackSettings, parts: HttpParts): Channel {
  return {
    name,
    kind: 'slack',
    send: (notification, signal) => {
      const limit = { sizeMax: SIZE_MAX, sizeOf: (body: string) => body.length, alarmsMax: 20 };
      const body = fitted(notification, limit, (message) =>
        JSON.stringify({
          ...(to.kind === 'bot' ? { channel: to.channel } : {}),
          ...bodyOf(message),
          ...(to.kind === 'bot'
            ? { metadata: { event_type: 'bucketwatch', event_payload: { id: notification.id } } }
            : {}),
        }),
      );
      if (to.kind === 'webhook') return sendHttp({ url: to.url, headers: JSON_TYPE, body }, parts, signal);
      const headers = { ...JSON_TYPE, authorization: `Bearer ${to.token}` };
      return sendHttp(
        { url: to.url ?? POST_MESSAGE, headers, body, secrets: [to.token] },
        { ...parts, read: read },
        signal,
      );
    },
  };
}

function read({ text }: Answer): Delivery {
  const error = memberOf(text, 'error');
  if (error === '') return { kind: 'delivered', id: memberOf(text, 'ts') };
  return { kind: PASSING.test(error) ? 'failed' : 'refused', reason: `Slack says ${error}` };
}

function bodyOf(message: Message): object {
  const more = message.omitted === 0 ? [] : [{ blocks: [richText([moreSection(message)])] }];
  return {
    // What notifications of Slack's own show; everything else is in rich text, which no markup is read in.
    text: escaped(cutMiddle(message.headline, TEXT_MAX)),
    mrkdwn: false,
    unfurl_links: false,
    unfurl_media: false,
    attachments: [
      ...message.parts.map((part) => ({
        color: COLORS[part.tone],
        blocks: [richText(sectionsOf(part, message.parts.length > 1 || message.omitted > 0))],
      })),
      ...more,
    ],
  };
}

/** The three signs that Slack reads in every text. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function richText(elements: readonly object[]): object {
  return { type: 'rich_text', elements };
}

/** Of the only one the text above says the heading. */
function sectionsOf(part: Part, withHeading: boolean): object[] {
  const facts = part.facts.flatMap(({ name, value }) => [bold(`${name}: `), plain(`${value}\n`)]);
  return [
    section([
      ...(withHeading ? [bold(`${part.heading}\n`)] : []),
      ...part.lines.map((line) => plain(`${line}\n`)),
      ...facts,
    ]),
    ...(part.evidence.length === 0
      ? []
      : [{ type: 'rich_text_preformatted', elements: [plain(part.evidence.join('\n'))] }]),
    ...(part.links.length === 0 ? [] : [section(part.links.flatMap(linkElements))]),
  ];
}

function linkElements({ label, url }: Part['links'][number], index: number): object[] {
  return [...(index === 0 ? [] : [plain(' · ')]), { type: 'link', url, text: label }];
}

function moreSection({ omitted, home }: Message): object {
  const text = plain(`and ${omitted} more `);
  return section(home === '' ? [text] : [text, { type: 'link', url: home, text: 'All alarms' }]);
}

function section(elements: readonly object[]): object {
  return { type: 'rich_text_section', elements };
}

function plain(text: string): object {
  return { type: 'text', text };
}

function bold(text: string): object {
  return { type: 'text', text, style: { bold: true } };
}
