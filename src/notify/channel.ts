/** The port: what a channel is given, and what it says became of it. */
export interface Channel {
  /** Unique in the configuration; shown to people. */
  readonly name: string;
  readonly kind: ChannelKind;
  /** How often what it knows to be wrong is sent to it again, as it forgets; absent where nothing is forgotten. */
  readonly renewMs?: number;
  /**
   * Tries once to hand the notification over. Sending the same one again is harmless where the provider can tell by its
   * id. Throws only the signal's reason, when that aborts; nothing it says or throws holds a secret.
   */
  send(notification: Notification, signal: AbortSignal): Promise<Delivery>;
}

export const CHANNEL_KINDS = [
  'email',
  'sns',
  'slack',
  'teams',
  'discord',
  'telegram',
  'pagerduty',
  'opsgenie',
  'ntfy',
  'mattermost',
  'webhook',
  'apprise',
  'alertmanager',
] as const;
export type ChannelKind = (typeof CHANNEL_KINDS)[number];

export type Delivery =
  /** The other side has it, under an id of its own; empty when it gives none. */
  | { readonly kind: 'delivered'; readonly id: string }
  /** It will never take this one: a wrong address, a refused token, a body it cannot read. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** It may take it later. `taken`: how many of its alarms, from the first on, it has taken all the same; default: none. */
  | {
      readonly kind: 'failed';
      readonly reason: string;
      readonly retryAfterMs?: number;
      readonly taken?: number;
    };

/** What is told, the same for every receiver. Texts are raw: a channel escapes and caps them as it needs. */
export interface Notification {
  /** The same on every try: letters, digits, dashes; at most 64. */
  readonly id: string;
  readonly kind: NotificationKind;
  /** What the alarms have in common, for people: `monitor backups, bucket vault`; empty when nothing. */
  readonly group: string;
  /** Milliseconds since 1970 UTC. */
  readonly createdMs: number;
  /** At least one, the worst first. */
  readonly alarms: readonly NotifiedAlarm[];
  /** Page with all alarms; empty when we have no address. */
  readonly home: string;
}

export type NotificationKind =
  /** States that changed. */
  | 'changes'
  /** Alarms that are still in ALARM. */
  | 'reminder'
  /** What changed since the digest before. */
  | 'digest'
  /** Somebody has taken on the one alarm in it; nothing else changed. */
  | 'acknowledgement'
  /** Nothing happened: somebody tries a channel. */
  | 'test';

export const ALARM_STATES = ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const;
export type AlarmState = (typeof ALARM_STATES)[number];

/** The worst first. */
export const SEVERITIES = ['critical', 'warning', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

export interface NotifiedAlarm {
  /** Stable over restarts and changes of the configuration. */
  readonly id: string;
  /** Of what is told of it here, as the id of a notification: the same on every try, whatever is told with it. */
  readonly newsId: string;
  readonly title: string;
  readonly state: AlarmState;
  /** What the receiver was told before. */
  readonly previousState: AlarmState;
  readonly severity: Severity;
  /** `monitor`, `bucket`, tags and the like. */
  readonly labels: Readonly<Record<string, string>>;
  /** Why it is so. */
  readonly sentence: string;
  readonly numbers: readonly NamedNumber[];
  /** The few rows, objects or calls that explain it, newest last; the newest are shown where not all fit. */
  readonly evidence: readonly string[];
  /** The first thing to do; empty when there is none. */
  readonly firstStep: string;
  /** When this state began, by the data, milliseconds since 1970 UTC. */
  readonly sinceMs: number;
  /** States it went through since the receiver was told, the present one last; one when it changed once. */
  readonly passed: readonly PassedState[];
  /** Who has taken it on; absent while nobody has. */
  readonly acknowledgedBy?: string;
  /** What they said; absent or empty when nothing. */
  readonly acknowledgedFor?: string;
  readonly links: AlarmLinks;
}

export interface NamedNumber {
  readonly name: string;
  /** With its unit, as people read it. */
  readonly value: string;
}

export interface PassedState {
  readonly state: AlarmState;
  readonly atMs: number;
}

/** Pages of ours; empty where there is none. */
export interface AlarmLinks {
  readonly open: string;
  readonly acknowledge: string;
  readonly silence: string;
}
