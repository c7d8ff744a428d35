/** Telegram: a bot writes to a chat. */
import type { Channel, Delivery } from './channel.ts';
import { type Answer, type HttpParts, JSON_TYPE, memberOf, sendHttp } from './http.ts';
import { type Markup, markedUp } from './markup.ts';
import { fitted } from './message.ts';

export interface TelegramSettings {
  readonly kind: 'telegram';
  readonly name: string;
  readonly token: string;
  /** A number, or `@name` of a public channel. */
  readonly chatId: string;
  /** Of a forum. */
  readonly threadId?: number;
  /** Address of the Bot API when it is not Telegram's. */
  readonly url?: string;
}

const BOT_API = 'https://api.telegram.org';
const TEXT_MAX = 4096;

/** Source: https://core.telegram.org/bots/api#markdownv2-style */
const MARKDOWN_V2: Markup = {
  text: (plain) => plain.replace(/[_*[\]()~`>#+\-=|{}.!\\]/g, '\\$&'),
  bold: (text) => `*${text}*`,
  block: (rows) => `\`\`\`\n${rows.map((row) => row.replace(/[`\\]/g, '\\$&')).join('\n')}\n\`\`\``,
  link: (label, url) => `[${label}](${url.replace(/[)\\]/g, '\\$&')})`,
};

export function openTelegram(settings: TelegramSettings, parts: HttpParts): Channel {
  const { name, token, chatId, threadId, url = BOT_API } = settings;
  return {
    name,
    kind: 'telegram',
    send: (notification, signal) => {
      const limit = { sizeMax: TEXT_MAX, sizeOf: (text: string) => text.length };
      const body = {
        chat_id: chatId,
        ...(threadId === undefined ? {} : { message_thread_id: threadId }),
        text: fitted(notification, limit, (message) => markedUp(message, MARKDOWN_V2)),
        parse_mode: 'MarkdownV2',
        link_preview_options: { is_disabled: true },
      };
      return sendHttp(
        {
          url: `${url.replace(/\/$/, '')}/bot${token}/sendMessage`,
          headers: JSON_TYPE,
          body: JSON.stringify(body),
          secrets: [token],
        },
        { ...parts, read },
        signal,
      );
    },
  };
}

function read({ text }: Answer): Delivery {
  return { kind: 'delivered', id: memberOf(text, 'result', 'message_id') };
}
