/** A timeline: alarms, what happens when, and what is expected of them. The text form is described in docs/alarms.md. */
import type { AlarmState } from './alarm.ts';
import type { AlarmDefinition } from './definition.ts';
import type { Point } from './limit.ts';

/** All times are since the start of the timeline, which is midnight of 1970-01-01 UTC. */
export type TimelineEvent = { readonly line: number; readonly atMs: number } & (
  | { readonly kind: 'point'; readonly point: Point }
  /** The source is complete until then. */
  | { readonly kind: 'complete'; readonly untilMs: number }
  | { readonly kind: 'due'; readonly dueMs: number }
  | { readonly kind: 'met' }
  | { readonly kind: 'status'; readonly status: string; readonly sentence: string }
  /** Somebody sets the state by hand. */
  | { readonly kind: 'set'; readonly state: AlarmState }
  /** The program starts again: it settles anew. */
  | { readonly kind: 'restart' }
);

export type Expectation = { readonly line: number; readonly atMs: number } & (
  | {
      readonly kind: 'by';
      readonly state: AlarmState;
      /** Part of the sentence why. */
      readonly because?: string;
    }
  /** So it has been at every look since the last expectation. */
  | { readonly kind: 'until'; readonly state: AlarmState }
  /** How often the state has changed from the start. */
  | { readonly kind: 'changes'; readonly count: number }
);

export interface TimelineAlarm {
  readonly line: number;
  readonly definition: AlarmDefinition;
  readonly settleMs: number;
  readonly events: readonly TimelineEvent[];
  readonly expectations: readonly Expectation[];
}

export interface TimelineProblem {
  readonly line: number;
  readonly message: string;
}

export type TimelineReading =
  | { readonly ok: true; readonly alarms: readonly TimelineAlarm[] }
  | { readonly ok: false; readonly problems: readonly TimelineProblem[] };

export const TIMELINE_LINES_MAX = 5000;
export const TIMELINE_POINTS_MAX = 5000;
/** How often all alarms of a timeline are looked at, at most. */
export const TIMELINE_LOOKS_MAX = 50_000;
