/** What the pipeline knows: transitions, what was told of them, and what people said. */
import type { AlarmState, NamedNumber, Notification, Severity } from './channel.ts';
import type { Matcher } from './rules.ts';

/** One change of an alarm's state: a stored row, with what there is to say of it. */
export interface Transition {
  /** Grows from transition to transition, over all alarms; the only order there is, as clocks jump. */
  readonly sequence: number;
  readonly alarm: string;
  /** When it was noticed, milliseconds since 1970 UTC. */
  readonly atMs: number;
  /** From when on it is so, by the data. */
  readonly sinceMs: number;
  /** OK for an alarm that is new. */
  readonly from: AlarmState;
  readonly to: AlarmState;
  readonly title: string;
  readonly severity: Severity;
  readonly labels: Readonly<Record<string, string>>;
  readonly sentence: string;
  readonly numbers: readonly NamedNumber[];
  readonly evidence: readonly string[];
  readonly firstStep: string;
}

/** Somebody muted alarms for a time. */
export interface Silence {
  readonly id: string;
  readonly match: readonly Matcher[];
  readonly startMs: number;
  /** Exclusive; earlier than it was to be when somebody ended it. */
  readonly endMs: number;
  readonly author: string;
  readonly reason: string;
}

/** Somebody has taken an alarm on: it is not escalated and not repeated, until it recovers or this ends. */
export interface Acknowledgement {
  readonly alarm: string;
  /** Of the transition that was the last when it was said. */
  readonly sequence: number;
  readonly atMs: number;
  /** Exclusive. */
  readonly endMs: number;
  readonly author: string;
  readonly reason: string;
}

/** What is known now, read at one moment. */
export interface Book {
  /**
   * Of each alarm the last transition, and all behind the mark of the channel that is furthest behind (all, when it has no
   * mark yet; of channels that are gone no mark counts), and all since its acknowledgement. In any order; the same one twice
   * is harmless.
   */
  readonly transitions: readonly Transition[];
  readonly silences: readonly Silence[];
  readonly acknowledgements: readonly Acknowledgement[];
  readonly marks: Marks;
}

/** What became of transitions and messages: rows that are only ever added. */
export type Entry =
  /** Nothing is to be sent of these transitions on this channel, and why. */
  | {
      readonly kind: 'settled';
      readonly atMs: number;
      readonly channel: string;
      readonly why: string;
      readonly covers: readonly Cover[];
    }
  /** A message is about to be sent. */
  | ({ readonly kind: 'claimed' } & Claim)
  | ({ readonly kind: 'delivered'; readonly providerId: string } & Outcome)
  | ({ readonly kind: 'refused'; readonly reason: string } & Outcome)
  | ({ readonly kind: 'failed'; readonly reason: string; readonly retryAfterMs: number } & Outcome);

export interface Claim {
  readonly atMs: number;
  readonly channel: string;
  /** Route and group: what waits and fails together. */
  readonly group: string;
  /** 1 for the first. */
  readonly attempt: number;
  readonly notification: Notification;
  /** One for each alarm of the notification, in its order. */
  readonly covers: readonly Cover[];
}

interface Outcome extends Pick<Claim, 'channel' | 'group' | 'attempt' | 'covers'> {
  readonly atMs: number;
  /** Id of the notification. */
  readonly id: string;
}

/** The transitions of an alarm up to one, and what the channel now believes. */
export interface Cover {
  readonly alarm: string;
  readonly upTo: number;
  readonly state: AlarmState;
}

/** The entries so far, folded. */
export interface Marks {
  /** By channel, then alarm. */
  readonly alarms: ReadonlyMap<string, ReadonlyMap<string, AlarmMark>>;
  /** By channel, then group. */
  readonly groups: ReadonlyMap<string, ReadonlyMap<string, GroupMark>>;
  /** By channel, then alarm: up to which transition a message was claimed. One that failed may have arrived all the same. */
  readonly tried: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** Channels on which something was tried. */
  readonly channels: ReadonlyMap<string, ChannelMark>;
}

