/** From what is known to what is to be sent: pure, and its order is here. */
import type { Book, Claim, Entry, Transition } from './book.ts';
import type { Notification } from './channel.ts';
import { composed, coverOf, renewed } from './compose.ts';
import { escalate } from './escalate.ts';
import type { Line, Moment, Stage } from './line.ts';
import { news } from './news.ts';
import { acknowledge, inhibit, mute, silence } from './quiet.ts';
import { routed } from './route.ts';
import type { Rules } from './rules.ts';
import { backOff, group } from './wait.ts';

/** After routes have said who, in this order; sending and recording follow in `deliver.ts`. */
const STAGES: readonly Stage[] = [
  news, // what the channel does not know yet, or is to be reminded of
  escalate, // later steps wait for theirs
  inhibit, // a graver alarm explains it
  silence, // somebody muted it
  acknowledge, // somebody has taken it on
  mute, // nothing at these times
  group, // one cause, one message
  backOff, // not too soon after a failure
];

export interface Plan {
  /** Where channels begin, to be stored first, all or nothing, and also of channels that are sending. */
  readonly begun: readonly SettledEntry[];
  /** Of what nothing is to be sent; to be stored too. */
  readonly settled: readonly SettledEntry[];
  /** To be claimed and sent, those that wait longest first. */
  readonly due: readonly Claim[];
  /** What is not told now, and why. */
  readonly held: readonly Held[];
}

export type SettledEntry = Extract<Entry, { kind: 'settled' }>;

export interface Held {
  readonly alarm: string;
  readonly channel: string;
  readonly why: string;
  /** When time alone ends it, milliseconds since 1970 UTC; absent where it takes something else, or long. */
  readonly untilMs?: number;
}

/** What is to be sent as of now. The same book, rules and moment give the same plan. */
export function planOf(book: Book, rules: Rules, nowMs: number): Plan {
  const moment = momentOf(book, rules, nowMs);
  const lines = STAGES.reduce((passed, stage) => stage(passed, moment), routed(moment) as readonly Line[]);
  return {
    begun: begun(lines, moment),
    settled: settled(lines, moment),
    due: composed(lines, moment),
    held: lines.flatMap(({ verdict, now, channel }) => {
      if (verdict.kind !== 'hold') return [];
      const { kind: _kind, ...held } = verdict;
      return [{ alarm: now.alarm, channel, ...held }];
    }),
  };
}

/**
 * What a channel was told and has not ended, whatever keeps it quiet, to be told again: at a receiver that forgets, silence
 * would be an end. Nothing of it is stored.
 */
export function renewalsOf(
  channel: string,
  book: Book,
  { rules, nowMs }: Pick<Moment, 'rules' | 'nowMs'>,
): Notification[] {
  const moment = momentOf(book, rules, nowMs);
  const lasting = routed(moment).filter(
    ({ mark, now, ...line }) => line.channel === channel && mark.toldMs !== undefined && now.to !== 'OK',
  );
  return renewed(lasting, moment);
}

/** What stages look at: a book and rules as of now. */
export function momentOf(book: Book, rules: Rules, nowMs: number): Moment {
  return {
    book,
    rules,
    nowMs,
    histories: historiesOf(book.transitions),
    acknowledgements: Map.groupBy(book.acknowledgements, ({ alarm }) => alarm),
  };
}

function historiesOf(transitions: readonly Transition[]): ReadonlyMap<string, readonly Transition[]> {
  const sorted = [...transitions].sort((left, right) => left.sequence - right.sequence);
  const once = sorted.filter(({ sequence }, index) => sequence !== sorted[index - 1]?.sequence);
  return Map.groupBy(once, ({ alarm }) => alarm);
}

/** A channel that waits or fails keeps its place by a mark from the first time on; so does one that is sending. */
function begun(lines: readonly Line[], moment: Moment): SettledEntry[] {
  const isNew = (line: Line): boolean => !hasMark(line, moment);
  return entriesOf(lines.filter(isNew), moment.nowMs, (line) => {
    const { mark, now } = line;
    const place = { alarm: now.alarm, upTo: mark.upTo, state: mark.state };
    return settlement(line) ?? { why: 'told from here on', cover: place };
  });
}

function settled(lines: readonly Line[], moment: Moment): SettledEntry[] {
  const known = lines.filter((line) => hasMark(line, moment));
  return entriesOf(known, moment.nowMs, settlement);
}

function hasMark({ channel, now }: Line, { book }: Moment): boolean {
  return book.marks.alarms.get(channel)?.has(now.alarm) === true;
}

function settlement(line: Line): Settlement | undefined {
  return line.verdict.kind === 'settle' ? { why: line.verdict.why, cover: coverOf(line) } : undefined;
}

interface Settlement {
  readonly why: string;
  readonly cover: SettledEntry['covers'][number];
}

/** One entry for each channel and reason. */
function entriesOf(
  lines: readonly Line[],
  atMs: number,
  take: (line: Line) => Settlement | undefined,
): SettledEntry[] {
  const taken = lines.flatMap((line) => {
    const found = take(line);
    return found === undefined ? [] : [{ ...found, channel: line.channel }];
  });
  const groups = Map.groupBy(taken, ({ channel, why }) => JSON.stringify([channel, why]));
  return [...groups.values()].flatMap((together) => {
    const [first] = together;
    if (first === undefined) return [];
    const { channel, why } = first;
    return [{ kind: 'settled', atMs, channel, why, covers: together.map(({ cover }) => cover) }];
  });
}
