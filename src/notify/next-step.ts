/** What to do first when a channel did not take a message, by the reason that it gives. */
import type { ChannelKind } from './channel.ts';

/** Settings by which a channel finds the other side, and by which it is let in. */
interface Named {
  readonly place: string;
  readonly secret: string;
}

const WEBHOOK: Named = { place: 'webhook_url', secret: 'webhook_url' };
const SETTINGS: Readonly<Record<ChannelKind, Named>> = {
  email: { place: 'host, port and security', secret: 'username and password' },
  sns: { place: 'topic and endpoint', secret: 'profile, role_arn or access_key_id' },
  slack: { place: 'webhook_url', secret: 'webhook_url, or token' },
  teams: WEBHOOK,
  discord: WEBHOOK,
  mattermost: WEBHOOK,
  telegram: { place: 'url', secret: 'token' },
  pagerduty: { place: 'url', secret: 'routing_key' },
  opsgenie: { place: 'url', secret: 'api_key' },
  ntfy: { place: 'url', secret: 'token' },
  webhook: { place: 'url', secret: 'headers and secret' },
  apprise: { place: 'url', secret: 'url' },
  alertmanager: { place: 'url', secret: 'token, or username and password' },
};

type Step = readonly [reason: RegExp, text: (named: Named) => string];

/** What one provider means by an answer. */
const OF_KIND: Partial<Readonly<Record<ChannelKind, readonly Step[]>>> = {
  slack: [
    [/channel_not_found|not_in_channel/, () => 'Invite the bot to the channel, and give its id in channel.'],
    [/is_archived/, () => 'The channel is archived: choose another one.'],
    [
      /invalid_auth|not_authed|token_|account_inactive/,
      () => 'Slack does not know the token: install the app again and copy its bot token.',
    ],
    [/missing_scope/, () => 'Give the bot the scope chat:write, and install the app again.'],
    [
      /^HTTP (403|404|410)/,
      () => 'Slack knows no such webhook: make a new one, and put its address into webhook_url.',
    ],
  ],
  discord: [
    [
      /^HTTP (401|404)/,
      () => 'The webhook is deleted: make a new one, and put its address into webhook_url.',
    ],
  ],
  mattermost: [
    [
      /^HTTP (400|404)/,
      () => 'Look whether the webhook is still there and enabled, and channel is a name as in its address.',
    ],
  ],
  teams: [
    [
      /HTTP (401|403|404)/,
      () => 'Look whether the workflow is on and anyone may trigger it; copy its address into webhook_url.',
    ],
  ],
  telegram: [
    [/^HTTP (401|404)/, () => 'Telegram knows no such bot: copy the token from @BotFather.'],
    [/chat not found/, () => 'Write to the bot once, or add it to the group, and look up the id for chat.'],
    [/upgraded to a supergroup/, () => 'The group has a new id, which begins with -100: put it into chat.'],
    [/^HTTP 403/, () => 'The bot was removed or blocked: add it to the chat again.'],
  ],
  pagerduty: [
    [
      /^HTTP (400|401|403)/,
      () => 'routing_key is the integration key of an integration of kind Events API v2, 32 characters long.',
    ],
  ],
  opsgenie: [
    [
      /^HTTP (401|403|422)/,
      () => 'Use the key of an API integration; accounts in the EU need url: https://api.eu.opsgenie.com.',
    ],
  ],
  ntfy: [[/^HTTP (401|403)/, () => 'Give token one that may write to the topic.']],
  apprise: [
    [
      /^HTTP 204/,
      () => 'Store addresses under the key of url, or give service_urls; look whether tag is one of theirs.',
    ],
    [/^HTTP 424/, () => 'One of the services behind Apprise did not take it: its log says which.'],
  ],
  email: [
    [/EAUTH/, () => 'Check username and password; many providers want a password made for programs.'],
    [
      /SMTP (530|538)/,
      () =>
        'The server wants a login, or encryption: give username and password, and security starttls or tls.',
    ],
    [
      /ETLS/,
      () =>
        'The server offers no STARTTLS: use security: tls, with port 465, or none within your own network.',
    ],
    [/EENVELOPE|SMTP 55\d/, () => 'The server does not take this sender or receiver: check from and to.'],
  ],
};

const OF_ALL: readonly Step[] = [
  [/^HTTP 3\d\d/, ({ place }) => `Put the address that it leads to into ${place}.`],
  [/^HTTP (401|403)/, ({ secret }) => `It does not let us in: check ${secret}.`],
  [/^HTTP (404|405|410)/, ({ place }) => `There is nothing of the kind at this address: check ${place}.`],
  [/^(Teams says )?HTTP (408|425|429|5\d\d)/, () => 'The other side has trouble: try again in some minutes.'],
  [/^(Teams says )?HTTP 4\d\d/, () => 'It does not read this message: its answer says why.'],
  [
    /\((ENOTFOUND|EAI_AGAIN|EDNS)/,
    ({ place }) => `The name of the host is not known: check ${place}, and the DNS of this machine.`,
  ],
  [
    /\(ECONNREFUSED/,
    ({ place }) => `Nothing listens there: check ${place}, and whether the other side runs.`,
  ],
  [/\(CERT_HAS_EXPIRED/, () => 'The certificate of the other side is over: it has to be renewed there.'],
  [
    /\(\w*ALTNAME/,
    ({ place }) => `The certificate is of another host: use the name that it is of in ${place}.`,
  ],
  [
    /\(\w*(CERT|UNABLE_TO_VERIFY)/,
    () =>
      'Nobody known here vouches for its certificate: start Bucketwatch with NODE_EXTRA_CA_CERTS=<file of your authority>.',
  ],
  [
    /\((\w*WRONG_VERSION|EPROTO|UND_ERR_SOCKET|ECONNRESET)/,
    ({ place }) => `It does not speak as it is spoken to, with TLS or without: check ${place}.`,
  ],
  [
    /\((TimeoutError|ETIMEDOUT|UND_ERR_\w*TIMEOUT|EHOSTUNREACH|ENETUNREACH)/,
    ({ place }) =>
      `It cannot be reached from here: check ${place}, firewalls, and whether a proxy is needed.`,
  ],
  [/^its (address|port)/, ({ place }) => `Check ${place}.`],
];

/** A sentence for people; empty where the reason says it all, as what SNS refuses does. */
export function nextStep(kind: ChannelKind, reason: string): string {
  const steps = [...(OF_KIND[kind] ?? []), ...OF_ALL];
  const found = steps.find(([pattern]) => pattern.test(reason));
  return found === undefined ? '' : found[1](SETTINGS[kind]);
}
