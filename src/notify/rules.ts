/** Who is told what and when: the configuration of the pipeline, as plain values. */
import type { AlarmLinks, AlarmState } from './channel.ts';
import type { DigestTimes } from './digest-times.ts';

export interface Rules {
  /** In order; the first that fits an alarm takes it, and those after it only when it says so. */
  readonly routes: readonly Route[];
  readonly inhibit: readonly Inhibition[];
  /** By name. */
  readonly muteTimes: Readonly<Record<string, readonly MuteTime[]>>;
  /** Names of channels that take every alarm by itself. */
  readonly perAlarm: readonly string[];
  /** Names of channels that are told when somebody takes on an alarm. */
  readonly acknowledging: readonly string[];
  /** Address of the page with all alarms, with a slash at its end; empty when nobody can reach it. */
  readonly home: string;
  /** Of an alarm; empty for what there is none. */
  linksOf(alarmId: string): AlarmLinks;
}

export interface Route {
  /** Unique. */
  readonly name: string;
  /** All of them have to fit; none: every alarm does. */
  readonly match: readonly Matcher[];
  /** Whether routes after it are asked too. */
  readonly goesOn: boolean;
  /** The first step: who is told at once. */
  readonly channels: readonly string[];
  /** Who is told when an alarm is still in ALARM, and nobody has acknowledged it. */
  readonly escalate: readonly EscalationStep[];
  /** Labels whose values alarms of one message have in common; `alarm`: every alarm by itself. */
  readonly groupBy: readonly string[];
  /** How long the first of a group waits for others. */
  readonly groupWaitMs: number;
  /** Between two messages of one group, when something changed. */
  readonly groupIntervalMs: number;
  /** Between reminders of an alarm that stays in ALARM; 0: none. */
  readonly repeatIntervalMs: number;
  /** States that are told. */
  readonly states: readonly AlarmState[];
  /** Names of the times in which nothing is told. */
  readonly mute: readonly string[];
  /** When what has changed is told in one message; absent: as it happens. */
  readonly digest?: DigestTimes;
}

export interface EscalationStep {
  readonly afterMs: number;
  readonly channels: readonly string[];
}

/** A label, and what its value may be: `*` stands for anything; a leading `!` excludes. */
export interface Matcher {
  readonly label: string;
  readonly values: readonly string[];
}

/** While a source is in ALARM, targets that have the same values of `equal` are not told. */
export interface Inhibition {
  readonly source: readonly Matcher[];
  readonly target: readonly Matcher[];
  readonly equal: readonly string[];
}

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** A part of the week, in local time; with `from` after `to` it goes over midnight and belongs to the day it begins on. */
export interface MuteTime {
  readonly weekdays: readonly Weekday[];
  /** Minutes since midnight, 0 to 1440. */
  readonly fromMinute: number;
  /** Exclusive. */
  readonly toMinute: number;
  readonly timezone: string;
}
