/** When a group is due: after its wait, its interval, its digest, and after what failed. */
import type { GroupMark } from './book.ts';
import { type DigestTimes, nextDigestMs } from './digest-times.ts';
import { elapsedMs, isReminder, type Line, type Moment, type Stage, type Verdict } from './line.ts';

const BACKOFF_MS = 10_000;
const BACKOFF_MS_MAX = 900_000;
/** A provider that asks for more is asked again after this all the same. */
const RETRY_AFTER_MS_MAX = 3_600_000;

/** The first of a group waits for others, and a group that was told lately for its interval; a digest for its time. */
export const group: Stage = (lines, moment) =>
  byGroup(lines, (together) => {
    const changes = together.filter((line) => !isReminder(line));
    const [first] = changes;
    if (first === undefined) return undefined;
    const oldestMs = Math.min(...changes.flatMap(({ pending }) => pending.map(({ atMs }) => atMs)));
    return waitOf(first, oldestMs, moment);
  });

function waitOf(line: Line, oldestMs: number, moment: Moment): Verdict | undefined {
  const { route } = line;
  const { nowMs } = moment;
  if (route.digest !== undefined)
    return isDigestDue(route.digest, oldestMs, nowMs)
      ? undefined
      : { kind: 'hold', why: 'it goes into the next digest' };
  if (elapsedMs(oldestMs, nowMs) < route.groupWaitMs)
    return { kind: 'hold', why: 'it waits for others of its group', untilMs: oldestMs + route.groupWaitMs };
  const sentMs = markOf(line, moment)?.sentMs;
  if (sentMs === undefined || elapsedMs(sentMs, nowMs) >= route.groupIntervalMs) return undefined;
  // It was due when its group was told, and that message was full, or taken in part.
  if (oldestMs + route.groupWaitMs <= sentMs) return undefined;
  return { kind: 'hold', why: 'its group was told a moment ago', untilMs: sentMs + route.groupIntervalMs };
}

/** Whether a time of the digest lies between then and now. */
function isDigestDue(digest: DigestTimes, thenMs: number, nowMs: number): boolean {
  const nextMs = nowMs < thenMs ? nowMs : nextDigestMs(digest, thenMs);
  return nextMs !== undefined && nextMs <= nowMs;
}

/** A group that failed waits longer each time; a provider that named a time is left alone until then. */
export const backOff: Stage = (lines, moment) => {
  const { book, nowMs } = moment;
  const asked = [...book.marks.groups].filter(([, marks]) =>
    [...marks.values()].some((mark) => isAskedToWait(mark, nowMs)),
  );
  const busy = new Set(asked.map(([channel]) => channel));
  return byGroup(lines, ([line]) => {
    if (line === undefined) return undefined;
    if (busy.has(line.channel)) return { kind: 'hold', why: 'the provider asked to wait' };
    const mark = markOf(line, moment);
    if (mark?.triedMs === undefined || mark.attempts === 0) return undefined;
    const pauseMs = Math.min(BACKOFF_MS_MAX, BACKOFF_MS * 2 ** (mark.attempts - 1));
    return elapsedMs(mark.triedMs, nowMs) >= pauseMs
      ? undefined
      : { kind: 'hold', why: 'it failed a moment ago', untilMs: mark.triedMs + pauseMs };
  });
};

function isAskedToWait({ triedMs, retryAfterMs = 0 }: GroupMark, nowMs: number): boolean {
  return triedMs !== undefined && elapsedMs(triedMs, nowMs) < Math.min(retryAfterMs, RETRY_AFTER_MS_MAX);
}

function markOf({ channel, group: { id } }: Line, { book }: Moment): GroupMark | undefined {
  return book.marks.groups.get(channel)?.get(id);
}

/** Lines that are still to be sent, by channel and group, with one verdict for each group; none leaves them as they are. */
function byGroup(
  lines: readonly Line[],
  decide: (together: readonly Line[]) => Verdict | undefined,
): readonly Line[] {
  const going = lines.filter(({ verdict }) => verdict.kind === 'send');
  const groups = Map.groupBy(going, groupKey);
  const verdicts = new Map([...groups].map(([key, together]) => [key, decide(together)]));
  return lines.map((line) => {
    const verdict = line.verdict.kind === 'send' ? verdicts.get(groupKey(line)) : undefined;
    return verdict === undefined ? line : { ...line, verdict };
  });
}

/** The same for lines of one message. */
export function groupKey({ channel, group: { id } }: Line): string {
  return JSON.stringify([channel, id]);
}
