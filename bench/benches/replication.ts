/** How fast events become states of replication, and how long the status of pairs takes over many tracked versions. */
import { type App, openApp } from '../../src/app.ts';
import { configSchema } from '../../src/config/schema.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { silentLog } from '../../src/lib/log.ts';
import { openJudge } from '../../src/monitors/replication/judge.ts';
import type { Bench, Finding, Setup } from '../bench.ts';
import { countText, secondsText } from '../measure.ts';
import { withFolder } from '../scratch.ts';

const MERGED_PER_S_MIN = 100_000;
const STATUS_MS_MAX = 300;
const BATCH_EVENTS = 100_000;
const ROWS = 1_000_000;
const RUNS = 20;
const PAIRS = 10;
const DAYS = 30;
const START = "toDateTime64('2026-05-01 00:00:00', 3, 'UTC')";
const START_MS = Date.UTC(2026, 4, 1);
const END_MS = START_MS + DAYS * 86_400_000;
const LONG = { timeMs: 3_600_000, memoryBytes: 2_500_000_000 };

export const replication: Bench = {
  name: 'replication',
  run: async (setup) => {
    const told = await withStore(setup, (app) => mergeAndJudge(setup, app.engine));
    const read = await withStore(setup, (app) => readStatus(setup, app));
    return {
      findings: [...told.findings, ...read.findings],
      details: [...told.details, '', ...read.details],
      leftOut: [],
    };
  },
};

interface Part {
  readonly findings: readonly Finding[];
  readonly details: readonly string[];
}

function withStore<Result>(setup: Setup, use: (app: App) => Promise<Result>): Promise<Result> {
  return withFolder(setup, async (data) => {
    const config = configSchema.parse({ data, engine: { kind: 'embedded', memory: '4GiB' } });
    const clock = { nowMs: () => END_MS, sleep: () => Promise.resolve() };
    const app = await openApp(config, {}, { clock, log: silentLog });
    try {
      await app.engine.insertRows({
        table: 'replication_pairs',
        rows: Array.from({ length: PAIRS }, pairRow),
      });
      return await use(app);
    } finally {
      await app.close();
    }
  });
}

function pairRow(_: unknown, index: number): Record<string, unknown> {
  return {
    pair_id: pairId(index),
    rule_id: 'r',
    source: `source-${index}`,
    destination: `copies-${index}`,
    priority: 1,
    is_enabled: 1,
    match_by: 'version',
    active_from: '2026-01-01 00:00:00.000',
    target_seconds: 900,
    revision: 1,
  };
}

function pairId(index: number): string {
  return `source-${index}/copies-${index}/r`;
}

async function timed(work: () => Promise<unknown>): Promise<{ readonly ms: number; readonly cpuMs: number }> {
  const startMs = performance.now();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return { ms: performance.now() - startMs, cpuMs: (user + system) / 1000 };
}

/** Half as many events as lines: of each version one at the source and one at the destination, a batch of each 100,000. */
async function mergeAndJudge(setup: Setup, engine: Engine): Promise<Part> {
  const events = Math.max(2, Math.floor(setup.lines / 2));
  const merging = await timed(async () => {
    for (let start = 0; start < events; start += BATCH_EVENTS) {
      await insertEvents(start, Math.min(events, start + BATCH_EVENTS), engine);
    }
  });
  setup.say(`merged ${countText(events)} events: ${secondsText(merging.ms)}`);
  const judging = await timed(() =>
    openJudge({ engine, clock: systemClock }).run(new AbortController().signal),
  );
  setup.say(`judged: ${secondsText(judging.ms)}`);
  const [row] = await engine.query<{ n: number }>(
    "select count() as n from replications where status = 'COMPLETED'",
  );
  if (row?.n !== Math.floor(events / 2)) throw new Error(`${row?.n} versions are replicated`);
  const perSecond = (events / merging.ms) * 1000;
  return {
    findings: [
      {
        what: `replication: ${countText(events)} events merged into versions, events/s`,
        measured: countText(perSecond),
        target: `>= ${countText(MERGED_PER_S_MIN)}`,
        isReached: perSecond >= MERGED_PER_S_MIN,
      },
    ],
    details: [
      `${countText(events)} events of ${countText(events / 2)} versions, one at the source and one at the destination, inserted in`,
      `blocks of ${countText(BATCH_EVENTS)} and merged by the views; then judged.`,
      '',
      '| what | time | processor time | events/s |',
      '| --- | ---: | ---: | ---: |',
      `| merging | ${secondsText(merging.ms)} | ${secondsText(merging.cpuMs)} | ${countText(perSecond)} |`,
      `| judging | ${secondsText(judging.ms)} | ${secondsText(judging.cpuMs)} | ${countText((events / judging.ms) * 1000)} |`,
      `| both | ${secondsText(merging.ms + judging.ms)} | ${secondsText(merging.cpuMs + judging.cpuMs)} | ${countText((events / (merging.ms + judging.ms)) * 1000)} |`,
    ],
  };
}

