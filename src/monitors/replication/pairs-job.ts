/** Keeps the pairs as the stores' rules and the configuration have them. */
import { engineTime } from '../../lib/engine-time.ts';
import type { Engine } from '../../engine/engine.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Job } from '../../lib/job.ts';
import { latestConfigs } from '../bucket-configs.ts';
import {
  changesOf,
  declaredRules,
  type DeclaredPair,
  enabledSince,
  type PairChange,
  type RulesThen,
} from './pairs-change.ts';
import { type Pair, readPairs } from './pairs.ts';
import { rulesOf } from './rules.ts';
import { askToJudge } from './units.ts';

export interface PairsSettings {
  readonly pairs: readonly DeclaredPair[];
  /** Target where nothing else says one, milliseconds. */
  readonly target: number;
}

interface JobParts {
  readonly engine: Engine;
  readonly clock: Clock;
}

const EVERY_MS = 10_000;

/**
 * Looks at what the stores answered last, and writes what changed; versions of buckets whose pairs changed are judged
 * again. A run that was cut off between the two is made good by the next.
 */
export function openPairsJob(settings: PairsSettings, parts: JobParts): Job {
  return {
    name: 'replication pairs',
    everyMs: EVERY_MS,
    async run() {
      await updatePairs(settings, parts);
      await askForChanged(parts.engine);
    },
  };
}

async function updatePairs({ pairs, target }: PairsSettings, { engine, clock }: JobParts): Promise<void> {
  const [configs, existing] = await Promise.all([
    latestConfigs({ aspect: 'replication' }, engine),
    readPairs({}, engine),
  ]);
  const targetSeconds = Math.round(target / 1000);
  // A store that refuses or fails says nothing of its rules: they stay as they were.
  const answered = [...configs].filter(([, { state }]) => state === 'present' || state === 'absent');
  const found = answered.flatMap(([source, { document }]) => rulesOf({ source, document, targetSeconds }));
  const changes = changesOf(
    {
      wanted: [...found, ...declaredRules(pairs, target)],
      answered: new Set(answered.map(([bucket]) => bucket)),
    },
    existing,
  );
  if (changes.length === 0) return;
  const begun = await withBeginning(changes, engine);
  await writePairs(begun, await nextRevision(clock.nowMs(), engine), engine);
}

/** New pairs of rules begin when they were enabled: as CloudTrail tells, otherwise at the look that first showed them. */
async function withBeginning(changes: readonly PairChange[], engine: Engine): Promise<Pair[]> {
  const sources = changes
    .filter(({ isNew, pair }) => isNew && !pair.isDeclared)
    .map(({ pair }) => pair.source);
  const histories = await historiesOf([...new Set(sources)], engine);
  return Promise.all(
    changes.map(async ({ pair, isNew }) => {
      const since =
        isNew && !pair.isDeclared ? enabledSince(pair.id, histories.get(pair.source) ?? []) : undefined;
      if (since === undefined) return pair;
      const toldMs = await putBetween(pair.source, since, engine);
      return { ...pair, activeFromMs: toldMs ?? since.byMs };
    }),
  );
}

/** The rules of buckets over time, in order of time. */
async function historiesOf(buckets: readonly string[], engine: Engine): Promise<Map<string, RulesThen[]>> {
  const histories = new Map<string, RulesThen[]>();
  if (buckets.length === 0) return histories;
  const rows = await engine.query<{ bucket: string; observed_ms: string | number; document: string }>(
    `select bucket, toUnixTimestamp64Milli(observed_at) as observed_ms, document
     from bucket_configs
     where aspect = 'replication' and state in ('present', 'absent') and bucket in {buckets:Array(String)}
     order by bucket, observed_at`,
    { params: { buckets } },
  );
  for (const { bucket, observed_ms: observedMs, document } of rows) {
    const rules = rulesOf({ source: bucket, document, targetSeconds: 0 });
    const enabled = new Set(rules.filter(({ isEnabled }) => isEnabled).map(({ id }) => id));
    histories.set(bucket, [...(histories.get(bucket) ?? []), { observedMs: Number(observedMs), enabled }]);
  }
  return histories;
}

/** The last call between two looks that put a bucket's rules, milliseconds since 1970 UTC. */
async function putBetween(
  bucket: string,
  { afterMs, byMs }: { readonly afterMs: number; readonly byMs: number },
  engine: Engine,
): Promise<number | undefined> {
  const [row] = await engine.query<{ ms: number | null }>(
    `select if(count() = 0, null, toUnixTimestamp64Milli(toDateTime64(max(event_time), 3, 'UTC'))) as ms
     from api_calls
     where bucket = {bucket:String} and event_name = 'PutBucketReplication' and error_code = ''
       and event_time > fromUnixTimestamp64Milli({after:Int64}, 'UTC')
       and event_time <= fromUnixTimestamp64Milli({by:Int64}, 'UTC')`,
    { params: { bucket, after: afterMs, by: byMs } },
  );
  return row?.ms ?? undefined;
}

async function nextRevision(nowMs: number, engine: Engine): Promise<number> {
  const [row] = await engine.query<{ last: number }>('select max(revision) as last from replication_pairs');
  return Math.max(nowMs, (row?.last ?? 0) + 1);
}

async function writePairs(pairs: readonly Pair[], revision: number, engine: Engine): Promise<void> {
  await engine.insertRows({
    table: 'replication_pairs',
    token: `pairs-${revision}`,
    rows: pairs.map((pair) => ({
      pair_id: pair.id,
      rule_id: pair.ruleId,
      source: pair.source,
      destination: pair.destination,
      prefix: pair.prefix,
      tags: pair.tags,
      priority: pair.priority,
      is_enabled: pair.isEnabled ? 1 : 0,
      is_declared: pair.isDeclared ? 1 : 0,
      match_by: pair.matchBy,
      takes_delete_markers: pair.takesDeleteMarkers ? 1 : 0,
      takes_existing: pair.takesExisting ? 1 : 0,
      active_from: engineTime(pair.activeFromMs),
      target_seconds: pair.targetSeconds,
      is_gone: pair.isGone ? 1 : 0,
      revision,
    })),
  });
}

/** Asks to judge the buckets again whose pairs changed and for which nobody asked yet. */
async function askForChanged(engine: Engine): Promise<void> {
  const rows = await engine.query<{ revision: number; buckets: string[] }>(
    `select revision, groupUniqArray(source) as buckets
     from replication_pairs
     where revision not in (select unit from replication_units where asked_at is not null)
     group by revision
     order by revision`,
  );
  for (const { revision: unit, buckets } of rows) await askToJudge({ buckets, unit }, engine);
}
