/** What the section `alarms` says, as definitions. */
import type { AlarmDefinition, AlarmRule } from '../alarms/definition.ts';
import {
  BAND_OPERATORS,
  BAND_WORDS,
  type Limit,
  THRESHOLD_OPERATORS,
  THRESHOLD_WORDS,
} from '../alarms/limit.ts';
import type { MetricRule } from '../alarms/metric-rule.ts';
import type { AlarmsSection } from './alarms.ts';

type MetricSection = AlarmsSection['metrics'][number];
type CompositeSection = AlarmsSection['composites'][number];

/** Alarms of one's own. */
export function ownDefinitions({
  metrics,
  composites,
}: Pick<AlarmsSection, 'metrics' | 'composites'>): AlarmDefinition[] {
  return [...metrics.map(metricDefinition), ...composites.map(compositeDefinition)];
}

export function metricDefinition(section: MetricSection): AlarmDefinition & { readonly rule: MetricRule } {
  const { evaluation_periods: n, wait } = section;
  const { extra_periods: extraPeriods, recovery_periods: recoveryPeriods } = section;
  return {
    ...commonOf(section),
    where: { ...Object.fromEntries(section.group.map((name) => [name, '*'])), ...section.where },
    rule: {
      kind: 'metric',
      metric: section.metric,
      statistic: section.statistic,
      periodMs: section.period,
      evaluationPeriods: n,
      datapointsToAlarm: section.datapoints_to_alarm ?? n,
      limit: limitOf(section),
      missing: section.treat_missing_data === 'not_breaching' ? 'notBreaching' : section.treat_missing_data,
      ...lowSamplesOf(section),
      ...(extraPeriods === undefined ? {} : { extraPeriods }),
      ...(recoveryPeriods === undefined ? {} : { recoveryPeriods }),
      ...(wait === undefined ? {} : { lateWaitMs: wait }),
    },
  };
}

export function compositeDefinition(section: CompositeSection): AlarmDefinition {
  const { rule, suppressor } = section;
  const held =
    suppressor === undefined
      ? {}
      : {
          suppressor: {
            alarm: suppressor.alarm,
            waitMs: suppressor.wait,
            extensionMs: suppressor.extension,
          },
        };
  return { ...commonOf(section), rule: { kind: 'composite', rule, ...held } };
}

function commonOf({
  id,
  title = id,
  severity,
  first_step: firstStep,
  labels,
}: MetricSection | CompositeSection) {
  return { id, title, severity, firstStep, labels };
}

function lowSamplesOf({ statistic, low_samples: treat }: MetricSection): Pick<MetricRule, 'lowSamples'> {
  const percentile = /^p(\d+(?:\.\d+)?)$/.exec(statistic)?.[1];
  return percentile === undefined ? {} : { lowSamples: { percentile: Number(percentile), treat } };
}

/** Without a threshold where one is needed it is no number: that is one of the problems. */
function limitOf({
  comparison_operator: operator,
  threshold,
  recovery_threshold: recovery,
}: MetricSection): Limit {
  const named = OPERATORS.get(operator) ?? operator;
  const band = BAND_OPERATORS.find((one) => one === named);
  if (band !== undefined) return { kind: 'band', operator: band };
  return {
    kind: 'threshold',
    operator: THRESHOLD_OPERATORS.find((one) => one === named) ?? 'GreaterThanThreshold',
    threshold: threshold ?? Number.NaN,
    ...(recovery === undefined ? {} : { recoveryThreshold: recovery }),
  };
}

/** CloudWatch's words by ours. */
const OPERATORS: ReadonlyMap<string, string> = new Map(Object.entries({ ...THRESHOLD_WORDS, ...BAND_WORDS }));

/** A default as the configuration has it. */
export function changedDefinition(
  definition: AlarmDefinition,
  change: AlarmsSection['defaults'][string] | undefined,
): AlarmDefinition {
  if (change === undefined) return definition;
  const { severity = definition.severity, labels, hold, threshold } = change;
  const rule = hold === undefined ? definition.rule : heldRule(definition.rule, hold);
  return {
    ...definition,
    severity,
    labels: { ...definition.labels, ...labels },
    rule: threshold === undefined ? rule : limitedRule(rule, threshold),
  };
}

function limitedRule(rule: AlarmRule, threshold: number): AlarmRule {
  if (rule.kind !== 'metric' || rule.limit.kind !== 'threshold') return rule;
  return { ...rule, limit: { ...rule.limit, threshold } };
}

function heldRule(rule: AlarmRule, holdMs: number): AlarmRule {
  switch (rule.kind) {
    case 'status':
      return { ...rule, holdMs };
    case 'deadline':
      return { ...rule, graceMs: holdMs };
    default:
      return rule;
  }
}
