/** What keeps alarms quiet: inhibition, silences, acknowledgements, mute times. Evaluation and history go on. */
import type { Acknowledgement, Transition } from './book.ts';
import { each, isRecovery, isReminder, type Line, type Moment, quietened, SEND, type Stage } from './line.ts';
import { fits, labelOf } from './match.ts';
import { isMuteTime } from './mute-times.ts';

/** While a graver alarm explains it. The end of what was told is told all the same. */
export const inhibit: Stage = (lines, moment) => {
  const sources = moment.rules.inhibit.map(({ source }) =>
    [...moment.histories.values()].filter((history) => history.some((one) => fits(source, one))),
  );
  return each((line) => {
    if (isRecovery(line)) return SEND;
    return quietened(line, moment, (_line, atMs) => inhibitorAt(line, { atMs, sources }, moment));
  })(lines, moment);
};

function inhibitorAt(
  { now }: Line,
  when: { readonly atMs: number; readonly sources: readonly (readonly (readonly Transition[])[])[] },
  { rules, nowMs }: Moment,
): string | undefined {
  for (const [index, { source, target, equal }] of rules.inhibit.entries()) {
    if (!fits(target, now) || fits(source, now)) continue;
    const found = when.sources[index]?.find(
      (history) => isInAlarmAt(history, { atMs: when.atMs, nowMs }) && isAlike(history.at(-1), now, equal),
    );
    if (found !== undefined) return `inhibited by ${found[0]?.alarm ?? ''}`;
  }
  return undefined;
}

/** Now is what was said last, though its time may lie ahead when the clock was set back. */
function isInAlarmAt(
  history: readonly Transition[],
  { atMs, nowMs }: { readonly atMs: number; readonly nowMs: number },
): boolean {
  const last = atMs >= nowMs ? history.at(-1) : history.findLast((one) => one.atMs <= atMs);
  return (last?.to ?? history[0]?.from) === 'ALARM';
}

function isAlike(source: Transition | undefined, target: Transition, labels: readonly string[]): boolean {
  if (source === undefined) return false;
  return labels.every((label) => labelOf(source, label) === labelOf(target, label));
}

/** While somebody muted it. The end of what was told is told all the same. */
export const silence: Stage = (lines, moment) => {
  const { silences } = moment.book;
  return each((line) => {
    if (isRecovery(line)) return SEND;
    const mine = silences.filter(({ match }) => fits(match, line.now));
    return quietened(line, moment, (_line, atMs) => {
      const found = mine.find(({ startMs, endMs }) => startMs <= atMs && atMs < endMs);
      return found === undefined ? undefined : saidBy('silenced', found);
    });
  })(lines, moment);
};

/** While somebody has taken it on, it is neither repeated nor escalated. */
export const acknowledge = each((line, moment) => {
  if (isRecovery(line) || (line.afterMs === 0 && !isReminder(line))) return SEND;
  const found = acknowledgementOf(line.now.alarm, moment);
  return found === undefined ? SEND : { kind: 'hold', why: saidBy('acknowledged', found) };
});

function saidBy(what: string, { author }: { readonly author: string }): string {
  return author === '' ? what : `${what} by ${author}`;
}

/** The acknowledgement of an alarm that holds: recovery ends it. */
export function acknowledgementOf(
  alarm: string,
  { book, histories, nowMs }: Moment,
): Acknowledgement | undefined {
  const history = histories.get(alarm) ?? [];
  return book.acknowledgements.findLast(
    (one) =>
      one.alarm === alarm &&
      nowMs < one.endMs &&
      !history.some(({ sequence, to }) => sequence > one.sequence && to === 'OK') &&
      history.at(-1)?.to !== 'OK',
  );
}

/** At times at which nothing is told, not even recoveries. */
export const mute = each((line, moment) =>
  quietened(line, moment, ({ route }, atMs) => {
    const name = route.mute.find((time) =>
      moment.rules.muteTimes[time]?.some((muteTime) => isMuteTime(muteTime, atMs)),
    );
    return name === undefined ? undefined : `muted: ${name}`;
  }),
);
