/** Every kind of channel: one line each. */
import type { Clock } from '../lib/clock.ts';
import type { Topic } from '../s3/topic.ts';
import { type AlertmanagerSettings, openAlertmanager } from './alertmanager.ts';
import { type AppriseSettings, openApprise } from './apprise.ts';
import type { Channel } from './channel.ts';
import { type DiscordSettings, openDiscord } from './discord.ts';
import { type EmailSettings, type MailTransport, openEmail } from './email.ts';
import { type MattermostSettings, openMattermost } from './mattermost.ts';
import { type NtfySettings, openNtfy } from './ntfy.ts';
import { type OpsgenieSettings, openOpsgenie } from './opsgenie.ts';
import { openPagerDuty, type PagerDutySettings } from './pagerduty.ts';
import { openSlack, type SlackSettings } from './slack.ts';
import { openSns, type SnsSettings } from './sns.ts';
import { openTeams, type TeamsSettings } from './teams.ts';
import { openTelegram, type TelegramSettings } from './telegram.ts';
import { openWebhook, type WebhookSettings } from './webhook.ts';

export type ChannelSettings =
  | EmailSettings
  | SnsSettings
  | SlackSettings
  | TeamsSettings
  | DiscordSettings
  | TelegramSettings
  | PagerDutySettings
  | OpsgenieSettings
  | NtfySettings
  | MattermostSettings
  | WebhookSettings
  | AppriseSettings
  | AlertmanagerSettings;

/** What channels may touch. Connections are opened when a channel of that kind is. */
export interface ChannelParts {
  readonly clock: Clock;
  mailTransport(name: string): MailTransport;
  topic(name: string): Topic;
}

/** Opens a channel; nothing is sent yet. Throws a `Fault` of code `invalid` for settings that cannot be. */
export function openChannel(settings: ChannelSettings, parts: ChannelParts): Channel {
  switch (settings.kind) {
    case 'email':
      return openEmail(settings, { transport: parts.mailTransport(settings.name) });
    case 'sns':
      return openSns(settings, { topic: parts.topic(settings.name) });
    case 'slack':
      return openSlack(settings, parts);
    case 'teams':
      return openTeams(settings, parts);
    case 'discord':
      return openDiscord(settings, parts);
    case 'telegram':
      return openTelegram(settings, parts);
    case 'pagerduty':
      return openPagerDuty(settings, parts);
    case 'opsgenie':
      return openOpsgenie(settings, parts);
    case 'ntfy':
      return openNtfy(settings, parts);
    case 'mattermost':
      return openMattermost(settings, parts);
    case 'webhook':
      return openWebhook(settings, parts);
    case 'apprise':
      return openApprise(settings, parts);
    case 'alertmanager':
      return openAlertmanager(settings, parts);
  }
}
