/** Back-tests: what a definition would have done over what is stored, by the evaluation that runs in the server. */
import type { Labels } from './alarm.ts';
import { alarmId } from './alarm-id.ts';
import { type DeadlineReading, evaluateDeadline } from './deadline-alarm.ts';
import { type Alarm, type AlarmDefinition, expand } from './definition.ts';
import type { Point } from './limit.ts';
import type { MetricRule } from './metric-rule.ts';
import { type Replay, replayOf } from './replay.ts';
import { slotCountOf } from './slots.ts';
import { type StoredAlarm, type Transition, transitionOf } from './state.ts';
import { evaluateStatus, type StatusReading } from './status-alarm.ts';

/** What is stored of one set of labels: points of a metric, or what was to be said of a status or a deadline. */
export type Past = { readonly labels: Labels } & (
  | { readonly kind: 'points'; readonly points: readonly Point[]; readonly completeUntilMs?: number }
  | { readonly kind: 'readings'; readonly readings: readonly PastReading[] }
);

export interface PastReading {
  /** From when on it was said. */
  readonly atMs: number;
  readonly reading: StatusReading | DeadlineReading;
}

export interface BackTestRequest {
  readonly definition: AlarmDefinition;
  /** One for each set of labels, in order of time; what is from just before the start too. */
  readonly pasts: readonly Past[];
  readonly startMs: number;
  readonly endMs: number;
}

/** A time in ALARM. */
export interface Firing {
  readonly alarm: Pick<Alarm, 'id' | 'title'>;
  readonly startMs: number;
  /** Absent while it is still in ALARM at the end. */
  readonly endMs?: number;
  /** Why it began. */
  readonly sentence: string;
}

export interface BackTestOutcome {
  /** How many were looked at. */
  readonly alarms: number;
  /** Alarms that a definition may not have. */
  readonly omitted: number;
  /** In order of their start. */
  readonly firings: readonly Firing[];
}

interface BackTestParts {
  /** Awaited now and then, so that others get their turn; may throw to end it. */
  readonly pause: () => Promise<void>;
}

/** What a back-test may cost: about ten seconds. */
export const BACK_TEST_COST_MAX = 20_000_000;
/** What a look costs beside the periods it looks at. */
const COST_OF_LOOK = 10;
const LOOKS_BETWEEN_PAUSES = 500;

/** What it costs to look at so many alarms of a rule for so long: periods looked at, over all looks. */
export function backTestCost(
  rule: MetricRule,
  { spanMs, alarms }: { readonly spanMs: number; readonly alarms: number },
): number {
  return Math.ceil(spanMs / rule.periodMs) * (slotCountOf(rule) + COST_OF_LOOK) * alarms;
}

/**
 * When each alarm of the definition would have been in ALARM. Metrics are looked at after each period as if every point
 * had been there by then; the rest whenever something was said, or a hold or a grace was over. Composites have none.
 */
export async function backTest(request: BackTestRequest, parts: BackTestParts): Promise<BackTestOutcome> {
  const { definition, pasts } = request;
  const byId = new Map(pasts.map((past) => [alarmId(definition.id, past.labels), past]));
  const { alarms, omitted } = expand(
    definition,
    pasts.map(({ labels }) => labels),
  );
  const firings: Firing[] = [];
  for (const alarm of alarms) {
    const past = byId.get(alarm.id);
    if (past !== undefined) firings.push(...(await replayed(alarm, past, request, parts)));
  }
  return { alarms: alarms.length, omitted, firings: firings.sort((a, b) => a.startMs - b.startMs) };
}

async function replayed(
  alarm: Alarm,
  past: Past,
  request: BackTestRequest,
  { pause }: BackTestParts,
): Promise<Firing[]> {
  const look = lookOf(alarm, past);
  const transitions: Transition[] = [];
  let stored: StoredAlarm | undefined;
  let looks = 0;
  for (const nowMs of timesOf(alarm, past, request)) {
    if (looks % LOOKS_BETWEEN_PAUSES === 0) await pause();
    looks += 1;
    const evaluation = look(nowMs, stored?.state);
    if (evaluation === undefined) continue;
    const judged = { alarm, evaluation, ...(stored === undefined ? {} : { stored }) };
    const transition = transitionOf(judged, { nowMs, settledMs: Number.NEGATIVE_INFINITY });
    if (transition === undefined) continue;
    stored = transition;
    transitions.push(transition);
  }
  return firingsOf(alarm, transitions);
}

/** Also nothing where nothing is known. */
function lookOf({ rule }: Alarm, past: Past): Replay {
  if (rule.kind === 'metric' && past.kind === 'points') return replayOf(rule, past);
  if (past.kind !== 'readings') return () => undefined;
  const { readings } = past;
  let next = 0;
  return (nowMs, state) => {
    while ((readings[next]?.atMs ?? Number.POSITIVE_INFINITY) <= nowMs) next += 1;
    const reading = readings[next - 1]?.reading;
    if (reading === undefined) return undefined;
    const time = { nowMs, ...(state === undefined ? {} : { state }) };
    if (rule.kind === 'status' && 'status' in reading) return evaluateStatus(rule, reading, time);
    if (rule.kind === 'deadline' && !('status' in reading)) return evaluateDeadline(rule, reading, time);
    return undefined;
  };
}

function timesOf(alarm: Alarm, past: Past, { startMs, endMs }: BackTestRequest): Iterable<number> {
  if (past.kind === 'readings') return readingTimes(alarm, past.readings, { startMs, endMs });
  if (alarm.rule.kind !== 'metric') return [];
  const { periodMs } = alarm.rule;
  const first = past.points[0];
  if (first === undefined) return [];
  const knownMs = Math.floor(first.startMs / periodMs + 1) * periodMs;
  return periodEnds(Math.max(knownMs, Math.ceil(startMs / periodMs) * periodMs), { endMs, periodMs });
}

function* periodEnds(
  firstMs: number,
  { endMs, periodMs }: { readonly endMs: number; readonly periodMs: number },
): Iterable<number> {
  for (let atMs = firstMs; atMs <= endMs; atMs += periodMs) yield atMs;
}

/** The start, and every time after it at which what is said may become something else. */
function readingTimes(
  { rule }: Alarm,
  readings: readonly PastReading[],
  { startMs, endMs }: Pick<BackTestRequest, 'startMs' | 'endMs'>,
): number[] {
  const times = readings.flatMap(({ atMs, reading }) => [atMs, Math.max(atMs, turnOf(rule, reading))]);
  const within = times.filter((atMs) => atMs > startMs && atMs <= endMs);
  return [...new Set([startMs, ...within])].sort((a, b) => a - b);
}

/** When a reading becomes an alarm by itself. */
function turnOf(rule: Alarm['rule'], reading: PastReading['reading']): number {
  if (rule.kind === 'status' && 'status' in reading) return reading.sinceMs + (rule.holdMs ?? 0);
  if (rule.kind === 'deadline' && !('status' in reading)) return (reading.dueMs ?? 0) + rule.graceMs;
  return 0;
}

function firingsOf({ id, title }: Alarm, transitions: readonly Transition[]): Firing[] {
  return transitions.flatMap(({ state, atMs, sentence }, index) => {
    if (state !== 'ALARM') return [];
    const end = transitions[index + 1];
    return [
      { alarm: { id, title }, startMs: atMs, sentence, ...(end === undefined ? {} : { endMs: end.atMs }) },
    ];
  });
}
