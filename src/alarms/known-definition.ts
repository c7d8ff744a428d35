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