/** How the last tries on a channel ended. */
export interface ChannelMark {
  /** Which try was the last: the same outcome twice counts once. */
  readonly tried: string;
  readonly triedMs: number;
  /** Failures and refusals since the last delivery. */
  readonly failuresInRow: number;
  /** Why the last was not delivered, without secrets; empty when it was. */
  readonly reason: string;
}

export interface AlarmMark {
  readonly upTo: number;
  /** What the channel believes; OK before it was told anything. */
  readonly state: AlarmState;
  /** When it was last told that the alarm is not OK; absent when it was not. */
  readonly toldMs?: number;
}

export interface GroupMark {
  /** When a message of it was last handed over or refused. */
  readonly sentMs?: number;
  /** Tries since then. */
  readonly attempts: number;
  /** Time of the last try. */
  readonly triedMs?: number;
  /** As long as the provider asked for, from `triedMs`; holds for the whole channel. */
  readonly retryAfterMs?: number;
}

/** Marks that follow the entries as they are added. */
export class KeptMarks implements Marks {
  readonly alarms = new Map<string, Map<string, AlarmMark>>();
  readonly groups = new Map<string, Map<string, GroupMark>>();
  readonly channels = new Map<string, ChannelMark>();
  readonly tried = new Map<string, Map<string, number>>();

  /** Entries in the order they were added; the same one twice is harmless. */
  add(entries: readonly Entry[]): void {
    for (const entry of entries) this.#add(entry);
  }

  #add(entry: Entry): void {
    const { channel } = entry;
    const isTold = entry.kind === 'delivered' || entry.kind === 'refused';
    if (isTold || entry.kind === 'settled') {
      const marks = inner(this.alarms, channel);
      const toldMs = isTold ? entry.atMs : undefined;
      for (const cover of entry.covers)
        marks.set(cover.alarm, alarmMark(marks.get(cover.alarm), cover, toldMs));
    }
    if (entry.kind === 'settled') return;
    if (entry.kind === 'claimed') {
      const tried = inner(this.tried, channel);
      for (const { alarm, upTo } of entry.covers) tried.set(alarm, Math.max(tried.get(alarm) ?? 0, upTo));
    }
    const marks = inner(this.groups, channel);
    marks.set(entry.group, groupMark(marks.get(entry.group), entry));
    if (entry.kind !== 'claimed') this.channels.set(channel, channelMark(this.channels.get(channel), entry));
  }
}

function channelMark(
  before: ChannelMark | undefined,
  entry: Exclude<Entry, { kind: 'settled' | 'claimed' }>,
): ChannelMark {
  const tried = `${entry.id} ${entry.attempt}`;
  if (entry.kind === 'delivered') return { tried, triedMs: entry.atMs, failuresInRow: 0, reason: '' };
  if (before?.tried === tried) return before;
  const failuresInRow = (before?.failuresInRow ?? 0) + 1;
  return { tried, triedMs: entry.atMs, failuresInRow, reason: entry.reason };
}

function alarmMark(
  before: AlarmMark | undefined,
  { upTo, state }: Cover,
  toldMs: number | undefined,
): AlarmMark {
  if (before !== undefined && before.upTo > upTo) return before;
  // A recovery ends what was told; what nothing was sent of changes nothing of when it was.
  const told = state === 'OK' ? undefined : (toldMs ?? before?.toldMs);
  return { upTo, state, ...(told === undefined ? {} : { toldMs: told }) };
}

function groupMark(before: GroupMark | undefined, entry: Exclude<Entry, { kind: 'settled' }>): GroupMark {
  const sent = before?.sentMs === undefined ? {} : { sentMs: before.sentMs };
  switch (entry.kind) {
    case 'claimed':
      return { ...sent, attempts: entry.attempt, triedMs: entry.atMs };
    case 'failed':
      return { ...sent, attempts: entry.attempt, triedMs: entry.atMs, retryAfterMs: entry.retryAfterMs };
    case 'delivered':
    case 'refused':
      return { sentMs: entry.atMs, attempts: 0 };
  }
}

function inner<Value>(outer: Map<string, Map<string, Value>>, name: string): Map<string, Value> {
  const found = outer.get(name) ?? new Map<string, Value>();
  outer.set(name, found);
  return found;
}
