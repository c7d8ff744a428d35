/** Alarms about the program itself. */
import type { AlarmDefinition } from '../alarms/definition.ts';
import type { AlarmFeed, FeedReading } from '../alarms/feed.ts';
import type { StandingHealth, StandingItem } from './health-watch.ts';
import type { HealthCheck } from './own-health.ts';

const MINUTE_MS = 60_000;
const ON_BAD = { alarmOn: ['bad'], okOn: ['good', 'warn'] } as const;
const ON_WARN = { alarmOn: ['warn', 'bad'], okOn: ['good'] } as const;

interface Rule {
  readonly check: HealthCheck;
  readonly title: string;
  readonly severity: AlarmDefinition['severity'];
  readonly on: { readonly alarmOn: readonly string[]; readonly okOn: readonly string[] };
  readonly holdMs: number;
  readonly means: string;
  readonly firstStep: string;
  /** Label for what the item is of; absent where there is one of its kind. */
  readonly label?: string;
}

/** A definition each, by the last part of its id. Sources, rejects and the spool have their alarms at the intake. */
const RULES: Readonly<Record<string, Rule>> = {
  engine: {
    check: 'engine',
    title: 'Bucketwatch: its engine does not answer',
    severity: 'critical',
    on: ON_BAD,
    holdMs: 2 * MINUTE_MS,
    means: 'The engine does not answer',
    firstStep: 'See the log of Bucketwatch; on a cluster, whether its nodes answer.',
  },
  'engine-errors': {
    check: 'engine-errors',
    title: 'Bucketwatch: calls of its engine fail',
    severity: 'warning',
    on: ON_BAD,
    holdMs: 5 * MINUTE_MS,
    means: 'Calls of the engine fail',
    firstStep: 'See the log for the reasons; out of memory is mended by engine.memory.',
  },
  disk: {
    check: 'disk',
    title: 'Bucketwatch: its data folder is almost full',
    severity: 'critical',
    on: ON_BAD,
    holdMs: 0,
    means: 'The data folder is almost full',
    firstStep: 'Make room on its disk, or shorten retention: nothing can be stored once it is full.',
  },
  'disk-low': {
    check: 'disk',
    title: 'Bucketwatch: its data folder has little space left',
    severity: 'warning',
    on: ON_WARN,
    holdMs: 10 * MINUTE_MS,
    means: 'The data folder has little space left',
    firstStep: 'Make room on its disk, shorten retention, or move the data folder to a larger one.',
  },
  memory: {
    check: 'memory',
    title: 'Bucketwatch: memory is running out',
    severity: 'warning',
    on: ON_BAD,
    holdMs: 5 * MINUTE_MS,
    means: 'Memory is running out',
    firstStep: 'Lower engine.memory, or give the machine or the container more memory.',
  },
  'intake-lag': {
    check: 'intake-lag',
    title: 'Bucketwatch: what source {source} delivers is stored late',
    severity: 'warning',
    on: ON_BAD,
    holdMs: 15 * MINUTE_MS,
    means: 'What a source has waits too long to be taken in',
    firstStep: 'See whether the spool is full or the engine is busy; look for more often (poll).',
    label: 'source',
  },
  'queue-age': {
    check: 'queue-age',
    title: 'Bucketwatch: messages of source {source} wait too long',
    severity: 'warning',
    on: ON_BAD,
    holdMs: 5 * MINUTE_MS,
    means: 'Messages of a queue wait too long',
    firstStep: 'See whether what the messages announce can be read (bucketwatch sources).',
    label: 'source',
  },
  'job-failing': {
    check: 'job',
    title: 'Bucketwatch: its job {job} fails',
    severity: 'warning',
    on: ON_BAD,
    holdMs: 0,
    means: 'A job of the program fails again and again',
    firstStep: 'See the log for the whole reason; bucketwatch doctor says what it lacks.',
    label: 'job',
  },
  delivery: {
    check: 'delivery',
    title: 'Bucketwatch: channel {channel} does not deliver',
    severity: 'critical',
    on: ON_BAD,
    holdMs: 0,
    means: 'A channel does not deliver',
    firstStep: 'See whether its address and credentials are right; send a test message.',
    label: 'channel',
  },
};

/** What the program says of itself without any configuration. */
export const HEALTH_ALARMS: readonly AlarmDefinition[] = Object.entries(RULES).map(([name, rule]) => ({
  id: `health/${name}`,
  title: rule.title,
  severity: rule.severity,
  firstStep: rule.firstStep,
  labels: { monitor: 'health' },
  rule: { kind: 'status', ...rule.on, holdMs: rule.holdMs, means: rule.means },
}));

/** The feed of the program's own health. */
export function healthFeed(parts: { readonly health: { look(): Promise<StandingHealth> } }): AlarmFeed {
  return {
    name: 'health',
    definitions: HEALTH_ALARMS,
    async readings() {
      const { items } = await parts.health.look();
      return Object.entries(RULES).flatMap(([name, rule]) =>
        items
          .filter(({ check }) => check === rule.check)
          .map((item) => readingOf(`health/${name}`, rule, item)),
      );
    },
  };
}

function readingOf(definition: string, { label }: Rule, item: StandingItem): FeedReading {
  const { state, sentence, sinceMs, numbers } = item;
  return {
    definition,
    labels: label === undefined ? {} : { [label]: item.of },
    reading: { status: state, sentence, sinceMs, numbers },
  };
}
