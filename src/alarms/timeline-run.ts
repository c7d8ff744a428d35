/** Runs a timeline over the evaluation of alarms: the same one that runs in the server, with a clock of its own. */
import type { Evaluation, EvaluationTime } from './alarm.ts';
import { type Composite, evaluateComposites, orderedComposites } from './composite-alarm.ts';
import { type DeadlineReading, evaluateDeadline } from './deadline-alarm.ts';
import { evaluateMetric } from './metric-alarm.ts';
import { evaluationEveryMs } from './metric-rule.ts';
import { type StoredAlarm, type Transition, type TransitionTime, transitionOf } from './state.ts';
import { evaluateStatus, type StatusReading } from './status-alarm.ts';
import {
  type Expectation,
  TIMELINE_LOOKS_MAX,
  type TimelineAlarm,
  type TimelineEvent,
  type TimelineProblem,
} from './timeline.ts';
import { readTimeline } from './timeline-text.ts';

export interface TimelineRun {
  /** What is wrong with the text, or was not as expected; nothing when the timeline holds. */
  readonly problems: readonly TimelineProblem[];
  /** In order of time. */
  readonly transitions: readonly Transition[];
}

/** Reads a timeline and runs it. */
export function runTimeline(text: string): TimelineRun {
  const reading = readTimeline(text);
  if (!reading.ok) return { problems: reading.problems, transitions: [] };
  const { alarms } = reading;
  const times = looksOf(alarms);
  if (times.length > TIMELINE_LOOKS_MAX) {
    const message = `it would be looked at more than ${TIMELINE_LOOKS_MAX} times`;
    return { problems: [{ line: 0, message }], transitions: [] };
  }
  const tracks = alarms.map((alarm): Track => ({ alarm, stored: undefined, looks: [], transitions: [] }));
  const composites = compositesOf(alarms);
  for (const nowMs of times) lookAt(tracks, composites, nowMs);
  return {
    problems: tracks.flatMap(unmet).sort((a, b) => a.line - b.line),
    transitions: tracks.flatMap(({ transitions }) => transitions).sort((a, b) => a.atMs - b.atMs),
  };
}

/** One alarm while the timeline runs. */
interface Track {
  readonly alarm: TimelineAlarm;
  stored: StoredAlarm | undefined;
  readonly looks: Look[];
  readonly transitions: Transition[];
}

interface Look {
  readonly atMs: number;
  readonly stored: StoredAlarm | undefined;
  /** Why it is so now; `stored` has why it became so. */
  readonly sentence: string;
}

/** As often as the server looks, and whenever something happens or is expected. */
function looksOf(alarms: readonly TimelineAlarm[]): number[] {
  const marks = alarms.flatMap(({ events, expectations }) => [...events, ...expectations]);
  const endMs = marks.reduce((latest, { atMs }) => Math.max(latest, atMs), 0);
  const steps = alarms.map(({ definition: { rule } }) =>
    rule.kind === 'metric' ? evaluationEveryMs(rule.periodMs) : evaluationEveryMs(60_000),
  );
  const stepMs = Math.min(...steps);
  const count = Math.min(Math.floor(endMs / stepMs) + 1, TIMELINE_LOOKS_MAX + 1);
  const regular = Array.from({ length: count }, (_, index) => index * stepMs);
  return [...new Set([...regular, ...marks.map(({ atMs }) => atMs)])].sort((a, b) => a - b);
}

function compositesOf(alarms: readonly TimelineAlarm[]): Composite[] {
  return orderedComposites(
    alarms.flatMap(({ definition: { id, rule } }) => (rule.kind === 'composite' ? [{ id, rule }] : [])),
  );
}

function lookAt(tracks: readonly Track[], composites: readonly Composite[], nowMs: number): void {
  const settledMs = settledAfter(tracks, nowMs);
  for (const track of tracks) judge(track, evaluated(track, nowMs), { nowMs, settledMs: settledMs(track) });
  const known = tracks.flatMap(({ alarm: { definition }, stored }) =>
    stored === undefined ? [] : [{ id: definition.id, definition: definition.id, state: stored.state }],
  );
  const evaluations = evaluateComposites(composites, { known, nowMs });
  for (const track of tracks) {
    const evaluation = evaluations.get(track.alarm.definition.id);
    judge(track, evaluation, { nowMs, settledMs: settledMs(track) });
  }
}

/** Stores what comes of an evaluation; does nothing without one, as composites are judged after the others. */
function judge(track: Track, evaluation: Evaluation | undefined, time: TransitionTime): void {
  if (evaluation === undefined) return;
  const { alarm, stored } = track;
  const judged = { alarm: alarm.definition, evaluation, ...(stored === undefined ? {} : { stored }) };
  const transition = transitionOf(judged, time);
  if (transition !== undefined) {
    track.stored = transition;
    track.transitions.push(transition);
  }
  setByHand(track, time.nowMs);
  const now = track.stored;
  const sentence = now?.state === evaluation.state ? evaluation.sentence : (now?.sentence ?? '');
  track.looks.push({ atMs: time.nowMs, stored: now, sentence });
}

