/**
 * List prices of what is published to CloudWatch, us-east-1, US dollars, without what is free each month.
 * Source: https://aws.amazon.com/cloudwatch/pricing/
 */
export const CLOUDWATCH_PRICES = {
  region: 'us-east-1',
  source: 'https://aws.amazon.com/cloudwatch/pricing/',
  /** A custom metric for a month, of those up to a number; each series is one. */
  customMetric: [
    { upTo: 10_000, usd: 0.3 },
    { upTo: 250_000, usd: 0.1 },
    { upTo: 1_000_000, usd: 0.05 },
    { upTo: Infinity, usd: 0.02 },
  ],
  /** For 1,000 PutMetricData requests. */
  per1000Requests: 0.01,
} as const;

/** What an estimate has to say of its prices. */
export const PRICES_NOTE = `list prices of ${CLOUDWATCH_PRICES.region} as last known, not checked against ${CLOUDWATCH_PRICES.source} since`;

/** Milliseconds of a month as AWS counts it: 730 hours. */
export const MONTH_MS = 730 * 3_600_000;

/** Values of one request, at most. */
const DATA_A_REQUEST = 1000;

/** What is published a month. */
export interface Volume {
  /** Custom metrics: series that are published. */
  readonly series: number;
  /** Values: a series has one a period. */
  readonly data: number;
  /** Requests that are sent however few values there are. */
  readonly requestsMin: number;
}

export interface Estimate {
  readonly customMetrics: number;
  /** PutMetricData requests a month. */
  readonly requests: number;
  /** US dollars a month. */
  readonly usd: number;
}

/** What a volume costs a month. */
export function estimateOf({ series, data, requestsMin }: Volume): Estimate {
  const requests = Math.ceil(requestsMin + data / DATA_A_REQUEST);
  const usd = metricsUsd(series) + (requests / 1000) * CLOUDWATCH_PRICES.per1000Requests;
  return { customMetrics: series, requests, usd };
}

function metricsUsd(metrics: number): number {
  let usd = 0;
  let from = 0;
  for (const { upTo, usd: each } of CLOUDWATCH_PRICES.customMetric) {
    usd += Math.max(0, Math.min(metrics, upTo) - from) * each;
    from = upTo;
  }
  return usd;
}

/** The estimate in words: `12 custom metrics and 8,760 requests, about 3.69 USD a month`. */
export function estimateText({ customMetrics, requests, usd }: Estimate): string {
  const count = (number: number, what: string): string =>
    `${number.toLocaleString('en-US')} ${what}${number === 1 ? '' : 's'}`;
  return `${count(customMetrics, 'custom metric')} and ${count(requests, 'request')}, about ${usd.toFixed(2)} USD a month`;
}
