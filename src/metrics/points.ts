/** What a reading is made of. */
import type { MetricReading } from '../alarms/feed.ts';

export type Labels = MetricReading['labels'];
export type Point = MetricReading['points'][number];
