/** Rules in words. */
import { spanText } from '../lib/span-text.ts';
import { valueText } from '../lib/value-text.ts';
import type { AlarmRule } from './definition.ts';
import { limitText } from './limit.ts';
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
    case 'deadline': {
      const { means = 'Not there when it is due', graceMs } = rule;
      return `${means}${graceMs === 0 ? '' : ` and ${spanText(graceMs / 1000)} of grace are over`}`;
    }
    case 'status': {
      const { means = `It is ${rule.alarmOn.join(' or ')}`, holdMs = 0 } = rule;
      return `${means}${holdMs === 0 ? '' : `, for ${spanText(holdMs / 1000)}`}`;
    }
    case 'composite': {
      const { suppressor } = rule;
      return suppressor === undefined ? rule.rule : `${rule.rule}, held back by ${suppressor.alarm}`;
    }
  }
}

function metricText(rule: MetricRule): string {
  const { metric, statistic, datapointsToAlarm: m, evaluationPeriods: n, periodMs, limit, unit } = rule;
  const { means = `${statistic} of ${metric} ${limitText(limit, { isInAlarm: false, unit })}` } = rule;
  const meant = limit.kind === 'threshold' ? means.replace('{threshold}', String(limit.threshold)) : means;
  const text = `${meant} for ${m} of ${n} periods of ${spanText(periodMs / 1000)}`;
  const recovery = limit.kind === 'threshold' ? limit.recoveryThreshold : undefined;
  return recovery === undefined ? text : `${text}, until it is back at ${valueText(recovery, unit)}`;
}
