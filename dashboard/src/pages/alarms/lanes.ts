import type { Alarm, AlarmSeverity, AlarmState, AlarmTransition } from '../../lib/alarm-row.ts';

/** A stretch in which an alarm was in one state. */
export interface LaneSpan {
  readonly state: AlarmState;
  readonly fromMs: number;
  readonly untilMs: number;
  /** Why it was so; empty where the change to it is before the lane. */
  readonly sentence: string;
}

/** One alarm over time. */
export interface Lane {
  readonly alarm: string;
  readonly title: string;
  readonly severity: AlarmSeverity;
  /** In order of time; before the first it was not there. */
  readonly spans: readonly LaneSpan[];
}

interface LaneFacts {
  /** In any order. */
  readonly transitions: readonly AlarmTransition[];
  readonly alarms: readonly Alarm[];
  readonly sinceMs: number;
  readonly untilMs: number;
}

/** A lane for each alarm that changed in the window, or was wrong all along; those in ALARM for longest first. */
export function lanesOf({ transitions, alarms, sinceMs, untilMs }: LaneFacts): readonly Lane[] {
  const byAlarm = new Map<string, AlarmTransition[]>();
  for (const each of transitions) byAlarm.set(each.alarm, [...(byAlarm.get(each.alarm) ?? []), each]);
  const clip = (span: LaneSpan): LaneSpan[] => {
    const fromMs = Math.max(sinceMs, span.fromMs);
    const clipped = { ...span, fromMs, untilMs: Math.min(untilMs, span.untilMs) };
    return clipped.fromMs < clipped.untilMs ? [clipped] : [];
  };
  const changed = [...byAlarm].map(([alarm, rows]) => changedLane(alarm, rows, { sinceMs, untilMs }));
  const constant = alarms
    .filter(({ alarm, state, since }) => !byAlarm.has(alarm) && state !== 'OK' && Date.parse(since) < untilMs)
    .map((row) => ({
      alarm: row.alarm,
      title: row.title,
      severity: row.severity,
      spans: [{ state: row.state, fromMs: Date.parse(row.since), untilMs, sentence: row.sentence }],
    }));
  return [...changed, ...constant]
    .map((lane) => ({ ...lane, spans: lane.spans.flatMap(clip) }))
    .filter(({ spans }) => spans.length > 0)
    .toSorted((one, other) => alarmMs(other) - alarmMs(one) || one.title.localeCompare(other.title));
}

function changedLane(
  alarm: string,
  rows: readonly AlarmTransition[],
  { sinceMs, untilMs }: Pick<LaneFacts, 'sinceMs' | 'untilMs'>,
): Lane {
  const ordered = rows.toSorted((one, other) => one.revision - other.revision);
  const [first] = ordered;
  const newest = ordered.at(-1);
  const before: LaneSpan[] =
    first === undefined || first.from === null
      ? []
      : [{ state: first.from, fromMs: sinceMs, untilMs: Date.parse(first.at), sentence: '' }];
  const spans = ordered.map(({ state, at, sentence }, index) => ({
    state,
    fromMs: Date.parse(at),
    untilMs: Date.parse(ordered[index + 1]?.at ?? '') || untilMs,
    sentence,
  }));
  return {
    alarm,
    title: newest?.title ?? alarm,
    severity: newest?.severity ?? 'info',
    spans: [...before, ...spans],
  };
}

function alarmMs({ spans }: Lane): number {
  return spans
    .filter(({ state }) => state === 'ALARM')
    .reduce((sum, { fromMs, untilMs }) => sum + untilMs - fromMs, 0);
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const TICK_STEPS_MS = [
  ...[1, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR_MS),
  ...[1, 2, 7, 14, 30, 90].map((days) => days * DAY_MS),
];

/** Round times of the reader's zone within a window, at most `ticksMax`. */
export function ticksOf(sinceMs: number, untilMs: number, ticksMax: number): readonly number[] {
  const stepMs = TICK_STEPS_MS.find((step) => (untilMs - sinceMs) / step <= ticksMax) ?? 365 * DAY_MS;
  const offsetMs = new Date(sinceMs).getTimezoneOffset() * MINUTE_MS;
  const first = Math.ceil((sinceMs - offsetMs) / stepMs) * stepMs + offsetMs;
  const count = Math.max(0, Math.ceil((untilMs - first) / stepMs));
  return Array.from({ length: count }, (_, index) => first + index * stepMs);
}
