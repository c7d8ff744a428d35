/**
 * Evaluates made-up alarms, a pass a minute, over the embedded engine: points that move each minute, some alarms come and
 * go. Arguments: how many alarms, how many passes, a folder. Prints what the passes after the first took.
 */
import { AlarmStore } from '../../src/alarms/alarm-store.ts';
import type { AlarmDefinition } from '../../src/alarms/definition.ts';
import { openEvaluator } from '../../src/alarms/evaluator.ts';
import type { MetricQuestion, MetricReading } from '../../src/alarms/feed.ts';
import { ALARMS_MIGRATIONS } from '../../src/alarms/migrations.ts';
import { openEmbedded } from '../../src/engine/embedded.ts';
import { migrate } from '../../src/engine/migrate.ts';

const [ALARMS, PASSES] = [Number(process.argv[2]), Number(process.argv[3])];
const FOLDER = process.argv[4] ?? '';
const SERIES = 1000;
const MINUTE_MS = 60_000;
const START_MS = Date.UTC(2026, 10, 21, 12);

function definition(index: number): AlarmDefinition {
  return {
    id: `bench/${index}`,
    title: 'Errors of {bucket}',
    severity: 'warning',
    firstStep: 'Look at {bucket}.',
    labels: {},
    rule: {
      kind: 'metric',
      metric: `Metric${index}`,
      statistic: 'Sum',
      periodMs: MINUTE_MS,
      evaluationPeriods: 3,
      datapointsToAlarm: 2,
      limit: { kind: 'threshold', operator: 'GreaterThanThreshold', threshold: 89 },
      missing: 'missing',
    },
  };
}

/** A value from 0 to 99 that is another each minute. */
function valueOf(series: number, startMs: number): number {
  const mixed = Math.imul(series + 1, 0x9e3779b1) ^ Math.imul(startMs / MINUTE_MS, 0x85ebca6b);
  return (Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d) >>> 8) % 100;
}

function read({ startMs, endMs, periodMs }: MetricQuestion): Promise<MetricReading[]> {
  const starts = Array.from(
    { length: (endMs - startMs) / periodMs },
    (_, index) => startMs + index * periodMs,
  );
  const readings = Array.from({ length: SERIES }, (_, series) => ({
    labels: { bucket: `bucket-${series}`, account: '123456789012' },
    points: starts.map((start) => ({ startMs: start, value: valueOf(series, start) })),
  }));
  return Promise.resolve(readings);
}

const engine = openEmbedded({ folder: FOLDER, memoryBytesMax: 1_200_000_000 });
await migrate(ALARMS_MIGRATIONS, engine);
let nowMs = START_MS;
const evaluator = openEvaluator(
  {
    definitions: Array.from({ length: Math.ceil(ALARMS / SERIES) }, (_, index) => definition(index)),
    settledMs: () => 0,
  },
  {
    feeds: [],
    metrics: { read },
    store: new AlarmStore(engine),
    clock: { nowMs: () => nowMs, sleep: async () => {} },
  },
);
const { signal } = new AbortController();
await evaluator.run(signal);
const passes: { readonly ms: number; readonly processorMs: number }[] = [];
for (let pass = 1; pass <= PASSES; pass += 1) {
  nowMs += MINUTE_MS;
  const [beganMs, before] = [performance.now(), process.cpuUsage()];
  await evaluator.run(signal);
  const { user, system } = process.cpuUsage(before);
  passes.push({ ms: performance.now() - beganMs, processorMs: (user + system) / 1000 });
}
const [counts] = await engine.query<{ alarms: number; transitions: number }>(
  'select (select count() from alarm_states) as alarms, (select count() from alarm_transitions) as transitions',
);
await engine.close();
console.log(JSON.stringify({ passes, ...counts }));
