/** Wires `notify test` and `notify list`, which need neither server nor store. */
import type { Config } from './config/schema.ts';
import type { Clock } from './lib/clock.ts';
import { Fault } from './lib/fault.ts';
import { nearest } from './lib/nearest.ts';
import { notifySettings } from './notify-settings.ts';
import { homeOf, openChannels } from './notify-watch.ts';
import type { Delivery } from './notify/channel.ts';
import { nextStep } from './notify/next-step.ts';
import { routesTo } from './notify/route.ts';
import { testNotifications } from './notify/try-out.ts';

const NO_LINKS = { open: '', acknowledge: '', silence: '' };

function settingsOf(config: Config) {
  return notifySettings(config.notify, { home: homeOf(config), linksOf: () => NO_LINKS });
}

export interface Tried {
  readonly channel: string;
  readonly kind: string;
  /** `delivered` when both messages were. */
  readonly outcome: Delivery['kind'];
  readonly reason: string;
  /** What to do first when it was not; empty where the reason says it all. */
  readonly next_step: string;
}

/** Sends an alarm and its recovery, which say that they are a test. Throws `invalid` when there is no such channel. */
export async function tryChannel(
  name: string,
  { config, clock, signal }: { readonly config: Config; readonly clock: Clock; readonly signal: AbortSignal },
): Promise<Tried> {
  const settings = settingsOf(config);
  const channels = settings.channels.filter((channel) => channel.name === name);
  const [channel] = openChannels({ ...settings, channels }, clock);
  if (channel === undefined) throw new Fault('invalid', unknownText(name, settings.channels));
  const { kind } = channel;
  for (const notification of testNotifications({ nowMs: clock.nowMs(), home: settings.rules.home })) {
    const delivery = await channel.send(notification, signal);
    if (delivery.kind === 'delivered') continue;
    const { kind: outcome, reason } = delivery;
    return { channel: name, kind, outcome, reason, next_step: nextStep(kind, reason) };
  }
  return { channel: name, kind, outcome: 'delivered', reason: '', next_step: '' };
}

function unknownText(name: string, channels: readonly { readonly name: string }[]): string {
  const names = channels.map((channel) => channel.name);
  const near = nearest(name, names);
  const hint = near === undefined ? `there are ${names.join(', ')}` : `did you mean "${near}"?`;
  return `Cannot try the channel: it is not in the configuration, got "${name}"; ${names.length === 0 ? 'notify.channels has none' : hint}`;
}

export interface ChannelRow {
  readonly channel: string;
  readonly kind: string;
  /** Names of the routes that tell it at once. */
  readonly routes: readonly string[];
  /** Names of those that tell it later. */
  readonly escalations: readonly string[];
}

/** Channels of the configuration, in its order. */
export function channelRows(config: Config): ChannelRow[] {
  const { channels, rules } = settingsOf(config);
  return channels.map(({ name, kind }) => ({ channel: name, kind, ...routesTo(name, rules.routes) }));
}
