/** From lines to messages. */
import { createHash } from 'node:crypto';
import type { Claim, Cover } from './book.ts';
import { type Notification, type NotifiedAlarm, SEVERITIES } from './channel.ts';
import { isReminder, type Line, type Moment, stateOf } from './line.ts';
import { acknowledgementOf, whoOf } from './quiet.ts';
import { groupKey } from './wait.ts';

/** Alarms in one message; others come with the next. A message that sums up shows few of them, and says how many more. */
const ALARMS_MAX = 20_000;
/** Of a message that is sent alarm by alarm: as long as it takes, nothing newer is told. */
const PER_ALARM_MAX = 500;
/** Those behind are counted, and need no links: to sign three for each takes seconds for 10,000. */
const SHOWN_MAX = 500;
const NO_LINKS = { open: '', acknowledge: '', silence: '' };

/** One message for each channel and group, the longest waiting first. */
export function composed(lines: readonly Line[], moment: Moment): Claim[] {
  const groups = Map.groupBy(
    lines.filter(({ verdict }) => verdict.kind === 'send'),
    groupKey,
  );
  return [...groups.values()]
    .map((together) => claimOf(fitting(together, moment), moment))
    .sort((left, right) => left.attempt - right.attempt || oldest(left) - oldest(right));
}

function fitting(together: readonly Line[], { rules }: Moment): readonly Line[] {
  const isPerAlarm = together.some(({ channel }) => rules.perAlarm.includes(channel));
  return [...together].sort(worstFirst).slice(0, isPerAlarm ? PER_ALARM_MAX : ALARMS_MAX);
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
  return {
    id: idOf(first, lines.map(partsOf)),
    kind: kindOf(lines, first),
    group: first.group.text,
    createdMs: moment.nowMs,
    alarms: lines.map((line, index) => notifiedAlarm(line, index < SHOWN_MAX, moment)),
    home: moment.rules.home,
  };
}

function kindOf(lines: readonly Line[], { route, takenOn }: Line): Notification['kind'] {
  if (takenOn !== undefined) return 'acknowledgement';
  if (lines.every(isReminder)) return 'reminder';
  return route.digest === undefined ? 'changes' : 'digest';
}

/** What makes a line another one: its transition, or which reminder it is. */
function partsOf(line: Line): readonly (string | number)[] {
  return [line.now.alarm, line.now.sequence, isReminder(line) ? (line.mark.toldMs ?? 0) : -1];
}

/** The same for the same parts, however often they are tried. */
function idOf({ channel, group }: Line, parts: readonly unknown[]): string {
  return createHash('sha256')
    .update(JSON.stringify([channel, group.id, parts]))
    .digest('hex')
    .slice(0, 32);
}

function notifiedAlarm(line: Line, isShown: boolean, moment: Moment): NotifiedAlarm {
  const { told, mark, passed, now } = line;
  const by = acknowledgementOf(now.alarm, moment);
  return {
    id: told.alarm,
    newsId: idOf(line, partsOf(line)),
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
    ...(by === undefined ? {} : { acknowledgedBy: whoOf(by), acknowledgedFor: by.reason }),
    links: isShown ? moment.rules.linksOf(told.alarm) : NO_LINKS,
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