/** A restart is of the program, so of all alarms, whichever it stands with. */
function settledAfter(tracks: readonly Track[], nowMs: number): (track: Track) => number {
  const restarts = tracks.flatMap(({ alarm }) =>
    alarm.events.filter(({ kind, atMs }) => kind === 'restart' && atMs <= nowMs),
  );
  const startMs = restarts.reduce((latest, { atMs }) => Math.max(latest, atMs), Number.NEGATIVE_INFINITY);
  return ({ alarm }) => startMs + alarm.settleMs;
}

/** What is set by hand lasts to the next look. */
function setByHand(track: Track, nowMs: number): void {
  const { alarm, stored } = track;
  const set = alarm.events.findLast(
    (event) => event.kind === 'set' && event.atMs <= nowMs && event.atMs > (track.looks.at(-1)?.atMs ?? -1),
  );
  if (set?.kind !== 'set') return;
  const base = { alarm: alarm.definition.id, sentence: 'Set by hand.', sinceMs: nowMs, atMs: nowMs };
  track.stored = { ...base, state: set.state, revision: (stored?.revision ?? 0) + 1 };
}

/** Nothing for a composite. */
function evaluated({ alarm, stored }: Track, nowMs: number): Evaluation | undefined {
  const { rule } = alarm.definition;
  const events = alarm.events.filter(({ atMs }) => atMs <= nowMs);
  const time = { nowMs, ...completeness(events), ...(stored === undefined ? {} : { state: stored.state }) };
  switch (rule.kind) {
    case 'metric': {
      const points = events.flatMap((event) => (event.kind === 'point' ? [event.point] : []));
      return evaluateMetric(rule, points, time);
    }
    case 'deadline':
      return evaluateDeadline(rule, deadlineReading(events), time);
    case 'status':
      return evaluateStatus(rule, statusReading(events), time);
    case 'composite':
      return undefined;
  }
}

function completeness(events: readonly TimelineEvent[]): Pick<EvaluationTime, 'completeUntilMs'> {
  const newest = events.findLast(({ kind }) => kind === 'complete');
  return newest?.kind === 'complete' ? { completeUntilMs: newest.untilMs } : {};
}

function deadlineReading(events: readonly TimelineEvent[]): DeadlineReading | undefined {
  const due = events.findLast(({ kind }) => kind === 'due');
  if (due?.kind !== 'due') return undefined;
  const met = events.slice(events.indexOf(due)).find(({ kind }) => kind === 'met');
  return { dueMs: due.dueMs, ...(met === undefined ? {} : { metMs: met.atMs }) };
}

function statusReading(events: readonly TimelineEvent[]): StatusReading | undefined {
  const statuses = events.flatMap((event) => (event.kind === 'status' ? [event] : []));
  const newest = statuses.at(-1);
  if (newest === undefined) return undefined;
  const other = statuses.findLastIndex(({ status }) => status !== newest.status);
  return { ...newest, sinceMs: statuses[other + 1]?.atMs ?? newest.atMs };
}

function unmet(track: Track): TimelineProblem[] {
  const { expectations } = track.alarm;
  return expectations.flatMap((expectation, index) => {
    const message = differenceOf(track, expectation, expectations[index - 1]?.atMs ?? 0);
    return message === undefined ? [] : [{ line: expectation.line, message }];
  });
}

function differenceOf(track: Track, expectation: Expectation, sinceMs: number): string | undefined {
  const { atMs } = expectation;
  switch (expectation.kind) {
    case 'by':
      return byDifference(track, expectation);
    case 'until': {
      const other = track.looks.find(
        (look) => look.atMs >= sinceMs && look.atMs <= atMs && look.stored?.state !== expectation.state,
      );
      return other === undefined ? undefined : `at ${timeText(other.atMs)} ${stateText(other)}`;
    }
    case 'changes': {
      const changes = track.transitions.filter((one) => one.from !== undefined && one.atMs <= atMs);
      if (changes.length === expectation.count) return undefined;
      const list = changes.map((one) => `${timeText(one.atMs)} ${one.state}`).join(', ');
      return `it changed ${changes.length} times${list === '' ? '' : `: ${list}`}`;
    }
  }
}

function byDifference(
  { looks }: Track,
  { atMs, state, because = '' }: Extract<Expectation, { kind: 'by' }>,
): string | undefined {
  const look = looks.findLast((one) => one.atMs <= atMs);
  if (look?.stored?.state !== state) return look === undefined ? 'it has no state' : stateText(look);
  const { sentence } = look.stored;
  return sentence.includes(because) ? undefined : `it is ${state} for another reason: ${sentence}`;
}

function stateText({ stored, sentence }: Look): string {
  return stored === undefined ? 'it has no state' : `it is ${stored.state}: ${sentence}`;
}

/** `1h30m` since the start. */
function timeText(timeMs: number): string {
  const parts: string[] = [];
  let leftMs = timeMs;
  for (const [unit, unitMs] of [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1000],
    ['ms', 1],
  ] as const) {
    const count = Math.floor(leftMs / unitMs);
    if (count > 0) parts.push(`${count}${unit}`);
    leftMs -= count * unitMs;
  }
  return parts.length === 0 ? '0' : parts.join('');
}
