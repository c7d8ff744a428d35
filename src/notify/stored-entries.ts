/** Entries as rows of the table `notifications`, and what they fold to. */
import type { Engine } from '../engine/engine.ts';
import { engineTime } from '../lib/engine-time.ts';
import { type Entry, type GroupMark, KeptMarks } from './book.ts';
import type { AlarmState } from './channel.ts';
import { keptText } from './markup.ts';
import { headlineOf } from './message.ts';

const HEADLINE_MAX = 500;
const TEXT_MAX = 4_000;
/** Of alarms on channels, and of groups. */
const LIMITS = { resultRows: 1_000_000, timeMs: 120_000 };

/** The row of an entry; `first`: the number of the first that is added together with it. */
export function entryRow(
  entry: Entry,
  { number, first }: { readonly number: number; readonly first: number },
): Readonly<Record<string, unknown>> {
  const { kind, channel, atMs } = entry;
  const covers = entry.covers.map(({ alarm, upTo, state }) => ({ alarm, up_to: upTo, state }));
  const row = { number, first_number: first, at: engineTime(atMs), channel, kind, covers };
  if (entry.kind === 'settled') return { ...row, reason: entry.why };
  const sent = { ...row, group_key: entry.group, attempt: entry.attempt };
  switch (entry.kind) {
    case 'claimed': {
      const { notification } = entry;
      const headline = headlineOf(notification, HEADLINE_MAX);
      const text = keptText(notification, TEXT_MAX);
      return { ...sent, id: notification.id, told: notification.kind, headline, text };
    }
    case 'delivered':
      return { ...sent, id: entry.id, provider_id: entry.providerId };
    case 'refused':
      return { ...sent, id: entry.id, reason: entry.reason };
    case 'failed':
      return { ...sent, id: entry.id, reason: entry.reason, retry_after_ms: entry.retryAfterMs };
  }
}

export interface ReadEntries {
  readonly marks: KeptMarks;
  /** Of the last entry; 0 when there is none. */
  readonly number: number;
}

/** Folds all there are, in the engine: the same as adding each to the marks. */
export async function readEntries(engine: Engine): Promise<ReadEntries> {
  const marks = new KeptMarks();
  const [last] = await engine.query<{ number: number }>('select max(number) as number from notifications');
  for (const row of await engine.query<AlarmMarkRow>(ALARM_MARKS, { limits: LIMITS })) {
    const { channel, alarm, state } = row;
    const isTold = state !== 'OK' && Number(row.told) > Number(row.ended);
    const mark = { upTo: Number(row.up_to), state, ...(isTold ? { toldMs: Number(row.told_ms) } : {}) };
    inner(marks.alarms, channel).set(alarm, mark);
  }
  for (const row of await engine.query<GroupMarkRow>(GROUP_MARKS, { limits: LIMITS }))
    inner(marks.groups, row.channel).set(row.group_key, groupMarkOf(row));
  for (const row of await engine.query<ChannelMarkRow>(CHANNEL_MARKS, { limits: LIMITS })) {
    const { channel, tried, reason } = row;
    const failuresInRow = Number(row.failures);
    marks.channels.set(channel, { tried, triedMs: Number(row.tried_ms), failuresInRow, reason });
  }
  for (const { channel, alarm, up_to } of await engine.query<TriedRow>(TRIED, { limits: LIMITS }))
    inner(marks.tried, channel).set(alarm, Number(up_to));
  return { marks, number: Number(last?.number ?? 0) };
}

interface AlarmMarkRow {
  readonly channel: string;
  readonly alarm: string;
  readonly up_to: number;
  readonly state: AlarmState;
  /** Numbers of the entries that last told that it is not OK, and that last said that it is; 0 for none. */
  readonly told: number;
  readonly told_ms: number;
  readonly ended: number;
}

/** A cover that comes after one of later transitions says nothing. */
const ALARM_MARKS = `
  with covered as (
    select
      channel, number, at, kind, cover.alarm as alarm, cover.up_to as up_to, cover.state as state,
      max(up_to) over (partition by channel, alarm order by number, up_to) as furthest
    from notifications
    array join covers as cover
    where kind in ('settled', 'delivered', 'refused'))
  select
    channel,
    alarm,
    argMax(counted.up_to, number) as up_to,
    argMax(counted.state, number) as state,
    maxIf(number, kind != 'settled' and counted.state != 'OK') as told,
    toUnixTimestamp64Milli(argMaxIf(at, number, kind != 'settled' and counted.state != 'OK')) as told_ms,
    maxIf(number, counted.state = 'OK') as ended
  from (select channel, number, at, kind, alarm, up_to, state from covered where up_to = furthest) as counted
  group by channel, alarm`;

interface TriedRow {
  readonly channel: string;
  readonly alarm: string;
  readonly up_to: number;
}

const TRIED = `
  select channel, cover.alarm as alarm, max(cover.up_to) as up_to
  from notifications
  array join covers as cover
  where kind = 'claimed'
  group by channel, alarm`;

interface GroupMarkRow {
  readonly channel: string;
  readonly group_key: string;
  readonly kind: Exclude<Entry['kind'], 'settled'>;
  readonly at_ms: number;
  readonly attempt: number;
  readonly retry_after_ms: number;
  readonly is_sent: number;
  readonly sent_ms: number;
}

const GROUP_MARKS = `
  select
    channel,
    group_key,
    argMax(notifications.kind, number) as kind,
    toUnixTimestamp64Milli(argMax(at, number)) as at_ms,
    argMax(attempt, number) as attempt,
    argMax(retry_after_ms, number) as retry_after_ms,
    countIf(notifications.kind in ('delivered', 'refused')) > 0 as is_sent,
    toUnixTimestamp64Milli(argMaxIf(at, number, notifications.kind in ('delivered', 'refused'))) as sent_ms
  from notifications
  where notifications.kind != 'settled'
  group by channel, group_key`;

interface ChannelMarkRow {
  readonly channel: string;
  readonly failures: number;
  readonly tried: string;
  readonly tried_ms: number;
  readonly reason: string;
}

const CHANNEL_MARKS = `
  select
    channel,
    countIf(number > delivered) as failures,
    argMax(concat(id, ' ', toString(attempt)), number) as tried,
    toUnixTimestamp64Milli(argMax(at, number)) as tried_ms,
    argMax(outcomes.reason, number) as reason
  from (
    select channel, number, at, id, attempt, reason, maxIf(number, kind = 'delivered') over (partition by channel) as delivered
    from notifications
    where kind in ('delivered', 'failed', 'refused')) as outcomes
  group by channel`;

function groupMarkOf(row: GroupMarkRow): GroupMark {
  const sent = row.is_sent === 0 ? {} : { sentMs: Number(row.sent_ms) };
  const tried = { ...sent, attempts: row.attempt, triedMs: Number(row.at_ms) };
  switch (row.kind) {
    case 'claimed':
      return tried;
    case 'failed':
      return { ...tried, retryAfterMs: Number(row.retry_after_ms) };
    case 'delivered':
    case 'refused':
      return { ...sent, attempts: 0 };
  }
}

function inner<Value>(outer: Map<string, Map<string, Value>>, name: string): Map<string, Value> {
  const found = outer.get(name) ?? new Map<string, Value>();
  outer.set(name, found);
  return found;
}
