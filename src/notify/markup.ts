/** A message as one text, in the markup of a channel. */
import type { Notification } from './channel.ts';
import { fitted, type Message, type Part } from './message.ts';

/** How a channel writes things; `text` escapes, the others take what is escaped, but for `block`. */
export interface Markup {
  text(plain: string): string;
  bold(escaped: string): string;
  /** Rows in a fixed width, from plain text. */
  block(rows: readonly string[]): string;
  link(label: string, url: string): string;
}

export const PLAIN: Markup = {
  text: (plain) => plain,
  bold: (text) => text,
  block: (rows) => rows.map((row) => `  ${row}`).join('\n'),
  link: (label, url) => `${label}: ${url}`,
};

/** The whole message; the headline is left out when the channel has a place for it. */
export function markedUp(message: Message, markup: Markup, { withHeadline = true } = {}): string {
  const isOne = message.parts.length === 1 && message.omitted === 0;
  const headline = withHeadline && !isOne ? [markup.bold(markup.text(message.headline))] : [];
  const parts = message.parts.map((part) => partText(part, markup, withHeadline || !isOne));
  return [...headline, ...parts, ...omittedText(message, markup)].join('\n\n');
}

/** A notification as plain text to keep, at most `lengthMax` characters. Without links: who reads it later is not to act by them. */
export function keptText(notification: Notification, lengthMax: number): string {
  const limit = { sizeMax: lengthMax, sizeOf: (text: string) => text.length };
  return fitted(notification, limit, (message) => {
    const parts = message.parts.map((part) => ({ ...part, links: [] }));
    return markedUp({ ...message, parts, home: '' }, PLAIN);
  });
}

/** How many alarms are not shown, and where they are. */
export function omittedText({ omitted, home }: Message, markup: Markup): string[] {
  if (omitted === 0) return [];
  const text = markup.text(`and ${omitted} more`);
  return [home === '' ? text : `${text} ${markup.link('All alarms', home)}`];
}

function partText(part: Part, markup: Markup, withHeading: boolean): string {
  const facts = part.facts.map(({ name, value }) => markup.text(`${name}: ${value}`)).join('\n');
  return [
    ...(withHeading ? [markup.bold(markup.text(part.heading))] : []),
    ...part.lines.map((line) => markup.text(line)),
    ...(facts === '' ? [] : [facts]),
    ...(part.evidence.length === 0 ? [] : [markup.block(part.evidence)]),
    ...(part.links.length === 0
      ? []
      : [part.links.map(({ label, url }) => markup.link(label, url)).join(markup.text(' | '))]),
  ].join('\n');
}
