/** What of sources and their intake is worth an alarm: what does not come, and what came and could not be taken in. */
import type { AlarmFeed, FeedReading } from '../../alarms/feed.ts';
import type { Engine } from '../../engine/engine.ts';
import { SinceWhen } from '../../lib/since-when.ts';
import { bytesText } from '../../lib/size-text.ts';
import type { Source } from '../../sources/source.ts';
import { type Arrivals, sourceArrivals } from './arrivals.ts';
import { INTAKE_ALARMS } from './default-alarms.ts';
import { verdictOf } from './verdict.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const FULL_SHARE = 0.9;
const EVIDENCE_ROWS = 5;
const EVIDENCE_LINE_CHARACTERS = 300;

interface Parts {
  readonly engine: Engine;
  /** What is followed. */
  readonly sources: readonly Source[];
  readonly spool: () => { readonly bytes: number; readonly bytesMax: number };
}

export function intakeAlarms(parts: Parts): AlarmFeed {
  const { engine, sources } = parts;
  const since = new SinceWhen();
  return {
    name: 'intake',
    definitions: INTAKE_ALARMS,
    async readings(nowMs) {
      const [arrivals, trouble] = await Promise.all([
        sourceArrivals(nowMs, engine),
        troubleOf(nowMs, engine),
      ]);
      const lines = await rejectedLines(trouble, nowMs, engine);
      const bySource = new Map(arrivals.map((one) => [one.source, one]));
      const found = [
        ...sources.flatMap((source) => deliveryReadings(source, bySource.get(source.name), nowMs)),
        ...sources.flatMap(deadLetters),
        ...troubleReadings(trouble, { sources, lines }),
        spoolReading(parts.spool()),
      ];
      return found.map((one) => timed(one, since, nowMs));
    },
  };
}

interface Found {
  readonly definition: string;
  readonly source: string;
  readonly status: string;
  readonly sentence: string;
  /** Absent: since it was first seen. */
  readonly sinceMs?: number | undefined;
  readonly numbers?: Readonly<Record<string, number>>;
  readonly evidence?: readonly Readonly<Record<string, string>>[];
  readonly isAbsence?: boolean;
}

function timed(
  { definition, source, sinceMs, ...said }: Found,
  since: SinceWhen,
  nowMs: number,
): FeedReading {
  const seenMs = since.of(`${definition} ${source}`, said.status, nowMs);
  return {
    definition,
    labels: source === '' ? {} : { source },
    reading: { ...said, sinceMs: sinceMs ?? seenMs },
  };
}

/** A store that is looked at delivers when something changed: that nothing comes of it says nothing. */
function deliveryReadings(source: Source, arrivals: Arrivals | undefined, nowMs: number): Found[] {
  const status = source.status();
  const isFailing = status.state === 'failing';
  const failing: Found = {
    definition: 'intake/failing',
    source: source.name,
    status: isFailing ? 'failing' : 'reading',
    sentence: isFailing ? status.message : 'It can be read.',
  };
  const { verdict, reason, quietSinceMs } = verdictOf(arrivals, status, nowMs);
  const isJudged = verdict === 'fresh' || verdict === 'quiet' || verdict === 'silent';
  if (source.kind === 'estate' || !isJudged) return [failing];
  const sinceMs = verdict === 'silent' ? quietSinceMs : undefined;
  const silent = {
    definition: 'intake/silent',
    source: source.name,
    status: verdict,
    sentence: reason,
    sinceMs,
    isAbsence: verdict === 'silent',
  };
  return [failing, silent];
}

function deadLetters(source: Source): Found[] {
  const { deadLetters: letters, deadLetterQueue: queue = '' } = source.status().queue ?? {};
  if (letters === undefined) return [];
  const sentence = letters === 0 ? `${queue} is empty.` : `${letters.toLocaleString('en-US')} in ${queue}.`;
  const definition = 'intake/dead-letters';
  return [{ definition, source: source.name, status: someOf(letters), sentence, numbers: { letters } }];
}

interface Trouble {
  readonly source: string;
  readonly rejects: number;
  readonly rejectedBatches: number;
  readonly parked: number;
  readonly reasons: readonly string[];
}

