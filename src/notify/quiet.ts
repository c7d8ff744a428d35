/** What keeps alarms quiet: inhibition, silences, acknowledgements, mute times. Evaluation and history go on. */
import type { Acknowledgement, Transition } from './book.ts';
import { each, isRelief, isReminder, type Moment, quietened, SEND, type Stage } from './line.ts';
import { fits, labelOf } from './match.ts';
import { isMuteTime } from './mute-times.ts';
import type { Inhibition } from './rules.ts';

/** While a graver alarm explains it. The end of what was told is told all the same, and who has taken it on. */
export const inhibit: Stage = (lines, moment) => {
  const inhibitors = moment.rules.inhibit.map((inhibition) => inhibitorOf(inhibition, moment));
  return each((line) => {
    if (isRelief(line)) return SEND;
    return quietened(line, moment, ({ now }, atMs) => firstOf(inhibitors, (find) => find(now, atMs)));
  })(lines, moment);
};

/** Gives why a target is inhibited at a time; asked once for all targets that are alike, as there may be thousands. */
function inhibitorOf(
  { source, target, equal }: Inhibition,
  { histories, nowMs }: Moment,
): (now: Transition, atMs: number) => string | undefined {
  const alike = (one: Transition): string => JSON.stringify(equal.map((label) => labelOf(one, label)));
  const sources = Map.groupBy(
    [...histories.values()].filter((history) => history.some((one) => fits(source, one))),
    (history) => history.slice(-1).map(alike).join(),
  );
  const found = new Map<string, string | undefined>();
  return (now, atMs) => {
    if (!fits(target, now) || fits(source, now)) return undefined;
    const labels = alike(now);
    const asked = `${atMs} ${labels}`;
    if (!found.has(asked)) {
      const history = sources.get(labels)?.find((one) => isInAlarmAt(one, { atMs, nowMs }));
      found.set(asked, history === undefined ? undefined : `inhibited by ${history[0]?.alarm ?? ''}`);
    }
    return found.get(asked);
  };
}

function firstOf<Asked, Given>(
  all: readonly Asked[],
  ask: (one: Asked) => Given | undefined,
): Given | undefined {
  for (const one of all) {
    const given = ask(one);
    if (given !== undefined) return given;
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

/** While somebody muted it. The end of what was told is told all the same, and who has taken it on. */
export const silence: Stage = (lines, moment) => {
  const { silences } = moment.book;
  return each((line) => {
    if (isRelief(line)) return SEND;
    const mine = silences.filter(({ match }) => fits(match, line.now));
    return quietened(line, moment, (_line, atMs) => {
      const found = mine.find(({ startMs, endMs }) => startMs <= atMs && atMs < endMs);
      return found === undefined ? undefined : `silenced by ${whoOf(found)}`;
    });
  })(lines, moment);
};

/** While somebody has taken it on, it is neither repeated nor escalated. */
export const acknowledge = each((line, moment) => {
  if (isRelief(line) || (line.afterMs === 0 && !isReminder(line))) return SEND;
  const found = acknowledgementOf(line.now.alarm, moment);
  return found === undefined ? SEND : { kind: 'hold', why: `acknowledged by ${whoOf(found)}` };
});

/** A program that gives no name may say things too. */
export function whoOf({ author }: Pick<Acknowledgement, 'author'>): string {
  return author === '' ? 'somebody' : author;
}

/** The acknowledgement of an alarm that holds: recovery ends it. */
export function acknowledgementOf(
  alarm: string,
  { acknowledgements, histories, nowMs }: Moment,
): Acknowledgement | undefined {
  const history = histories.get(alarm) ?? [];
  return acknowledgements
    .get(alarm)
    ?.findLast(
      (one) =>
        nowMs < one.endMs &&
        !history.some(({ sequence, to }) => sequence > one.sequence && to === 'OK') &&
        history.at(-1)?.to !== 'OK',
    );
}

/** At times at which nothing is told, not even recoveries; that somebody has taken it on rings nobody. */
export const mute = each((line, moment) => {
  if (line.takenOn !== undefined) return SEND;
  return quietened(line, moment, ({ route }, atMs) => {
    const name = route.mute.find((time) =>
      moment.rules.muteTimes[time]?.some((muteTime) => isMuteTime(muteTime, atMs)),
    );
    return name === undefined ? undefined : `muted: ${name}`;
  });
});
