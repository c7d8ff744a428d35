/** Wires alarms: the definitions of monitors and of the configuration, what they are evaluated by, and where it is kept. */
import { AlarmStore } from './alarms/alarm-store.ts';
import { type Evaluator, openEvaluator } from './alarms/evaluator.ts';
import type { AlarmFeed, MetricReader } from './alarms/feed.ts';
import { type AlarmsControl, type KnownDefinition, withUnit } from './alarms/known-definition.ts';
import { SETTLE_MS } from './alarms/state.ts';
import { changedDefinition, ownDefinitions } from './config/alarm-definitions.ts';
import type { Config } from './config/schema.ts';
import type { Engine } from './engine/engine.ts';
import type { Clock } from './lib/clock.ts';
import { ACTIVITY_ALARMS } from './monitors/activity/default-alarms.ts';
import { BucketTags } from './monitors/bucket-tags.ts';
import { backupAlarms } from './monitors/backups/alarms.ts';
import { intakeAlarms } from './monitors/completeness/alarms.ts';
import { canaryBuckets } from './monitors/replication/canary-target.ts';
import { replicationAlarms } from './monitors/replication/alarms.ts';
import type { Source } from './sources/source.ts';

interface AlarmParts {
  readonly engine: Engine;
  readonly clock: Clock;
  /** What is followed. */
  readonly sources: readonly Source[];
  /** Bytes that wait to be loaded. */
  readonly spoolBytes: () => number;
  /** Feeds beside those of the monitors. */
  readonly feeds?: readonly AlarmFeed[];
  /** Absent: metric alarms say that metrics are not read. */
  readonly metrics?: MetricReader;
  /** False while what the sources had at the start is not read and judged. */
  readonly isSettled: () => boolean;
  /** Called when transitions have been stored. */
  readonly onTransitions?: () => void;
}

export interface Alarms extends AlarmsControl {
  readonly job: Evaluator;
}

/** The alarms of the configuration over those of the feeds. */
export function openAlarms(config: Config, parts: AlarmParts): Alarms {
  const feeds = [...monitorFeeds(config, parts), ...(parts.feeds ?? [])];
  const definitions = knownDefinitions(config.alarms, feeds).map((known) => ({
    ...known,
    definition: withUnit(known.definition, parts.metrics),
  }));
  const enabled = definitions.filter(({ isEnabled }) => isEnabled).map(({ definition }) => definition);
  const tags = new BucketTags(parts);
  const job = openEvaluator(
    { definitions: enabled, settledMs: settlingOf(parts) },
    { ...parts, feeds, store: new AlarmStore(parts.engine), labelsOf: () => tags.labelsOf() },
  );
  return {
    job,
    definitions,
    status: () => job.status(),
    ...(parts.metrics === undefined ? {} : { metrics: parts.metrics }),
  };
}

function monitorFeeds(config: Config, parts: AlarmParts): AlarmFeed[] {
  const { engine, sources, isSettled, spoolBytes } = parts;
  const { confirm, canaries } = config.replication;
  return [
    backupAlarms(engine),
    replicationAlarms({
      engine,
      isSettled,
      requestsPerHour: confirm.requests_per_hour,
      canaries: canaries.map(canaryBuckets),
    }),
    { name: 'activity', definitions: ACTIVITY_ALARMS, readings: () => Promise.resolve([]) },
    intakeAlarms({ engine, sources, spool: () => ({ bytes: spoolBytes(), bytesMax: config.intake.spool }) }),
  ];
}

function knownDefinitions(section: Config['alarms'], feeds: readonly AlarmFeed[]): KnownDefinition[] {
  const defaults = feeds.flatMap(({ name, definitions }) =>
    definitions.map((definition): KnownDefinition => {
      const change = section.defaults[definition.id];
      const changed = changedDefinition(definition, change);
      return {
        definition: { ...changed, labels: { monitor: name, ...changed.labels } },
        from: 'default',
        isEnabled: change?.enabled ?? true,
      };
    }),
  );
  const own = ownDefinitions(section).map(
    (definition): KnownDefinition => ({ definition, from: 'configuration', isEnabled: true }),
  );
  return [...defaults, ...own];
}

/** A source that is never read to its end is not waited for longer than this. */
const READING_MS_MAX = 900_000;

/** Until when the program settles: as long as it reads what was there at its start, and some time after that. */
function settlingOf({ clock, isSettled }: Pick<AlarmParts, 'clock' | 'isSettled'>): () => number {
  const startedMs = clock.nowMs();
  let readMs: number | undefined;
  return () => {
    const nowMs = clock.nowMs();
    const isRead = isSettled() || nowMs - startedMs >= READING_MS_MAX;
    if (!isRead) readMs = undefined;
    else readMs ??= nowMs;
    return readMs === undefined ? Number.POSITIVE_INFINITY : readMs + SETTLE_MS;
  };
}
