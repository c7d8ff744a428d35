/** Silences and acknowledgements: what people said of alarms. */
import type { Engine } from '../engine/engine.ts';
import { Fault } from '../lib/fault.ts';
import { engineTime } from '../lib/engine-time.ts';

interface Matcher {
  readonly label: string;
  /** `*` stands for anything; a leading `!` excludes. */
  readonly values: readonly string[];
}

export interface Silence {
  readonly id: string;
  readonly matchers: readonly Matcher[];
  readonly startsMs: number;
  /** Exclusive. */
  readonly endsMs: number;
  readonly author: string;
  readonly reason: string;
  readonly createdMs: number;
}

const SILENCES_MAX = 10_000;

/** Those that are kept, newest first. */
export function silences(engine: Engine): Promise<Silence[]> {
  return engine.query<Silence>(
    `select id, matchers, author, reason,
       toUnixTimestamp64Milli(starts_at) as startsMs,
       toUnixTimestamp64Milli(ends_at) as endsMs,
       toUnixTimestamp64Milli(created_at) as createdMs
     from silences
     order by created_at desc, id
     limit ${SILENCES_MAX}`,
  );
}

export function silenceState({ startsMs, endsMs }: Silence, nowMs: number): 'active' | 'pending' | 'ended' {
  if (nowMs >= endsMs) return 'ended';
  return nowMs < startsMs ? 'pending' : 'active';
}

/** Keeps a silence, or what changed of it. */
export async function saveSilence(silence: Silence, nowMs: number, engine: Engine): Promise<void> {
  const row = {
    id: silence.id,
    matchers: silence.matchers,
    starts_at: engineTime(silence.startsMs),
    ends_at: engineTime(silence.endsMs),
    author: silence.author,
    reason: silence.reason,
    created_at: engineTime(silence.createdMs),
    changed_at: engineTime(nowMs),
  };
  await engine.insertRows({ table: 'silences', rows: [row] });
}

/** Ends it now. Throws `not_found` where there is none, and `conflict` when it is over. */
export async function endSilence(id: string, nowMs: number, engine: Engine): Promise<Silence> {
  const silence = (await silences(engine)).find((one) => one.id === id);
  if (silence === undefined)
    throw new Fault('not_found', `Cannot end the silence: there is none of this id, got "${id}".`);
  if (nowMs >= silence.endsMs)
    throw new Fault('conflict', `Cannot end the silence: it is over already, got "${id}".`);
  const ended = { ...silence, startsMs: Math.min(silence.startsMs, nowMs), endsMs: nowMs };
  await saveSilence(ended, Math.max(nowMs, silence.createdMs + 1), engine);
  return ended;
}

export interface Acknowledgement {
  readonly alarm: string;
  /** Of the transition that was the last when it was said. */
  readonly sequence: number;
  readonly atMs: number;
  /** Exclusive. */
  readonly endsMs: number;
  readonly author: string;
  readonly reason: string;
}

/** Those that hold, by alarm: not over, and the alarm has not been OK since. Of two the later counts. */
export async function acknowledgements(nowMs: number, engine: Engine): Promise<Map<string, Acknowledgement>> {
  const [said, recovered] = await Promise.all([
    engine.query<Acknowledgement>(
      `select alarm, author, reason, toInt64(said.sequence) as sequence,
         toUnixTimestamp64Milli(said.at) as atMs, toUnixTimestamp64Milli(said.ends_at) as endsMs
       from alarm_acknowledgements as said
       where said.ends_at > fromUnixTimestamp64Milli({nowMs:Int64})
       order by said.at`,
      { params: { nowMs } },
    ),
    engine.query<{ readonly alarm: string; readonly last: number }>(
      `select alarm, toInt64(max(alarm_transitions.sequence)) as last
       from alarm_transitions
       where state = 'OK' and alarm global in (select alarm from alarm_acknowledgements)
       group by alarm`,
    ),
  ]);
  const okSince = new Map(recovered.map(({ alarm, last }) => [alarm, last]));
  const holding = said.filter(({ alarm, sequence }) => (okSince.get(alarm) ?? 0) <= sequence);
  return new Map(holding.map((one) => [one.alarm, one]));
}

export async function saveAcknowledgement(said: Acknowledgement, engine: Engine): Promise<void> {
  const { alarm, sequence, atMs, endsMs, author, reason } = said;
  const row = { alarm, sequence, at: engineTime(atMs), ends_at: engineTime(endsMs), author, reason };
  await engine.insertRows({ table: 'alarm_acknowledgements', rows: [row] });
}
