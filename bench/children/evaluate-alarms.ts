/**
 * Evaluates made-up alarms, a pass a minute, over the embedded engine: ten definitions on metrics of requests, each for as many
 * buckets, whose points move each minute; some alarms come and go. Arguments: how many alarms, how many passes, a folder. Prints
 * what the passes after the first took.
 */
import { AlarmStore } from '../../src/alarms/alarm-store.ts';
import type { AlarmDefinition } from '../../src/alarms/definition.ts';
import { openEvaluator } from '../../src/alarms/evaluator.ts';
import { openEmbedded } from '../../src/engine/embedded.ts';
import { migrate } from '../../src/engine/migrate.ts';
import { openMetrics } from '../../src/metrics/metrics.ts';
import { MIGRATIONS } from '../../src/migrations.ts';

const [ALARMS, PASSES] = [Number(process.argv[2]), Number(process.argv[3])];
const FOLDER = process.argv[4] ?? '';
const MINUTE_MS = 60_000;
const START_MS = Date.UTC(2026, 10, 21, 12);
/** Minutes with requests before the first pass. */
const BEFORE = 60;
const REQUESTS_A_MINUTE = 12;

const METRICS: readonly (readonly [metric: string, statistic: string, threshold: number])[] = [
  ['AllRequests', 'Sum', 11],
  ['GetRequests', 'Sum', 4],
  ['PutRequests', 'Sum', 4],
  ['HeadRequests', 'Sum', 4],
  ['ListRequests', 'Sum', 4],
  ['DeleteRequests', 'Sum', 4],
  ['4xxErrors', 'Average', 0.2],
  ['5xxErrors', 'Sum', 1],
  ['BytesDownloaded', 'Sum', 6000],
  ['FirstByteLatency', 'p50', 90],
];
const BUCKETS = Math.ceil(ALARMS / METRICS.length);

function definition([metric, statistic, threshold]: (typeof METRICS)[number]): AlarmDefinition {
  return {
    id: `bench/${metric}`,
    title: `${metric} of {bucket}`,
    severity: 'warning',
    firstStep: 'Look at {bucket}.',
    labels: {},
    where: { bucket: '*' },
    rule: {
      kind: 'metric',
      metric,
      statistic,
      periodMs: MINUTE_MS,
      evaluationPeriods: 3,
      datapointsToAlarm: 2,
      limit: { kind: 'threshold', operator: 'GreaterThanThreshold', threshold },
      missing: 'notBreaching',
    },
  };
}

/** So many requests of each bucket in each minute, of operations, answers and sizes that are others each minute. */
function requestsOf(minute: number): string {
  const startS = START_MS / 1000 + (minute - BEFORE) * 60;
  return `insert into requests (batch_id, line_number, bucket, time, operation, http_status, bytes_sent, turn_around_time_ms)
    with sipHash64(number, ${minute}) as mixed
    select ${minute + 1}, number + 1, concat('bucket-', toString(number % ${BUCKETS})), toDateTime(${startS} + mixed % 60, 'UTC'),
      ['REST.GET.OBJECT', 'REST.PUT.OBJECT', 'REST.HEAD.OBJECT', 'REST.GET.BUCKET', 'REST.DELETE.OBJECT'][intDiv(mixed, 64) % 5 + 1],
      [200, 200, 200, 200, 200, 200, 200, 404, 503][intDiv(mixed, 1024) % 9 + 1], intDiv(mixed, 65536) % 1000, intDiv(mixed, 4096) % 200
    from numbers(${BUCKETS * REQUESTS_A_MINUTE})`;
}

const engine = openEmbedded({ folder: FOLDER, memoryBytesMax: 1_200_000_000 });
await migrate(MIGRATIONS, engine);
for (let minute = 0; minute <= BEFORE + PASSES; minute += 1) await engine.command(requestsOf(minute));
let nowMs = START_MS;
const clock = { nowMs: () => nowMs, sleep: async () => {} };
const metrics = openMetrics({
  engine,
  clock,
  names: { backups: { name: 'Backups', dimension: 'System' } },
  completeUntil: () => Promise.resolve(undefined),
});
const evaluator = openEvaluator(
  { definitions: METRICS.map(definition), settledMs: () => 0 },
  { feeds: [], metrics, store: new AlarmStore(engine), clock },
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
