/** Reads what the safety of series is told from: a handful of queries for all of them. */
import type { Engine } from '../../engine/engine.ts';
import { latestConfigs } from '../bucket-configs.ts';
import type { SafetySubject } from './safety.ts';
import {
  type ConfigAnswer,
  type Copy,
  SAFETY_ASPECTS,
  type SafetyAspect,
  type SafetyEvidence,
  type SafetyFile,
  type SeriesHistory,
} from './safety-question.ts';

/** What is asked about in one query: these characters of keys, or so many series. */
const KEYS_CHARACTERS_MAX = 100_000;
const SUBJECTS_MAX = 500;
/** Of each key and rule, the newest versions. */
const VERSIONS_MAX = 3;
/** Clocks of stores and ours may differ by this: a look so long before a file was written may be of that file. */
const SKEW_SECONDS = 300;

type Known = [subject: SafetySubject, evidence: SafetyEvidence];

/** The evidence of each series, in order. */
export async function safetyEvidence(subjects: readonly SafetySubject[], engine: Engine): Promise<Known[]> {
  if (subjects.length === 0) return [];
  const configs = await configsOf(subjects, engine);
  const known: Known[] = [];
  for (const some of chunksOf(subjects)) known.push(...(await evidenceOf(some, configs, engine)));
  return known;
}

function chunksOf(subjects: readonly SafetySubject[]): SafetySubject[][] {
  const chunks: SafetySubject[][] = [[]];
  let characters = 0;
  for (const subject of subjects) {
    const length = subject.newestKeys.reduce((sum, key) => sum + key.length, subject.series.length);
    const last = chunks.at(-1) ?? [];
    const isFull = last.length >= SUBJECTS_MAX || characters + length > KEYS_CHARACTERS_MAX;
    characters = isFull ? length : characters + length;
    if (isFull && last.length > 0) chunks.push([subject]);
    else last.push(subject);
  }
  return chunks;
}

type Configs = Readonly<Record<SafetyAspect, Awaited<ReturnType<typeof latestConfigs>>>>;

async function configsOf(subjects: readonly SafetySubject[], engine: Engine): Promise<Configs> {
  const buckets = [...new Set(subjects.map(({ bucket }) => bucket))];
  const named = buckets.length > SUBJECTS_MAX ? {} : { buckets };
  const answers = SAFETY_ASPECTS.map(
    async (aspect) => [aspect, await latestConfigs({ aspect, ...named }, engine)] as const,
  );
  return Object.fromEntries(await Promise.all(answers)) as Configs;
}

async function evidenceOf(
  subjects: readonly SafetySubject[],
  configs: Configs,
  engine: Engine,
): Promise<Known[]> {
  const wanted = {
    buckets: [...new Set(subjects.map(({ bucket }) => bucket))],
    keys: [...new Set(subjects.flatMap(({ newestKeys }) => newestKeys))],
    series: [...new Set(subjects.filter(({ keepMs }) => keepMs !== undefined).map(({ series }) => series))],
  };
  const [files, copies, histories] = await Promise.all([
    filesOf(wanted, engine),
    copiesOf(wanted, engine),
    historiesOf(wanted, engine),
  ]);
  return subjects.map((subject) => {
    const { bucket, series, newestKeys } = subject;
    const history = histories.get(`${bucket}\n${series}`);
    const config = (aspect: SafetyAspect): ConfigAnswer => configs[aspect].get(bucket);
    const [versioning, objectLock] = [config('versioning'), config('object_lock')];
    const [lifecycle, replication] = [config('lifecycle'), config('replication')];
    return [
      subject,
      {
        configs: { versioning, object_lock: objectLock, lifecycle, replication },
        files: newestKeys.flatMap((key) => files.get(`${bucket}\n${key}`) ?? []),
        copies: newestKeys.flatMap((key) => copies.get(`${bucket}\n${key}`) ?? []),
        ...(history === undefined ? {} : { history }),
      },
    ];
  });
}

interface Wanted {
  readonly buckets: readonly string[];
  readonly keys: readonly string[];
  readonly series: readonly string[];
}

interface FileRow {
  readonly bucket: string;
  readonly key: string;
  readonly at_ms: number | string;
  readonly version: string;
  readonly bytes: number | string;
  readonly removed_ms: number | string | null;
  readonly looked_ms: number | string | null;
  readonly problem: string;
  readonly mode: string;
  readonly until_ms: number | string | null;
  readonly is_held: number;
  readonly replication: string;
}

