/** Discord: a webhook of a channel. */
import type { Channel } from './channel.ts';
import { type HttpParts, JSON_TYPE, memberOf, sendHttp } from './http.ts';
import { type Markup, markedUp } from './markup.ts';
import { fitted, type Message } from './message.ts';
import { cutMiddle } from './text.ts';

export interface DiscordSettings {
  readonly kind: 'discord';
  readonly name: string;
  readonly url: string;
}

/** Of the text of an embed. */
const TEXT_MAX = 4096;
const TITLE_MAX = 256;
const COLORS = { bad: 0xc62828, warn: 0xe08a00, good: 0x2e7d32, unknown: 0x6b7280 } as const;

const DISCORD: Markup = {
  text: escaped,
  bold: (text) => `**${text}**`,
  block: (rows) => `\`\`\`\n${rows.map((row) => row.replaceAll('`', 'ˋ')).join('\n')}\n\`\`\``,
  link: (label, url) => `[${label}](${url})`,
};

export function openDiscord({ name, url }: DiscordSettings, parts: HttpParts): Channel {
  // With `wait` it answers with the message it made.
  const address = URL.canParse(url) ? withWait(url) : url;
  return {
    name,
    kind: 'discord',
    send: (notification, signal) => {
      const limit = { sizeMax: TEXT_MAX, sizeOf: ({ text }: Text) => text.length };
      const { text, message } = fitted(notification, limit, textOf);
      return sendHttp(
        { url: address, headers: JSON_TYPE, body: JSON.stringify(bodyOf(text, message)), secrets: [url] },
        { ...parts, read: (answer) => ({ kind: 'delivered', id: memberOf(answer.text, 'id') }) },
        signal,
      );
    },
  };
}

function withWait(url: string): string {
  const address = new URL(url);
  address.searchParams.set('wait', 'true');
  return address.href;
}

interface Text {
  readonly text: string;
  readonly message: Message;
}

function textOf(message: Message): Text {
  return { text: markedUp(message, DISCORD, { withHeadline: false }), message };
}

function bodyOf(description: string, { parts, headline }: Message): object {
  return {
    embeds: [
      {
        title: titleOf(headline),
        description,
        color: COLORS[parts[0]?.tone ?? 'unknown'],
      },
    ],
    // Nobody is called by what a key is named.
    allowed_mentions: { parse: [] },
  };
}

/** As much of it as fits once it is escaped. */
function titleOf(headline: string): string {
  for (const lengthMax of [TITLE_MAX, TITLE_MAX * 0.75]) {
    const title = escaped(cutMiddle(headline, lengthMax));
    if (title.length <= TITLE_MAX) return title;
  }
  return escaped(cutMiddle(headline, TITLE_MAX / 2));
}

function escaped(text: string): string {
  return text.replace(/[\\`*_{}[\]()<>#+\-.!|~@:]/g, '\\$&');
}
