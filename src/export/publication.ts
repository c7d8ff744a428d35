/** A metric of ours under the name it has in CloudWatch, and its points as the values that are published. Pure. */
import { createHash } from 'node:crypto';
import type { MetricQuestion, MetricReading } from '../alarms/feed.ts';
import { labelsKey } from '../metrics/evaluate.ts';
import type { Labels, Point } from '../metrics/points.ts';
import { type Datum, dimensionValue } from '../s3/metric-data.ts';

export interface Publication {
  readonly namespace: string;
  readonly name: string;
  /** Of the catalogue, or an expression. */
  readonly metric: string;
  /** Empty: the one that says most. */
  readonly statistic: string;
  readonly where: Labels;
  readonly periodMs: number;
  /** What the dimensions are called by label: series are split by these alone. Absent: by all there are, under their own names. */
  readonly dimensions?: Readonly<Record<string, string>>;
  /** In CloudWatch's words; absent: none. */
  readonly unit?: string;
}

/** What is asked of the metrics, but for the range. */
export function questionOf({
  metric,
  statistic,
  where,
  periodMs,
  dimensions,
}: Publication): Omit<MetricQuestion, 'startMs' | 'endMs'> {
  const by = dimensions === undefined ? {} : { by: Object.keys(dimensions) };
  return { metric, statistic, where, periodMs, ...by };
}

/** Tells publications apart; 16 characters. */
export function publicationId(publication: Publication): string {
  const { namespace, name } = publication;
  return digest(JSON.stringify([namespace, name, questionOf(publication)]));
}

/** A series as CloudWatch tells it apart; 16 characters. */
export function seriesId(namespace: string, { name, dimensions }: Omit<Datum, 'timeMs' | 'value'>): string {
  return digest(JSON.stringify([namespace, name, labelsKey(Object.fromEntries(dimensions))]));
}

export interface PublishedSeries {
  readonly id: string;
  readonly data: readonly Datum[];
}

/** A series with what is published of it: values that CloudWatch does not take are left out. */
export function publishedSeries(
  publication: Publication,
  { labels, points }: MetricReading,
): PublishedSeries {
  const { namespace, name, unit, dimensions: names } = publication;
  const dimensions = Object.entries(labels).flatMap(([label, text]) => {
    const called = names === undefined ? dimensionValue(label, digest) : names[label];
    const value = dimensionValue(text, digest);
    return called === undefined || value === undefined ? [] : [[called, value] as const];
  });
  const series = { name, dimensions, ...(unit === undefined ? {} : { unit }) };
  return {
    id: seriesId(namespace, series),
    data: points.filter(isTaken).map(({ startMs, value }) => ({ ...series, timeMs: startMs, value })),
  };
}

/** Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html */
const VALUE_MAX = 2 ** 360;

function isTaken({ value }: Point): boolean {
  return Number.isFinite(value) && Math.abs(value) <= VALUE_MAX;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 16);
}
