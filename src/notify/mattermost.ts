/** Mattermost: an incoming webhook. */
import type { Channel } from './channel.ts';
import { type HttpParts, JSON_TYPE, sendHttp } from './http.ts';
import { type Markup, markedUp } from './markup.ts';
import { fitted } from './message.ts';

export interface MattermostSettings {
  readonly kind: 'mattermost';
  readonly name: string;
  readonly url: string;
  /** Other than that of the webhook. */
  readonly channel?: string;
}

/** Of a post. */
const TEXT_MAX = 16_383;

const MATTERMOST: Markup = {
  // A zero-width space behind @ and ~ keeps names from calling people and channels; a backslash does not.
  text: (plain) => plain.replace(/[\\`*_{}[\]()<>#+\-.!|:]/g, '\\$&').replace(/[@~]/g, '$&\u200b'),
  bold: (text) => `**${text}**`,
  block: (rows) => `\`\`\`text\n${rows.map((row) => row.replaceAll('`', 'ˋ')).join('\n')}\n\`\`\``,
  link: (label, url) => `[${label}](${url})`,
};

export function openMattermost({ name, url, channel }: MattermostSettings, parts: HttpParts): Channel {
  return {
    name,
    kind: 'mattermost',
    send: (notification, signal) => {
      const limit = { sizeMax: TEXT_MAX, sizeOf: (text: string) => text.length };
      const body = {
        ...(channel === undefined ? {} : { channel }),
        text: fitted(notification, limit, (message) => markedUp(message, MATTERMOST)),
      };
      return sendHttp({ url, headers: JSON_TYPE, body: JSON.stringify(body) }, parts, signal);
    },
  };
}
