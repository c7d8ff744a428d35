/** Section `notify.channels`: where notifications go. */
import { z } from 'zod';
import { duration } from './units.ts';

const name = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,100}$/, 'is not of letters, digits, dots, dashes and underscores')
  .describe('Unique name, for routes.');

const webhookUrl = z.url().describe('Address of the webhook; ${ENV} or file: only.');

const email = z.strictObject({
  kind: z.literal('email'),
  name,
  from: z
    .string()
    .regex(/@[^\s@>]+>?$/, 'is not an address, or a name and an address in angle brackets')
    .describe('Sender.'),
  to: z.array(z.email()).min(1).max(50).describe('Receivers.'),
  host: z.string().min(1).describe('SMTP server.'),
  port: z.number().int().min(1).max(65_535).default(587).describe('Its port.'),
  security: z
    .enum(['starttls', 'tls', 'none'])
    .default('starttls')
    .describe('How the connection is encrypted: after STARTTLS, from the beginning, or not at all.'),
  username: z.string().optional().describe('User, when the server asks for one.'),
  password: z.string().optional().describe('${ENV} or file: only.'),
});

const sns = z.strictObject({
  kind: z.literal('sns'),
  name,
  topic: z
    .string()
    .regex(/^arn:[\w-]+:sns:/, 'is not the ARN of a topic')
    .describe('ARN of the topic.'),
  endpoint: z.url().optional().describe('Endpoint other than that of AWS.'),
  profile: z.string().optional().describe('Profile of the AWS configuration files.'),
  role_arn: z.string().optional().describe('Role to assume.'),
  access_key_id: z.string().optional().describe('Key id, when the usual AWS chain does not apply.'),
  secret_access_key: z.string().optional().describe('Secret of the key; ${ENV} or file: only.'),
});

const slack = z
  .strictObject({
    kind: z.literal('slack'),
    name,
    webhook_url: webhookUrl.optional(),
    token: z.string().optional().describe('Token of a bot with chat:write; ${ENV} or file: only.'),
    channel: z.string().min(1).optional().describe('Where the bot writes: id or name of a channel.'),
  })
  .refine(
    ({ webhook_url: url, token, channel }) =>
      (url === undefined) === (token !== undefined && channel !== undefined),
    {
      message: 'needs either webhook_url, or token and channel',
      path: ['webhook_url'],
    },
  );

const teams = z.strictObject({ kind: z.literal('teams'), name, webhook_url: webhookUrl });
const discord = z.strictObject({ kind: z.literal('discord'), name, webhook_url: webhookUrl });

const mattermost = z.strictObject({
  kind: z.literal('mattermost'),
  name,
  webhook_url: webhookUrl,
  channel: z.string().min(1).optional().describe('Other than that of the webhook.'),
});

const telegram = z.strictObject({
  kind: z.literal('telegram'),
  name,
  token: z.string().min(1).describe('Token of the bot; ${ENV} or file: only.'),
  chat: z
    .union([z.string().min(1), z.number()])
    .transform(String)
    .describe('Id of the chat, or @name of a public channel.'),
  thread: z.number().int().optional().describe('Id of the topic, in a forum.'),
  url: z.url().optional().describe("Address of the Bot API when it is not Telegram's."),
});

const pagerduty = z.strictObject({
  kind: z.literal('pagerduty'),
  name,
  routing_key: z
    .string()
    .min(1)
    .describe('Integration key of a service (Events API v2); ${ENV} or file: only.'),
  url: z.url().optional().describe('https://events.eu.pagerduty.com/v2/enqueue for accounts in the EU.'),
});

const opsgenie = z.strictObject({
  kind: z.literal('opsgenie'),
  name,
  api_key: z.string().min(1).describe('Key of an API integration; ${ENV} or file: only.'),
  url: z.url().optional().describe('https://api.eu.opsgenie.com for accounts in the EU.'),
});

const ntfy = z.strictObject({
  kind: z.literal('ntfy'),
  name,
  url: z.url().default('https://ntfy.sh').describe('The server.'),
  topic: z.string().min(1).describe('The topic.'),
  token: z.string().optional().describe('Access token; ${ENV} or file: only.'),
});

const webhook = z.strictObject({
  kind: z.literal('webhook'),
  name,
  url: z.url().describe('Where the JSON is sent.'),
  method: z.enum(['POST', 'PUT']).default('POST').describe('How.'),
  secret: z.string().min(16).optional().describe('Of the signature; ${ENV} or file: only.'),
  headers: z
    .record(z.string().regex(/^[A-Za-z0-9-]+$/), z.string())
    .default({})
    .describe('Headers beside ours.'),
  body: z.string().optional().describe('A template in JSON; default: everything there is.'),
  per_alarm: z.boolean().default(false).describe('A request for each alarm instead of one for all.'),
});

const apprise = z.strictObject({
  kind: z.literal('apprise'),
  name,
  url: z.url().describe('https://<host>/notify/<key>, or https://<host>/notify with service_urls.'),
  service_urls: z
    .string()
    .optional()
    .describe("Addresses in Apprise's form, comma between them; ${ENV} or file: only."),
  tag: z.string().optional().describe('Which of the addresses kept under the key.'),
});

const alertmanager = z.strictObject({
  kind: z.literal('alertmanager'),
  name,
  url: z.url().describe('Its address, without /api/v2/alerts.'),
  token: z.string().optional().describe('Bearer token; ${ENV} or file: only.'),
  username: z.string().optional().describe('User, with password.'),
  password: z.string().optional().describe('${ENV} or file: only.'),
  hold: duration('24h', 'How long it fires there without another word; each minute there is one.').refine(
    (ms) => ms >= 300_000,
    'is under 5m: it would end there whenever a few words are lost',
  ),
});

export const notifyChannel = z.discriminatedUnion('kind', [
  email,
  sns,
  slack,
  teams,
  discord,
  telegram,
  pagerduty,
  opsgenie,
  ntfy,
  mattermost,
  webhook,
  apprise,
  alertmanager,
]);
