/** What makes a point breach: CloudWatch's comparisons with a threshold or a band. */
import { type ValueUnit, valueText } from '../lib/value-text.ts';

/** Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
export const THRESHOLD_OPERATORS = [
  'GreaterThanThreshold',
  'GreaterThanOrEqualToThreshold',
  'LessThanThreshold',
  'LessThanOrEqualToThreshold',
] as const;
type ThresholdOperator = (typeof THRESHOLD_OPERATORS)[number];

export const BAND_OPERATORS = [
  'LessThanLowerOrGreaterThanUpperThreshold',
  'LessThanLowerThreshold',
  'GreaterThanUpperThreshold',
] as const;
type BandOperator = (typeof BAND_OPERATORS)[number];

/** A short word for each of CloudWatch's, in the configuration and in timelines. */
export const THRESHOLD_WORDS = {
  '>': 'GreaterThanThreshold',
  '>=': 'GreaterThanOrEqualToThreshold',
  '<': 'LessThanThreshold',
  '<=': 'LessThanOrEqualToThreshold',
} as const satisfies Record<string, ThresholdOperator>;
export const BAND_WORDS = {
  outside: 'LessThanLowerOrGreaterThanUpperThreshold',
  below: 'LessThanLowerThreshold',
  above: 'GreaterThanUpperThreshold',
} as const satisfies Record<string, BandOperator>;

export type Limit =
  | {
      readonly kind: 'threshold';
      readonly operator: ThresholdOperator;
      readonly threshold: number;
      /** While in ALARM it stands in for the threshold. */
      readonly recoveryThreshold?: number;
    }
  /** Each point brings its band. */
  | { readonly kind: 'band'; readonly operator: BandOperator };

/** One value of a metric, of the period that begins at `startMs`. */
export interface Point {
  readonly startMs: number;
  readonly value: number;
  /** How many samples it is made of; absent: enough. */
  readonly samples?: number;
  /** The band of this period; a bound that is absent is none. */
  readonly lower?: number;
  readonly upper?: number;
}

const COMPARE: Readonly<Record<ThresholdOperator, (value: number, threshold: number) => boolean>> = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

/** Whether the point breaches; nothing when it cannot be told: no number, or no band to compare with. */
export function breaches(point: Point, limit: Limit, isInAlarm: boolean): boolean | undefined {
  const { value, lower, upper } = point;
  if (!Number.isFinite(value)) return undefined;
  switch (limit.kind) {
    case 'threshold':
      return COMPARE[limit.operator](value, thresholdOf(limit, isInAlarm));
    case 'band': {
      const isBelow = limit.operator === 'GreaterThanUpperThreshold' ? undefined : less(value, lower);
      const isAbove = limit.operator === 'LessThanLowerThreshold' ? undefined : less(upper, value);
      return isBelow === undefined && isAbove === undefined
        ? undefined
        : isBelow === true || isAbove === true;
    }
  }
}

function less(a: number | undefined, b: number | undefined): boolean | undefined {
  return a === undefined || b === undefined || Number.isNaN(a) || Number.isNaN(b) ? undefined : a < b;
}

/** The threshold that counts in this state. */
function thresholdOf(limit: Extract<Limit, { kind: 'threshold' }>, isInAlarm: boolean): number {
  return isInAlarm ? (limit.recoveryThreshold ?? limit.threshold) : limit.threshold;
}

const WORDS: Readonly<Record<ThresholdOperator | BandOperator, string>> = {
  GreaterThanThreshold: 'above',
  GreaterThanOrEqualToThreshold: 'at or above',
  LessThanThreshold: 'below',
  LessThanOrEqualToThreshold: 'at or below',
  LessThanLowerOrGreaterThanUpperThreshold: 'outside of the expected band',
  LessThanLowerThreshold: 'below the expected band',
  GreaterThanUpperThreshold: 'above the expected band',
};

interface Shown {
  readonly isInAlarm: boolean;
  readonly unit: ValueUnit | undefined;
}

/** What a breaching point is, after "is": `above 3 s`, `outside of the expected band`. */
export function limitText(limit: Limit, { isInAlarm, unit }: Shown): string {
  const words = WORDS[limit.operator];
  return limit.kind === 'band' ? words : `${words} ${valueText(thresholdOf(limit, isInAlarm), unit)}`;
}

/** Numbers of the limit, for the record of an evaluation. */
export function limitNumbers(limit: Limit): Record<string, number> {
  if (limit.kind === 'band') return {};
  const { threshold, recoveryThreshold } = limit;
  return { threshold, ...(recoveryThreshold === undefined ? {} : { recoveryThreshold }) };
}
