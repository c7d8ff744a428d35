/** What a part of the program gives alarms: definitions that work without any configuration, and what there is to say. */
import type { ValueUnit } from '../lib/value-text.ts';
import type { EvidenceRow, Labels } from './alarm.ts';
import type { DeadlineReading } from './deadline-alarm.ts';
import type { AlarmDefinition } from './definition.ts';
import type { Point } from './limit.ts';
import type { StatusReading } from './status-alarm.ts';

export type { EvidenceRow, Labels };

/** A monitor, the intake, or the program itself. */
export interface AlarmFeed {
  /** Label `monitor` of its alarms. */
  readonly name: string;
  /** Quiet on a healthy estate; the configuration changes or turns them off by id. */
  readonly definitions: readonly AlarmDefinition[];
  /** What its deadline and status definitions are evaluated by, now. */
  readings(nowMs: number): Promise<readonly FeedReading[]>;
}

export interface FeedReading {
  /** Id of one of its definitions. */
  readonly definition: string;
  /** Which of many like it. */
  readonly labels: Labels;
  readonly reading: StatusReading | DeadlineReading;
  /** Up to when its source is known to be complete; absent: it is never late. */
  readonly completeUntilMs?: number;
}

/** Points of metrics as alarms ask for them. */
export interface MetricReader {
  read(question: MetricQuestion, signal: AbortSignal): Promise<readonly MetricReading[]>;
  /** Rows behind the values, what says most last; none when values are all that is kept. */
  explain?(question: MetricQuestion, signal: AbortSignal): Promise<readonly EvidenceRow[]>;
  /** What the values are; nothing where that has no name, or there is no such metric. */
  unitOf?(question: Pick<MetricQuestion, 'metric' | 'statistic'>): ValueUnit | undefined;
}

export interface MetricQuestion {
  /** Name of the metric, or an expression over metrics. */
  readonly metric: string;
  /** In CloudWatch's spelling: `Sum`, `p99`. */
  readonly statistic: string;
  /** Only series that have these labels; `*` stands for any value. */
  readonly where: Labels;
  /** Labels that series are split by; absent: all that the metric is always split by, and those of `where`. */
  readonly by?: readonly string[];
  readonly periodMs: number;
  /** Multiples of the period, start inclusive, end exclusive; milliseconds since 1970 UTC. */
  readonly startMs: number;
  readonly endMs: number;
}

/** One series of the metric. */
export interface MetricReading {
  readonly labels: Labels;
  /** In order of time; a period without data has none. */
  readonly points: readonly Point[];
  readonly completeUntilMs?: number;
}
