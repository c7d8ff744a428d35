/** Wires notifications: channels and rules of the configuration, where it is kept what was told, and the job that tells. */
import type { Config } from './config/schema.ts';
import type { Engine } from './engine/engine.ts';
import type { DeliveryReading } from './health/delivery-items.ts';
import { Bell } from './lib/bell.ts';
import type { Clock } from './lib/clock.ts';
import type { Job } from './lib/job.ts';
import type { Log } from './lib/log.ts';
import { type NotifySettings, notifySettings } from './notify-settings.ts';
import { openChannel } from './notify/all.ts';
import { type Book, KeptMarks } from './notify/book.ts';
import type { Channel } from './notify/channel.ts';
import { Notifier } from './notify/deliver.ts';
import { EngineStore } from './notify/engine-store.ts';
import type { Held } from './notify/pipeline.ts';
import type { Rules } from './notify/rules.ts';
import { openSmtp } from './notify/smtp.ts';
import { openTopic } from './s3/topic-client.ts';
import { alarmLinks } from './serve/alarm-links.ts';

const EMPTY_BOOK: Book = { transitions: [], silences: [], acknowledgements: [], marks: new KeptMarks() };
/** Comes sooner when it is rung for, and when something that is held is due sooner. */
const EVERY_MS = 5_000;
const PAUSE_MS_MIN = 100;
/** As long as a channel waits for an answer: what is being sent at the end is finished and recorded. */
const DRAIN_MS = 10_000;

export interface Notifications {
  /** None when nobody is to be told. */
  readonly jobs: readonly Job[];
  readonly rules: Rules;
  readonly channels: readonly Pick<Channel, 'name' | 'kind'>[];
  /** How each channel does; none before it is read what became of earlier messages. */
  deliveries(): readonly DeliveryReading[];
  /** What the pipeline knows now; nothing where there are no channels. */
  book(): Promise<Book>;
  /** Looks at once whether there is something to tell. */
  look(): void;
  /** Waits for what is being sent, for some seconds. Nothing may pass any more. */
  close(): Promise<void>;
}

/** Channels of the configuration with its rules; nothing is sent yet. `linkKey`: links in messages are signed with it. */
export function openNotifications(
  config: Config,
  parts: {
    readonly engine: Engine;
    readonly clock: Clock;
    readonly log: Log;
    readonly linkKey: Uint8Array;
  },
): Notifications {
  const { clock } = parts;
  const home = homeOf(config);
  const linksOf = alarmLinks({ home, key: parts.linkKey, clock });
  const settings = notifySettings(config.notify, { home, linksOf });
  const { rules } = settings;
  const channels = openChannels(settings, clock);
  if (channels.length === 0)
    return {
      jobs: [],
      rules,
      channels,
      deliveries: () => [],
      book: async () => EMPTY_BOOK,
      look: () => undefined,
      close: () => Promise.resolve(),
    };
  const names = channels.map(({ name }) => name);
  const store = new EngineStore(names, parts);
  const bell = new Bell(parts);
  const notifier = new Notifier(rules, { ...parts, store, channels, onFree: () => bell.ring() });
  const sending = new AbortController();
  let pauseMs = EVERY_MS;
  const job: Job = {
    name: 'notifications',
    get everyMs() {
      return pauseMs;
    },
    bell,
    run: async () => {
      pauseMs = EVERY_MS;
      pauseMs = pauseOf(await notifier.pass(sending.signal), clock.nowMs());
    },
  };
  return {
    jobs: [job],
    rules,
    channels,
    deliveries: () => deliveriesOf(names, store.channelMarks()),
    book: () => store.read(),
    look: () => bell.ring(),
    close: async () => {
      const over = new AbortController();
      const late = clock.sleep(DRAIN_MS, over.signal).catch(() => undefined);
      await Promise.race([notifier.idle(), late]);
      over.abort();
      sending.abort();
      await notifier.idle();
    },
  };
}

function deliveriesOf(
  channels: readonly string[],
  marks: ReturnType<EngineStore['channelMarks']>,
): DeliveryReading[] {
  if (marks === undefined) return [];
  return channels.map((channel) => {
    const mark = marks.get(channel);
    if (mark === undefined) return { channel, failuresInRow: 0, reason: '' };
    const { failuresInRow, reason, triedMs } = mark;
    return { channel, failuresInRow, reason, triedMs };
  });
}

/** Until the first of these is due. */
function pauseOf(held: readonly Held[], nowMs: number): number {
  const untilMs = held.reduce((least, one) => Math.min(least, one.untilMs ?? least), nowMs + EVERY_MS);
  return Math.max(PAUSE_MS_MIN, untilMs - nowMs);
}

/** Address of the page, with a slash at its end; empty when the configuration has none. */
export function homeOf({ public_url: url }: Pick<Config, 'public_url'>): string {
  return url === undefined ? '' : new URL(`${url.replace(/\/$/, '')}/`).href;
}

/** Throws a `Fault` of code `invalid` for settings that cannot be. */
export function openChannels({ channels, servers, topics }: NotifySettings, clock: Clock): Channel[] {
  const parts = {
    clock,
    mailTransport: (name: string) => openSmtp(settingOf(servers, name)),
    topic: (name: string) => openTopic(settingOf(topics, name)),
  };
  return channels.map((settings) => openChannel(settings, parts));
}

function settingOf<Setting>(all: ReadonlyMap<string, Setting>, name: string): Setting {
  const found = all.get(name);
  if (found === undefined) throw new Error(`no settings of the channel ${name}`);
  return found;
}
