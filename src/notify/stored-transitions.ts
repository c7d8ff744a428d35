/** Transitions, silences and acknowledgements as the tables of alarms have them. */
import type { Engine } from '../engine/engine.ts';
import { engineTime } from '../lib/engine-time.ts';
import type { Acknowledgement, Silence, Transition } from './book.ts';
import type { AlarmState, NamedNumber, Severity } from './channel.ts';
import { namedNumber } from './number-text.ts';
import type { Matcher } from './rules.ts';

/** Of an alarm that changes all the time the newest transitions are told. */
export const TRANSITIONS_OF_ALARM_MAX = 200;
const PAGE = 5_000;
const SAID_MAX = 10_000;
const LIMITS = { resultRows: 1_000_000, timeMs: 120_000 };

interface TransitionRow {
  readonly sequence: number;
  readonly alarm: string;
  readonly at_ms: number;
  readonly since_ms: number;
  readonly from_state: AlarmState | '';
  readonly state: AlarmState;
  readonly title: string;
  readonly severity: Severity;
  readonly labels: Readonly<Record<string, string>>;
  readonly sentence: string;
  readonly numbers: Readonly<Record<string, number | null>>;
  readonly evidence: readonly string[];
  readonly first_step: string;
}

const COLUMNS = `
  sequence, alarm, toUnixTimestamp64Milli(at) as at_ms, toUnixTimestamp64Milli(since) as since_ms, from_state, state, title,
  severity, labels, sentence, numbers, evidence, first_step`;

/**
 * Of each alarm the last transition, and all behind the mark of that of the channels that is furthest behind, and all since
 * its acknowledgements that hold; in order.
 */
export async function readTransitions(
  what: { readonly channels: readonly string[]; readonly nowMs: number },
  engine: Engine,
): Promise<Transition[]> {
  const rows = await engine.query<TransitionRow>(
    `with
       marks as (
         select channel, cover.alarm as alarm, max(cover.up_to) as up_to
         from notifications
         array join covers as cover
         where kind in ('settled', 'delivered', 'refused') and channel in {channels:Array(String)}
         group by channel, alarm),
       told as (
         select alarm, if(countIf(channel != '') > 0, minIf(up_to, channel != ''), max(up_to)) as bound
         from marks
         group by alarm),
       acknowledged as (
         select alarm, min(sequence) as bound
         from alarm_acknowledgements
         where ends_at > {now:DateTime64(3, 'UTC')}
         group by alarm),
       newest as (select alarm, max(sequence) as last from alarm_transitions group by alarm),
       bounds as (
         select newest.alarm as of_alarm, newest.last as last,
           if(acknowledged.alarm = '', told.bound, least(told.bound, acknowledged.bound)) as bound
         from newest
         left join told on told.alarm = newest.alarm
         left join acknowledged on acknowledged.alarm = newest.alarm)
     select ${COLUMNS}
     from alarm_transitions
     inner join bounds on bounds.of_alarm = alarm_transitions.alarm
     where sequence > bounds.bound or sequence = bounds.last
     order by sequence desc
     limit ${TRANSITIONS_OF_ALARM_MAX} by alarm`,
    { params: { channels: [...what.channels, ''], now: engineTime(what.nowMs) }, limits: LIMITS },
  );
  return rows.reverse().map(transitionOf);
}

/** Those after a sequence, in order. */
export async function readTransitionsAfter(sequence: number, engine: Engine): Promise<Transition[]> {
  const found: Transition[] = [];
  for (;;) {
    const rows = await engine.query<TransitionRow>(
      `select ${COLUMNS} from alarm_transitions
       where sequence > {after:UInt64}
       order by sequence
       limit ${PAGE}`,
      { params: { after: found.at(-1)?.sequence ?? sequence } },
    );
    found.push(...rows.map(transitionOf));
    if (rows.length < PAGE) return found;
  }
}

/** Silences that end at this time or later. */
export async function readSilences(sinceMs: number, engine: Engine): Promise<Silence[]> {
  const rows = await engine.query<SilenceRow>(
    `select
       id, matchers, toUnixTimestamp64Milli(starts_at) as start_ms, toUnixTimestamp64Milli(ends_at) as end_ms, author, reason
     from silences final
     where ends_at >= {since:DateTime64(3, 'UTC')}
     order by starts_at desc
     limit ${SAID_MAX}`,
    { params: { since: engineTime(sinceMs) } },
  );
  return rows.map(({ id, matchers, start_ms: startMs, end_ms: endMs, author, reason }) => {
    return { id, match: matchers, startMs: Number(startMs), endMs: Number(endMs), author, reason };
  });
}

interface SilenceRow {
  readonly id: string;
  readonly matchers: readonly Matcher[];
  readonly start_ms: number;
  readonly end_ms: number;
  readonly author: string;
  readonly reason: string;
}

/** Acknowledgements that have not ended, the last one last. */
export async function readAcknowledgements(nowMs: number, engine: Engine): Promise<Acknowledgement[]> {
  const rows = await engine.query<AcknowledgementRow>(
    `select
       alarm, sequence, toUnixTimestamp64Milli(at) as at_ms, toUnixTimestamp64Milli(ends_at) as end_ms, author, reason
     from alarm_acknowledgements
     where ends_at > {now:DateTime64(3, 'UTC')}
     order by at desc, sequence desc
     limit ${SAID_MAX}`,
    { params: { now: engineTime(nowMs) } },
  );
  return rows.reverse().map(({ at_ms: atMs, end_ms: endMs, sequence, ...said }) => {
    return { ...said, sequence: Number(sequence), atMs: Number(atMs), endMs: Number(endMs) };
  });
}

interface AcknowledgementRow extends Pick<Acknowledgement, 'alarm' | 'author' | 'reason'> {
  readonly sequence: number;
  readonly at_ms: number;
  readonly end_ms: number;
}

function transitionOf(row: TransitionRow): Transition {
  const { alarm, title, severity, labels, sentence } = row;
  return {
    sequence: Number(row.sequence),
    alarm,
    atMs: Number(row.at_ms),
    sinceMs: Number(row.since_ms),
    from: row.from_state === '' ? 'OK' : row.from_state,
    to: row.state,
    title,
    severity,
    labels,
    sentence,
    numbers: numbersOf(row.numbers),
    evidence: row.evidence.map(evidenceText),
    firstStep: row.first_step,
  };
}

/** What is no number arrives as null. */
function numbersOf(numbers: TransitionRow['numbers']): NamedNumber[] {
  return Object.entries(numbers).flatMap(([name, value]) =>
    value === null ? [] : [namedNumber(name, value)],
  );
}

const MOMENT = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.000|(\.\d+))?Z$/;

/** A row as `name value, name value`, numbers with their units; what is no row as it stands. */
export function evidenceText(json: string): string {
  const row = rowOf(json);
  if (row === undefined) return json;
  return Object.entries(row)
    .filter(([, value]) => value !== null && value !== '')
    .map(([name, value]) => pairText(name, value))
    .join(', ');
}

function pairText(name: string, value: unknown): string {
  if (typeof value === 'number') {
    const named = namedNumber(name, value);
    return `${named.name} ${named.value}`;
  }
  const words = name.replaceAll('_', ' ');
  if (typeof value === 'string') return `${words} ${value.replace(MOMENT, '$1 $2$3 UTC')}`;
  return `${words} ${JSON.stringify(value)}`;
}

function rowOf(json: string): object | undefined {
  try {
    const parsed: unknown = JSON.parse(json);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}
