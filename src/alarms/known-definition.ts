/** Definitions as people know them: where each comes from, and whether it is evaluated. */
import type { AlarmDefinition } from './definition.ts';
import type { MetricReader } from './feed.ts';
import type { EvaluatorStatus } from './evaluator.ts';

export interface KnownDefinition {
  readonly definition: AlarmDefinition;
  readonly from: 'default' | 'configuration';
  readonly isEnabled: boolean;
}

/** What answers about alarms need beside the store. */
export interface AlarmsControl {
  readonly definitions: readonly KnownDefinition[];
  status(): EvaluatorStatus;
  readonly metrics?: MetricReader;
}

/** The definition with the unit of its metric, where that is known. */
export function withUnit(definition: AlarmDefinition, metrics: MetricReader | undefined): AlarmDefinition {
  const { rule } = definition;
  const unit = rule.kind === 'metric' ? metrics?.unitOf?.(rule) : undefined;
  return rule.kind !== 'metric' || unit === undefined
    ? definition
    : { ...definition, rule: { ...rule, unit } };
}