/** By `<bucket>\n<key>`, as it was written last: what was removed or looked at before that is of what was there before. */
async function filesOf({ buckets, keys }: Wanted, engine: Engine): Promise<Map<string, SafetyFile>> {
  if (keys.length === 0) return new Map();
  const rows = await engine.query<FileRow>(
    `select
       bucket,
       key,
       toUnixTimestamp64Milli(last_at) as at_ms,
       version,
       bytes,
       if(gone_at >= last_at, toUnixTimestamp64Milli(gone_at), null) as removed_ms,
       look.1 > 0 and (look.2 = last_at or look.1 >= at_ms - ${SKEW_SECONDS * 1000}) as is_seen,
       if(is_seen, look.1, null) as looked_ms,
       if(is_seen, look.3, '') as problem,
       if(is_seen, look.4, '') as mode,
       if(is_seen, look.5, null) as until_ms,
       if(is_seen, look.6, 0) as is_held,
       if(is_seen, look.7, '') as replication
     from (
       select
         bucket,
         key,
         max(at) as last_at,
         argMaxIf(version_id, at, version_id != '') as version,
         argMax(size_bytes, at) as bytes,
         max(removed_at) as gone_at,
         argMax(
           tuple(
             toUnixTimestamp64Milli(ifNull(looked_at, toDateTime64(0, 3, 'UTC'))),
             at,
             look_problem,
             toString(lock_mode),
             toUnixTimestamp64Milli(lock_until),
             legal_hold,
             toString(replication_status)),
           ifNull(looked_at, toDateTime64(0, 3, 'UTC'))) as look
       from backup_files
       where bucket in {buckets:Array(String)} and key in {keys:Array(String)}
       group by bucket, key
     )
     order by bucket, key
     limit 100000`,
    { params: { buckets, keys } },
  );
  return new Map(rows.map((row) => [`${row.bucket}\n${row.key}`, fileOf(row)]));
}

function fileOf(row: FileRow): SafetyFile {
  return {
    key: row.key,
    versionId: row.version,
    atMs: Number(row.at_ms),
    sizeBytes: Number(row.bytes),
    ...(row.removed_ms === null ? {} : { removedMs: Number(row.removed_ms) }),
    ...(row.looked_ms === null ? {} : { lookedMs: Number(row.looked_ms) }),
    problem: row.problem,
    ...(row.mode === '' || row.until_ms === null
      ? {}
      : { lock: { mode: row.mode, untilMs: Number(row.until_ms) } }),
    isLegalHold: row.is_held === 1,
    replicationStatus: row.replication,
  };
}

interface CopyRow extends Omit<Copy, 'versionId' | 'writtenMs'> {
  readonly source: string;
  readonly version_id: string;
  readonly written_ms: number | string;
}

/** By `<bucket>\n<key>`. */
async function copiesOf({ buckets, keys }: Wanted, engine: Engine): Promise<Map<string, Copy[]>> {
  const found = new Map<string, Copy[]>();
  if (keys.length === 0) return found;
  const rows = await engine.query<CopyRow>(
    `select
       source,
       key,
       version_id,
       destination,
       toString(replications.status) as status,
       reason,
       toUnixTimestamp64Milli(written_at) as written_ms
     from replications
     where source in {buckets:Array(String)} and key in {keys:Array(String)}
       and replications.status != 'NONE' and not is_delete_marker
     order by source, key, pair_id, written_at desc
     limit ${VERSIONS_MAX} by source, key, pair_id
     limit 100000`,
    { params: { buckets, keys } },
  );
  for (const { source, version_id: versionId, written_ms: writtenMs, ...row } of rows) {
    const id = `${source}\n${row.key}`;
    const copy = { ...row, versionId, writtenMs: Number(writtenMs) };
    found.set(id, [...(found.get(id) ?? []), copy]);
  }
  return found;
}

interface HistoryRow {
  readonly bucket: string;
  readonly series: string;
  readonly first_ms: number | string;
  readonly kept_ms: number | string | null;
  readonly is_overwritten: number;
}

/** By `<bucket>\n<series>`; of series of which something was promised. */
async function historiesOf({ buckets, series }: Wanted, engine: Engine): Promise<Map<string, SeriesHistory>> {
  if (series.length === 0) return new Map();
  const rows = await engine.query<HistoryRow>(
    `select
       bucket,
       series,
       toUnixTimestamp64Milli(min(first_at)) as first_ms,
       toUnixTimestamp64Milli(minOrNullIf(last_at, gone_at is null or gone_at < last_at)) as kept_ms,
       max(etags > 1) as is_overwritten
     from (
       select
         bucket,
         series,
         key,
         min(at) as first_at,
         max(at) as last_at,
         max(removed_at) as gone_at,
         uniqIf(etag, etag != '') as etags
       from backup_files
       where bucket in {buckets:Array(String)} and series in {series:Array(String)}
       group by bucket, series, key
     )
     group by bucket, series
     order by bucket, series
     limit 100000`,
    { params: { buckets, series } },
  );
  return new Map(
    rows.map(
      ({ bucket, series: name, first_ms: firstMs, kept_ms: keptMs, is_overwritten: isOverwritten }) => [
        `${bucket}\n${name}`,
        {
          firstMs: Number(firstMs),
          ...(keptMs === null ? {} : { oldestKeptMs: Number(keptMs) }),
          isOverwritten: isOverwritten === 1,
        },
      ],
    ),
  );
}