async function insertEvents(start: number, end: number, engine: Engine): Promise<void> {
  const unit = start + 1;
  await engine.command(
    `insert into object_events
       (batch_id, event_time, event_name, bucket, key, version_id, sequencer_padded, completeness, size_bytes)
     select
       ${unit}, ${START} + intDiv(number, 2) / 100 + if(number % 2 = 0, 0, 5), 'ObjectCreated:Put',
       concat(if(number % 2 = 0, 'source-', 'copies-'), toString(intDiv(number, 2) % ${PAIRS})),
       concat('objects/', hex(cityHash64(intDiv(number, 2)))), hex(sipHash128(intDiv(number, 2))),
       toString(number), 2, 1000
     from numbers(${start}, ${end - start})
     settings deduplicate_blocks_in_dependent_materialized_views = 1, insert_deduplication_token = 'bench-${unit}',
       max_block_size = ${BATCH_EVENTS}, min_insert_block_size_rows = ${BATCH_EVENTS}, max_threads = 1`,
    { limits: LONG },
  );
  const loaded_at = '2026-05-02 00:00:00.000';
  await engine.insertRows({ table: 'batches', rows: [{ batch_id: unit, state: 'loaded', loaded_at }] });
}

/** Pair status over versions that were judged before: of 100,000 one hundred pending, ten failed. */
async function readStatus(setup: Setup, app: App): Promise<Part> {
  const { engine } = app;
  for (let start = 0; start < setup.tracked; start += ROWS) {
    await insertJudged(start, Math.min(setup.tracked, start + ROWS), { engine, tracked: setup.tracked });
  }
  setup.say(`${countText(setup.tracked)} tracked versions`);
  const range = `since=${new Date(START_MS).toISOString()}&until=${new Date(END_MS).toISOString()}`;
  const pair = `pair=${encodeURIComponent(pairId(0))}`;
  const questions: readonly (readonly [what: string, path: string])[] = [
    ['all pairs', `pairs?${range}`],
    ['series of a pair', `series?${range}&${pair}`],
    ['failed versions of a pair', `objects?${range}&${pair}&status=FAILED`],
    ['pending versions of a pair', `objects?${range}&${pair}&status=PENDING`],
    ['failures', `failures?${range}`],
  ];
  const rows: { what: string; p50: number; p95: number }[] = [];
  for (const [what, path] of questions) rows.push({ what, ...(await spreadOf(path, app)) });
  const slowest = rows.reduce((one, other) => (other.p95 > one.p95 ? other : one));
  return {
    findings: [
      {
        what: `replication: slowest part of pair status over ${countText(setup.tracked)} tracked versions (${slowest.what}), p95`,
        measured: `${slowest.p95.toFixed(0)} ms`,
        target: `<= ${STATUS_MS_MAX} ms`,
        isReached: slowest.p95 <= STATUS_MS_MAX,
      },
    ],
    details: [
      `${countText(setup.tracked)} tracked versions of ${PAIRS} pairs over ${DAYS} days, each question ${RUNS} times.`,
      '',
      '| question | p50 | p95 |',
      '| --- | ---: | ---: |',
      ...rows.map(({ what, p50, p95 }) => `| ${what} | ${p50.toFixed(0)} ms | ${p95.toFixed(0)} ms |`),
    ],
  };
}

async function spreadOf(path: string, app: App): Promise<{ p50: number; p95: number }> {
  const times: number[] = [];
  const ask = async (): Promise<void> => {
    const response = await app.api.request(`/api/v1/replication/${path}`);
    const text = await response.text();
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text.slice(0, 200)}`);
  };
  for (let run = 0; run < RUNS; run += 1) times.push((await timed(ask)).ms);
  times.sort((one, other) => one - other);
  const at = (share: number): number => times[Math.ceil(share * times.length) - 1] ?? Number.NaN;
  return { p50: at(0.5), p95: at(0.95) };
}

async function insertJudged(
  start: number,
  end: number,
  { engine, tracked }: { readonly engine: Engine; readonly tracked: number },
): Promise<void> {
  await engine.command(
    `insert into replications_judged
       (tick, source, pair_id, key, version_id, destination, status, written_at, replicated_at, failed_at, latency_ms, size_bytes)
     select
       ${start + 1},
       concat('source-', toString(number % ${PAIRS})),
       concat('source-', toString(number % ${PAIRS}), '/copies-', toString(number % ${PAIRS}), '/r'),
       concat('objects/', hex(cityHash64(number))),
       hex(sipHash128(number)),
       concat('copies-', toString(number % ${PAIRS})),
       multiIf(number % 1000 = 1, 'PENDING', number % 10000 = 2, 'FAILED', 'COMPLETED'),
       ${START} + number * ${DAYS * 86_400} / ${tracked} as written,
       if(number % 1000 in (1, 2), null, written + number % 900),
       if(number % 10000 = 2, written + 60, null),
       if(number % 1000 in (1, 2), null, 1000 * (number % 900)),
       1000
     from numbers(${start}, ${end - start})
     settings deduplicate_blocks_in_dependent_materialized_views = 0, insert_deduplicate = 0, max_threads = 2`,
    { limits: LONG },
  );
}
