/** How long the page's panels take over 24 hours and 30 days, with and without a bucket. */
import { openApp } from '../../src/app.ts';
import { configSchema } from '../../src/config/schema.ts';
import { silentLog } from '../../src/lib/log.ts';
import type { Bench, Finding } from '../bench.ts';
import { makeRequests } from '../made-requests.ts';
import { countText } from '../measure.ts';
import { withFolder } from '../scratch.ts';

const DAY_MS = 86_400_000;
const END_MS = Date.UTC(2026, 10, 21);
const RUNS = 20;
const SPANS = [
  { name: '24 hours', days: 1, msMax: 100 },
  { name: '30 days', days: 30, msMax: 300 },
] as const;
const PANELS = [
  'status?',
  'buckets?',
  'activity/series?',
  ...['operation', 'bucket', 'error_code'].map((by) => `activity/split?by=${by}`),
  ...[
    'bucket',
    'operation',
    'error_code',
    'key',
    'prefix',
    'principal',
    'requester',
    'remote_ip',
    'user_agent',
  ].map((dimension) => `activity/top?dimension=${dimension}`),
  'activity/access?',
  'activity/slow?',
  ...['bucket', 'principal', 'prefix'].map((by) => `activity/cost?by=${by}`),
  'activity/storms?',
  'activity/first-seen?',
  'metrics/AllRequests?',
  'metrics/BytesDownloaded?statistic=p90',
  'metrics/FirstByteLatency?statistic=p99.9',
  'requests/histogram?http_status=4xx',
  'requests/histogram?key=assets/*',
] as const;

interface Measured {
  readonly panel: string;
  readonly bucket: string;
  readonly span: (typeof SPANS)[number];
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** Time of processors for one answer: what does not depend on who else uses the machine. */
  readonly cpuMs: number;
}

export const panels: Bench = {
  name: 'panels',
  run: (setup) =>
    withFolder(setup, async (folder) => {
      const clock = { nowMs: () => END_MS - 7 * 60_000, sleep: () => Promise.resolve() };
      const app = await openApp(configSchema.parse({ data: folder }), {}, { clock, log: silentLog });
      try {
        await makeRequests({ rows: setup.lines, days: 30, endS: END_MS / 1000 }, app.engine, (text) =>
          setup.say(text),
        );
        const measured: Measured[] = [];
        for (const panel of PANELS)
          for (const span of SPANS)
            for (const bucket of ['', 'bucket-media'])
              measured.push(
                await measure({ panel, span, bucket }, (path) => Promise.resolve(app.api.request(path))),
              );
        return {
          findings: SPANS.map((span) => finding(span, measured, setup.lines)),
          details: detailsOf(measured, setup.lines),
          leftOut: [],
        };
      } finally {
        await app.close();
      }
    }),
};

async function measure(
  { panel, span, bucket }: Pick<Measured, 'panel' | 'span' | 'bucket'>,
  ask: (path: string) => Promise<Response>,
): Promise<Measured> {
  const endMs = END_MS - 7 * 60_000;
  const iso = (ms: number): string => new Date(ms).toISOString();
  const range = `since=${iso(endMs - span.days * DAY_MS + 17 * 60_000)}&until=${iso(endMs)}`;
  const isAlways = panel === 'status?' || panel === 'buckets?';
  const path = `/api/v1/${panel}${isAlways ? '' : `&${range}${bucket === '' ? '' : `&bucket=${bucket}`}`}`;
  const times: number[] = [];
  const before = process.cpuUsage();
  for (let run = 0; run < RUNS; run += 1) {
    const startMs = performance.now();
    const response = await ask(path);
    await response.text();
    if (!response.ok) throw new Error(`${path} answered ${response.status}`);
    times.push(performance.now() - startMs);
  }
  const { user, system } = process.cpuUsage(before);
  times.sort((one, other) => one - other);
  const at = (share: number): number => times[Math.ceil(share * times.length) - 1] ?? Number.NaN;
  return { panel, span, bucket, p50Ms: at(0.5), p95Ms: at(0.95), cpuMs: (user + system) / 1000 / RUNS };
}

function finding(span: (typeof SPANS)[number], measured: readonly Measured[], rows: number): Finding {
  const slowest = measured
    .filter((one) => one.span === span)
    .reduce((one, other) => (other.p95Ms > one.p95Ms ? other : one));
  return {
    what: `slowest panel over ${span.name} of ${countText(rows)} requests (${slowest.panel}), p95`,
    measured: `${slowest.p95Ms.toFixed(0)} ms`,
    target: `<= ${span.msMax} ms`,
    isReached: slowest.p95Ms <= span.msMax,
  };
}

function detailsOf(measured: readonly Measured[], rows: number): string[] {
  return [
    `${countText(rows)} requests of 30 days in 10 buckets of 2,000 callers, made in the engine and taken through the views.`,
    `Each panel's route ${RUNS} times, in this process; ranges begin and end in the middle of an hour.`,
    '',
    '| route | range | bucket | p50 | p95 | processor time |',
    '| --- | --- | --- | ---: | ---: | ---: |',
    ...measured.map(
      ({ panel, span, bucket, p50Ms, p95Ms, cpuMs }) =>
        `| ${panel.replace(/\?$/, '')} | ${span.name} | ${bucket} | ${p50Ms.toFixed(0)} ms | ${p95Ms.toFixed(0)} ms | ${cpuMs.toFixed(0)} ms |`,
    ),
  ];
}
