/** Microsoft Teams: an adaptive card to the webhook of a workflow. */
import type { Channel, Delivery } from './channel.ts';
import { type Answer, type HttpParts, JSON_TYPE, sendHttp } from './http.ts';
import { fitted, type Message, type Part, type Tone } from './message.ts';
import { bytesOf } from './text.ts';

export interface TeamsSettings {
  readonly kind: 'teams';
  readonly name: string;
  readonly url: string;
}

/** Teams takes 28 KB. */
const BYTES_MAX = 26_000;
const COLORS: Readonly<Record<Tone, string>> = {
  bad: 'attention',
  warn: 'warning',
  good: 'good',
  unknown: 'default',
};

export function openTeams({ name, url }: TeamsSettings, parts: HttpParts): Channel {
  return {
    name,
    kind: 'teams',
    send: (notification, signal) => {
      const limit = { sizeMax: BYTES_MAX, sizeOf: bytesOf, alarmsMax: 10 };
      const body = fitted(notification, limit, (message) => JSON.stringify(bodyOf(message)));
      return sendHttp({ url, headers: JSON_TYPE, body }, { ...parts, read }, signal);
    },
  };
}

/** Its own trouble comes with 200 in the text: `... returned HTTP error 429 ...`. */
function read({ text }: Answer): Delivery {
  const status = /HTTP error (\d{3})/.exec(text)?.[1];
  if (status === undefined) return { kind: 'delivered', id: '' };
  const isPassing = status === '429' || status === '408' || status.startsWith('5');
  return { kind: isPassing ? 'failed' : 'refused', reason: `Teams says HTTP ${status}` };
}

function bodyOf(message: Message): object {
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    fallbackText: message.headline,
    msteams: { width: 'Full' },
    body: [...message.parts.flatMap(partElements), ...moreElements(message)],
  };
  const attachment = { contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content };
  return { type: 'message', attachments: [attachment] };
}

function partElements(part: Part): object[] {
  return [
    runs([{ text: part.heading, weight: 'bolder', size: 'medium', color: COLORS[part.tone] }], true),
    ...part.lines.map((line) => runs([{ text: line }])),
    ...part.facts.map(({ name, value }) => runs([{ text: `${name}: `, weight: 'bolder' }, { text: value }])),
    ...part.evidence.map((row) => runs([{ text: row, fontType: 'monospace' }])),
    ...(part.links.length === 0 ? [] : [actions(part.links)]),
  ];
}

function moreElements({ omitted, home }: Message): object[] {
  if (omitted === 0) return [];
  const links = home === '' ? [] : [actions([{ label: 'All alarms', url: home }])];
  return [runs([{ text: `and ${omitted} more` }]), ...links];
}

/** Runs are shown as they are; a `TextBlock` would read Markdown in them. */
function runs(inlines: readonly object[], isFirst = false): object {
  return {
    type: 'RichTextBlock',
    ...(isFirst ? { separator: true } : {}),
    inlines: inlines.map((run) => ({ type: 'TextRun', ...run })),
  };
}

function actions(links: Part['links']): object {
  return {
    type: 'ActionSet',
    actions: links.map(({ label, url }) => ({ type: 'Action.OpenUrl', title: label, url })),
  };
}