/** What came and could not be taken in: records of the last hour, batches and messages of the last day. */
function troubleOf(nowMs: number, engine: Engine): Promise<Trouble[]> {
  return engine.query<Trouble>(
    `select source, toInt64(sum(r)) as rejects, toInt64(sum(b)) as rejectedBatches, toInt64(sum(p)) as parked,
       arraySlice(groupUniqArrayArray(reasons), 1, ${EVIDENCE_ROWS}) as reasons
     from (
       select source, sumIf(batches.rejects, loaded_at >= fromUnixTimestamp64Milli({hourMs:Int64})) as r,
         countIf(state = 'rejected') as b, 0 as p,
         groupUniqArrayIf(${EVIDENCE_ROWS})(reason, state = 'rejected') as reasons
       from batches where loaded_at >= fromUnixTimestamp64Milli({dayMs:Int64}) group by source
       union all
       select source, 0 as r, 0 as b, count() as p, groupUniqArray(${EVIDENCE_ROWS})(reason) as reasons
       from parked_messages where received_at >= fromUnixTimestamp64Milli({dayMs:Int64}) group by source
     )
     group by source limit 10000`,
    { params: { hourMs: nowMs - HOUR_MS, dayMs: nowMs - DAY_MS } },
  );
}

type Lines = ReadonlyMap<string, readonly Readonly<Record<string, string>>[]>;

/** By source: the newest records of the last hour that no rule could read, newest last. */
async function rejectedLines(trouble: readonly Trouble[], nowMs: number, engine: Engine): Promise<Lines> {
  const inTrouble = trouble.filter(({ rejects }) => rejects > 0).map(({ source }) => source);
  if (inTrouble.length === 0) return new Map();
  const rows = await engine.query<Record<'source' | 'at' | 'reason' | 'line', string>>(
    `select batches_of.source as source, concat(replaceOne(toString(rejects.loaded_at), ' ', 'T'), 'Z') as at, rejects.reason as reason,
       substringUTF8(rejects.line, 1, ${EVIDENCE_LINE_CHARACTERS}) as line
     from rejects
     global inner join (
       select batch_id, batches.source as source from batches
       where batches.rejects > 0 and loaded_at >= fromUnixTimestamp64Milli({hourMs:Int64}) and batches.source in {sources:Array(String)}
     ) as batches_of on batches_of.batch_id = rejects.batch_id
     where rejects.loaded_at >= toDateTime(fromUnixTimestamp64Milli({hourMs:Int64}))
     order by rejects.loaded_at desc, rejects.batch_id, line_number limit ${EVIDENCE_ROWS} by batches_of.source`,
    { params: { hourMs: nowMs - HOUR_MS, sources: inTrouble } },
  );
  const bySource = Map.groupBy(rows.toReversed(), ({ source }) => source);
  return new Map(
    [...bySource].map(([source, ours]) => [source, ours.map(({ source: _source, ...row }) => row)]),
  );
}

interface TroubleParts {
  readonly sources: readonly Source[];
  readonly lines: Lines;
}

/** Of sources that are followed, and of what else came, as long as it is in trouble. */
function troubleReadings(trouble: readonly Trouble[], { sources, lines }: TroubleParts): Found[] {
  const bySource = new Map(trouble.map((one) => [one.source, one]));
  const names = new Set([...sources.map(({ name }) => name), ...bySource.keys()]);
  const followed = new Set(sources.map(({ name }) => name));
  return [...names].flatMap((source) => {
    const { rejects = 0, rejectedBatches = 0, parked = 0, reasons = [] } = bySource.get(source) ?? {};
    const evidence = reasons.map((reason) => ({ reason }));
    const found: Found[] = [
      {
        ...counted('intake/rejects', rejects, ['record', 'records', 'rejected in the last hour']),
        source,
        evidence: lines.get(source) ?? [],
      },
      {
        ...counted('intake/rejected-batches', rejectedBatches, [
          'batch',
          'batches',
          'rejected in the last day',
        ]),
        source,
        evidence,
      },
      {
        ...counted('intake/parked', parked, ['message', 'messages', 'parked in the last day']),
        source,
        evidence,
      },
    ];
    return found
      .filter(({ status }) => followed.has(source) || status === 'some')
      .map((one) => (one.status === 'some' ? one : { ...one, evidence: [] }));
  });
}

function counted(
  definition: string,
  count: number,
  [one, many, became]: readonly [one: string, many: string, became: string],
): Omit<Found, 'source'> {
  const number = count === 0 ? 'No' : count.toLocaleString('en-US');
  const sentence = `${number} ${count === 1 ? `${one} was` : `${many} were`} ${became}.`;
  return { definition, status: someOf(count), sentence, numbers: { [many]: count } };
}

function someOf(count: number): string {
  return count > 0 ? 'some' : 'none';
}

function spoolReading({ bytes, bytesMax }: ReturnType<Parts['spool']>): Found {
  return {
    definition: 'intake/spool',
    source: '',
    status: bytes >= bytesMax * FULL_SHARE ? 'full' : 'fine',
    sentence: `${bytesText(bytes)} of ${bytesText(bytesMax)} wait to be loaded.`,
    numbers: { bytes, bytesMax },
  };
}
