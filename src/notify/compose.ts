/** From lines to messages. */
import { createHash } from 'node:crypto';
import type { Claim, Cover } from './book.ts';
import { type Notification, type NotifiedAlarm, SEVERITIES } from './channel.ts';
import { isReminder, type Line, type Moment, stateOf } from './line.ts';
import { acknowledgementOf } from './quiet.ts';
import { groupKey } from './wait.ts';

/** Alarms in one message; others come with the next. */
const ALARMS_MAX = 500;

/** One message for each channel and group, the longest waiting first. */
export function composed(lines: readonly Line[], moment: Moment): Claim[] {
  const groups = Map.groupBy(
    lines.filter(({ verdict }) => verdict.kind === 'send'),
    groupKey,
  );
  return [...groups.values()]
    .map((together) => claimOf([...together].sort(worstFirst).slice(0, ALARMS_MAX), moment))
    .sort((left, right) => left.attempt - right.attempt || oldest(left) - oldest(right));
}

/** What a line covers once it is told, or settled. */
export function coverOf(line: Line): Cover {
  return { alarm: line.now.alarm, upTo: line.now.sequence, state: stateOf(line) };
}

/** What a channel that forgets is to hear again; no change, and nobody's quiet, counts. */
export function renewed(lines: readonly Line[], moment: Moment): Notification[] {
  const [first] = lines;
  if (first === undefined) return [];
  const rest = renewed(lines.slice(ALARMS_MAX), moment);
  return [notificationOf(lines.slice(0, ALARMS_MAX), first, moment), ...rest];
}

function claimOf(lines: readonly Line[], moment: Moment): Claim {
  const [first] = lines;
  if (first === undefined) throw new Error('a group without lines');
  const mark = moment.book.marks.groups.get(first.channel)?.get(first.group.id);
  return {
    atMs: moment.nowMs,
    channel: first.channel,
    group: first.group.id,
    attempt: (mark?.attempts ?? 0) + 1,
    covers: lines.map(coverOf),
    notification: notificationOf(lines, first, moment),
  };
}

function notificationOf(lines: readonly Line[], first: Line, moment: Moment): Notification {
  const kind = lines.every(isReminder) ? 'reminder' : first.route.digest === undefined ? 'changes' : 'digest';
  return {
    id: idOf(lines, first),
    kind,
    group: first.group.text,
    createdMs: moment.nowMs,
    alarms: lines.map((line) => notifiedAlarm(line, moment)),
    home: moment.rules.home,
  };
}

/** The same for the same transitions, or the same reminder, however often it is tried. */
function idOf(lines: readonly Line[], { channel, group }: Line): string {
  const parts = lines.map((line) => [
    line.now.alarm,
    line.now.sequence,
    isReminder(line) ? (line.mark.toldMs ?? 0) : -1,
  ]);
  return createHash('sha256')
    .update(JSON.stringify([channel, group.id, parts]))
    .digest('hex')
    .slice(0, 32);
}

function notifiedAlarm(line: Line, moment: Moment): NotifiedAlarm {
  const { told, mark, passed, now } = line;
  const by = acknowledgementOf(now.alarm, moment);
  return {
    id: told.alarm,
    title: told.title,
    state: stateOf(line),
    previousState: mark.state,
    severity: told.severity,
    labels: told.labels,
    sentence: told.sentence,
    numbers: told.numbers,
    evidence: told.evidence,
    firstStep: told.firstStep,
    sinceMs: told.sinceMs,
    passed,
    ...(by === undefined ? {} : { acknowledgedBy: by.author }),
    links: moment.rules.linksOf(told.alarm),
  };
}

function worstFirst(left: Line, right: Line): number {
  return (
    Number(stateOf(left) === 'OK') - Number(stateOf(right) === 'OK') ||
    SEVERITIES.indexOf(left.told.severity) - SEVERITIES.indexOf(right.told.severity) ||
    left.now.sequence - right.now.sequence
  );
}

function oldest({ covers }: Claim): number {
  return Math.min(...covers.map(({ upTo }) => upTo));
}
