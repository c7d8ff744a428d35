/** Rules in words. */
import { spanText } from '../lib/span-text.ts';
import type { AlarmRule } from './definition.ts';
import { limitText, numberText } from './limit.ts';
import type { MetricRule } from './metric-rule.ts';

/**
 * When it is an alarm.
 *
 * @example
 * // Sum of Rejects above 0 for 1 of 1 periods of 5 min
 */
export function ruleText(rule: AlarmRule): string {
  switch (rule.kind) {
    case 'metric':
      return metricText(rule);
    case 'deadline':
      return `Not there when it is due${rule.graceMs === 0 ? '' : ` and ${spanText(rule.graceMs / 1000)} of grace are over`}`;
    case 'status': {
      const hold = rule.holdMs ?? 0;
      return `${rule.alarmOn.join(' or ')}${hold === 0 ? '' : ` for ${spanText(hold / 1000)}`}`;
    }
    case 'composite': {
      const { suppressor } = rule;
      return suppressor === undefined ? rule.rule : `${rule.rule}, held back by ${suppressor.alarm}`;
    }
  }
}

function metricText(rule: MetricRule): string {
  const { metric, statistic, datapointsToAlarm: m, evaluationPeriods: n, periodMs, limit } = rule;
  const text = `${statistic} of ${metric} ${limitText(limit, false)} for ${m} of ${n} periods of ${spanText(periodMs / 1000)}`;
  const recovery = limit.kind === 'threshold' ? limit.recoveryThreshold : undefined;
  return recovery === undefined ? text : `${text}, until it is back at ${numberText(recovery)}`;
}
