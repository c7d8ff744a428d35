/** What an evaluation of a metric says to people: sentence, numbers, evidence. */
import { spanText } from '../lib/span-text.ts';
import { valueText } from '../lib/value-text.ts';
import { EVIDENCE_ROWS_MAX, type EvaluationTime, type EvidenceRow, minuteText } from './alarm.ts';
import { limitNumbers, limitText, type Point } from './limit.ts';
import type { Outcome, Tally } from './metric-alarm.ts';
import { type MetricRule, samplesNeeded } from './metric-rule.ts';
import type { Slot } from './slots.ts';

/** An evaluation as far as it is told. */
export interface Told {
  readonly rule: MetricRule;
  readonly range: readonly Slot[];
  readonly tally: Tally;
  readonly outcome: Outcome;
  readonly time: EvaluationTime;
}

export function metricSentence(told: Told): string {
  return `${causeText(told)}${lateText(told)}`;
}

function causeText(told: Told): string {
  const { rule, tally, outcome } = told;
  switch (outcome.cause) {
    case 'breaching':
    case 'fine':
      return tally.used.length === 0 ? emptyText(told) : countText(told);
    case 'premature':
      return `${pointsText(tally.breaching)} ${tally.breaching === 1 ? 'is' : 'are'} ${limitOf(told)}, ${newestText(told)}, and none came since.`;
    case 'too-few':
      return `${pointsText(tally.breaching)} ${tally.breaching === 1 ? 'is' : 'are'} ${limitOf(told)} and there is no other; ${pointsText(rule.datapointsToAlarm)} make an alarm, ${newestText(told)}.`;
    case 'no-data':
      return `${nothingText(told)}.`;
    case 'retained':
      return `${tally.used.length === 0 ? nothingText(told) : `Too few points in the last ${lookedAtText(told)}`}: the state stays as it was.`;
    case 'few-samples':
      return `Points are of fewer than the ${valueText(samplesNeeded(rule.lowSamples?.percentile ?? 0), 'Count')} samples that p${rule.lowSamples?.percentile ?? 0} takes: the state stays as it was.`;
    case 'not-recovered':
      return `It ends when ${pointsText(rule.recoveryPeriods ?? 1)} in a row ${rule.recoveryPeriods === 1 ? 'is' : 'are'} not ${limitOf(told)}: ${newestText(told)}.`;
  }
}

/** `2 of 3 points are above 80 (2 make an alarm), the newest is 91.` */
function countText(told: Told): string {
  const { rule, tally } = told;
  const { evaluationPeriods: n, datapointsToAlarm: m } = rule;
  const gaps = tally.filled > 0 && rule.missing === 'breaching' ? tally.filled : 0;
  const missing = gaps === 0 ? '' : `, and ${gaps} missing ${gaps === 1 ? 'counts' : 'count'} as breaching`;
  const needed = m === n ? '' : ` (${m} of ${n} make an alarm)`;
  const count = tally.breaching === 0 ? 'None' : String(tally.breaching);
  const are = tally.breaching <= 1 ? 'is' : 'are';
  return `${count} of ${pointsText(tally.used.length)} ${are} ${limitOf(told)}${missing}${needed}, ${newestText(told)}.`;
}

function emptyText(told: Told): string {
  const counts = told.rule.missing === 'breaching' ? 'counts as breaching' : 'counts as fine';
  return `${nothingText(told)}: what is missing ${counts}.`;
}

function nothingText(told: Told): string {
  return `No point in the last ${lookedAtText(told)}`;
}

function lookedAtText({ rule, range }: Told): string {
  return spanText((range.length * rule.periodMs) / 1000);
}

function limitOf({ rule, time }: Told): string {
  return limitText(rule.limit, { isInAlarm: time.state === 'ALARM', unit: rule.unit });
}

function pointsText(count: number): string {
  return count === 1 ? '1 point' : `${count} points`;
}

function newestText({ rule, tally }: Told): string {
  const newest = tally.used.at(-1);
  if (newest?.point === undefined) return 'there is none';
  const value = valueText(newest.point.value, rule.unit);
  return `the newest is ${value} at ${minuteText(newest.startMs)}${bandText(rule, newest.point)}`;
}

function bandText({ limit, unit }: MetricRule, { lower, upper }: Point): string {
  if (limit.kind !== 'band' || lower === undefined || upper === undefined) return '';
  return `, expected ${valueText(lower, unit)} to ${valueText(upper, unit)}`;
}

function lateText({ rule, time: { nowMs, completeUntilMs } }: Told): string {
  if (completeUntilMs === undefined || nowMs - completeUntilMs < rule.periodMs) return '';
  return ` Its source is complete until ${minuteText(completeUntilMs)}, ${spanText((nowMs - completeUntilMs) / 1000)} ago.`;
}

export function metricNumbers({ rule, range, tally }: Told): Record<string, number> {
  const newest = tally.used.at(-1)?.point?.value;
  return {
    ...limitNumbers(rule.limit),
    points: tally.used.length,
    breaching: tally.breaching,
    needed: rule.datapointsToAlarm,
    missing: range.filter(({ standing }) => standing === 'missing').length,
    ...(newest === undefined ? {} : { newest }),
  };
}

export function metricEvidence({ range }: Told): EvidenceRow[] {
  return range.slice(-EVIDENCE_ROWS_MAX).map(({ startMs, point, standing }) => ({
    time: new Date(startMs).toISOString(),
    value: point?.value ?? null,
    standing,
    ...(point?.lower === undefined ? {} : { lower: point.lower }),
    ...(point?.upper === undefined ? {} : { upper: point.upper }),
    ...(point?.samples === undefined ? {} : { samples: point.samples }),
  }));
}
