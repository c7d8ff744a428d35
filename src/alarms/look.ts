/** What a pass of the evaluator has of one definition: its series, and how each of them is evaluated. */
import type { Evaluation, EvaluationTime, Labels } from './alarm.ts';
import { evaluateDeadline } from './deadline-alarm.ts';
import type { AlarmDefinition } from './definition.ts';
import type { FeedReading, MetricReading } from './feed.ts';
import { evaluateMetric } from './metric-alarm.ts';
import type { MetricDefinition } from './metric-looks.ts';
import { type Skipped, skippedChanges } from './replay.ts';
import type { StoredAlarm } from './state.ts';
import { evaluateStatus } from './status-alarm.ts';

export interface Look {
  readonly definition: AlarmDefinition;
  readonly sightings: readonly Sighting[];
}

interface Sighting {
  readonly labels: Labels;
  readonly completeUntilMs?: number;
  readonly evaluate: (time: EvaluationTime) => Evaluation;
  /** Changes in periods that no pass looked at, oldest first; nothing when there are none. */
  readonly skipped?: (stored: StoredAlarm) => readonly Evaluation[];
}

/** Periods that no pass looked at. */
export interface SkippedPeriods extends Skipped {
  /** Those that changed after this are left as they are. */
  readonly knownMs: number;
}

export function metricLook(
  { rule, ...definition }: MetricDefinition,
  readings: readonly MetricReading[],
  skipped?: SkippedPeriods,
): Look {
  const sightings = readings.map(({ points, ...reading }) => ({
    ...reading,
    evaluate: (time: EvaluationTime) => evaluateMetric(rule, points, time),
    ...(skipped === undefined
      ? {}
      : {
          skipped: ({ state, atMs }: StoredAlarm) =>
            atMs > skipped.knownMs ? [] : skippedChanges(rule, points, { skipped, state }),
        }),
  }));
  return { definition: { ...definition, rule }, sightings };
}

/** Those of the readings that are of the definition. */
export function feedLook(definition: AlarmDefinition, readings: readonly FeedReading[]): Look {
  const own = readings.filter((reading) => reading.definition === definition.id);
  const sightings = own.map(({ labels, reading, completeUntilMs }) => ({
    labels,
    ...(completeUntilMs === undefined ? {} : { completeUntilMs }),
    evaluate: evaluationOf(definition, reading),
  }));
  return { definition, sightings };
}

function evaluationOf(
  { id, rule }: AlarmDefinition,
  reading: FeedReading['reading'],
): (time: EvaluationTime) => Evaluation {
  const isStatus = 'status' in reading;
  if (rule.kind === 'status' && isStatus) return (time) => evaluateStatus(rule, reading, time);
  if (rule.kind === 'deadline' && !isStatus) return (time) => evaluateDeadline(rule, reading, time);
  throw new Error(`a reading for ${id} that is no ${rule.kind}`);
}

/** The alarms of a definition when nothing can be told of them. */
export function blindLook(definition: AlarmDefinition, series: readonly Labels[], sentence: string): Look {
  return { definition, sightings: series.map((labels) => ({ labels, evaluate: blind(sentence) })) };
}

function blind(sentence: string): (time: EvaluationTime) => Evaluation {
  return ({ nowMs }) => ({
    state: 'INSUFFICIENT_DATA',
    sentence,
    numbers: {},
    evidence: [],
    asOfMs: nowMs,
    leansOnGaps: true,
  });
}
