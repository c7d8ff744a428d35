/** The summary of what happened, for people: one screen. */
import type { ActivitySummary } from './activity-summary.ts';
import { coverageText, minuteText } from './coverage-text.ts';
import { bytesText, countText, tableText, visible } from './output.ts';

type Summary = ActivitySummary;
type Storm = Summary['storms'][number];

const LABEL_WIDTH = 12;
const STORMS_SHOWN = 3;

export function activityText(summary: Summary): string {
  const { coverage, bucket, totals } = summary;
  const about = bucket === null ? 'all buckets' : `bucket ${visible(bucket)}`;
  const heading = `${minuteText(coverage.since)} to ${minuteText(coverage.until)}, ${about}\n${coverageText(coverage)}`;
  if (totals.requests === 0)
    return `${heading}\n\nNo requests. bucketwatch sources shows what has been loaded, and how late it comes.`;
  return [heading, figures(summary), stormsText(summary.storms), ...tables(summary)]
    .filter((section) => section !== '')
    .join('\n\n');
}

function figures({ totals, total_time_ms, first_byte_ms, cost }: Summary): string {
  const errors = (name: string, count: number): string =>
    `${name} ${countText(count)} (${percentText(count / totals.requests)})`;
  const money = (amount: number): string => amount.toFixed(amount < 0.1 ? 4 : 2);
  return [
    ['requests', countText(totals.requests)],
    ['errors', `${errors('4xx', totals.errors_4xx)}, ${errors('5xx', totals.errors_5xx)}`],
    ['total time', latencyText(total_time_ms)],
    ['first byte', latencyText(first_byte_ms)],
    ['bytes', `${bytesText(totals.bytes_sent)} down, ${bytesText(totals.bytes_uploaded)} up`],
    [
      'cost',
      `about ${money(cost.total_cost)} ${cost.currency}: requests ${money(cost.request_cost)}, transfer ${money(cost.transfer_cost)} (list prices of ${cost.region}, ${cost.prices_as_of})`,
    ],
  ]
    .map(([label = '', text]) => `${label.padEnd(LABEL_WIDTH)}${text}`)
    .join('\n');
}

function latencyText({ p50, p95, p99 }: Summary['total_time_ms']): string {
  const text = (ms: number | null): string =>
    ms === null ? 'not measured' : `${countText(Math.round(ms))} ms`;
  return p50 === null ? 'not measured' : `p50 ${text(p50)}, p95 ${text(p95)}, p99 ${text(p99)}`;
}

/** What of it happened before the latest few is counted. */
function stormsText(storms: readonly Storm[]): string {
  if (storms.length === 0) return 'No storms of refusals, missing keys, listings or slow-downs.';
  const earlier = storms.length - STORMS_SHOWN;
  const lines = storms.slice(0, STORMS_SHOWN).map(stormText);
  return [...lines, ...(earlier > 0 ? [`and ${countText(earlier)} earlier storms`] : [])].join('\n');
}

function stormText(storm: Storm): string {
  const who = storm.requester === '' ? 'an anonymous caller' : visible(storm.requester);
  const usual = storm.usual_per_minute.toLocaleString('en-US', { maximumFractionDigits: 1 });
  return (
    `STORM of ${storm.kind} in ${visible(storm.bucket)}, ${minuteText(storm.started)} to ${minuteText(storm.ended)}: ` +
    `${countText(storm.requests)} requests, ${countText(storm.peak_per_minute)} in the worst minute (usual ${usual}); ` +
    `${percentText(storm.share)} by ${who} from ${visible(storm.remote_ip)}`
  );
}

function tables({ error_codes, operations, requesters, access }: Summary): string[] {
  const kinds = access.map(({ title, requests, bytes_sent, buckets }) => ({
    access: title,
    requests,
    down: bytesText(bytes_sent),
    buckets,
  }));
  return [
    topTable('error', error_codes),
    topTable('operation', operations),
    topTable('requester', requesters),
    kinds.length === 0 ? '' : tableText(kinds, ['access', 'requests', 'down', 'buckets']),
  ];
}

/** An empty value is shown as the filter that finds it. */
function topTable(name: string, top: Summary['operations']): string {
  const rows = top.map(({ value, requests, errors, bytes_sent, share }) => ({
    [name]: value === '' ? '-' : value,
    requests,
    share: percentText(share),
    errors,
    down: bytesText(bytes_sent),
  }));
  return rows.length === 0 ? '' : tableText(rows, [name, 'requests', 'share', 'errors', 'down'], 64);
}

/** `4.4%`; what occurred is never 0%. */
function percentText(ratio: number): string {
  if (ratio > 0 && ratio < 0.0005) return '<0.1%';
  return ratio.toLocaleString('en-US', { style: 'percent', maximumFractionDigits: 1 });
}
