/** Routes: which channels an alarm goes to, by its labels, and in which group. */
import type { AlarmMark, Marks, Transition } from './book.ts';
import { type Group, type Line, type Moment, SEND } from './line.ts';
import { fits, type Labelled, labelOf } from './match.ts';
import type { Route, Rules } from './rules.ts';

/** Where transitions are recorded that no route takes. */
export const NOWHERE = '';

const NO_ROUTE: Route = {
  name: '',
  match: [],
  goesOn: false,
  channels: [],
  escalate: [],
  groupBy: [],
  groupWaitMs: 0,
  groupIntervalMs: 0,
  repeatIntervalMs: 0,
  states: [],
  mute: [],
};

/** Every alarm with each of its channels. Alarms of which nothing is to be told are left out. */
export function routed(moment: Moment): Line[] {
  return [...moment.histories.values()].flatMap((history) => linesOf(history, moment));
}

function linesOf(history: readonly Transition[], { rules, book: { marks } }: Moment): Line[] {
  const now = history.at(-1);
  if (now === undefined) return [];
  const targets = targetsOf(now, rules.routes);
  const known = targets.length > 0 ? targets : [{ route: NO_ROUTE, channel: NOWHERE, afterMs: 0 }];
  const others = formerLines(history, { targets, now }, { rules, marks });
  const lines = known.flatMap((target): Line[] => {
    const mark = marks.alarms.get(target.channel)?.get(now.alarm) ?? firstMark(now, marks);
    const pending = history.filter(({ sequence }) => sequence > mark.upTo);
    if (pending.length === 0 && mark.state === 'OK') return [];
    const group = groupOf(now, target.route);
    const verdict =
      target.channel === NOWHERE ? ({ kind: 'settle', why: 'no route takes it' } as const) : SEND;
    const isTried = isTriedSince(mark, target.channel, { now, marks });
    return [{ ...target, group, now, mark, isTried, pending, passed: [], told: now, verdict }];
  });
  return others.length === 0 ? lines : [...lines, ...others];
}

/**
 * Of channels that the alarm went to once, and by the configuration does no more: they are told the end of what they were told
 * (those that are gone, when they are back). What else they do not know is settled, or it would be told as news once they are back.
 */
function formerLines(
  history: readonly Transition[],
  { targets, now }: { readonly targets: readonly Target[]; readonly now: Transition },
  { rules, marks }: { readonly rules: Rules; readonly marks: Marks },
): Line[] {
  const lines: Line[] = [];
  for (const [channel, known] of marks.alarms) {
    const mark = known.get(now.alarm);
    if (mark === undefined || mark.upTo >= now.sequence || channel === NOWHERE) continue;
    if (targets.some((target) => target.channel === channel)) continue;
    const pending = history.filter(({ sequence }) => sequence > mark.upTo);
    const route = rules.routes.find((one) => namesOf(one).includes(channel));
    const isTried = isTriedSince(mark, channel, { now, marks });
    const line = { channel, afterMs: 0, now, mark, isTried, pending, passed: [], told: now };
    if (mark.state === 'OK' && !isTried)
      lines.push({
        ...line,
        route: NO_ROUTE,
        group: groupOf(now, NO_ROUTE),
        verdict: { kind: 'settle', why: 'no route leads there any more' },
      });
    else if (now.to === 'OK' && route !== undefined)
      lines.push({ ...line, route, group: groupOf(now, route), verdict: SEND });
  }
  return lines;
}

/** Whether a message of what is behind the mark was tried: it may have arrived. */
function isTriedSince(
  { upTo }: AlarmMark,
  channel: string,
  { now, marks }: { readonly now: Transition; readonly marks: Marks },
): boolean {
  return (marks.tried.get(channel)?.get(now.alarm) ?? 0) > upTo;
}

function namesOf({ channels, escalate }: Route): readonly string[] {
  return [...channels, ...escalate.flatMap((step) => step.channels)];
}

export interface Target {
  readonly route: Route;
  readonly channel: string;
  readonly afterMs: number;
}

/** Channels, each once: the first route that names it counts, and in a route the earliest step. */
export function targetsOf(now: Labelled, routes: readonly Route[]): Target[] {
  const targets: Target[] = [];
  for (const route of routes) {
    if (!fits(route.match, now)) continue;
    for (const { afterMs, channels } of [{ afterMs: 0, channels: route.channels }, ...route.escalate])
      for (const channel of channels)
        if (!targets.some((target) => target.channel === channel)) targets.push({ route, channel, afterMs });
    if (!route.goesOn) break;
  }
  return targets;
}

/** Names of the routes that tell a channel at once, and of those that tell it later. */
export function routesTo(
  channel: string,
  routes: readonly Route[],
): { readonly routes: string[]; readonly escalations: string[] } {
  const isLater = ({ escalate }: Route) => escalate.some(({ channels }) => channels.includes(channel));
  return {
    routes: routes.filter(({ channels }) => channels.includes(channel)).map(({ name }) => name),
    escalations: routes.filter(isLater).map(({ name }) => name),
  };
}

/**
 * Where a channel begins that has no mark for an alarm: with everything, for an alarm that nobody was told of yet; with the
 * present state, for one that others know, or when this is the first time that anything is told.
 */
function firstMark(now: Transition, marks: Marks): AlarmMark {
  const others = [...marks.alarms.values()].flatMap((known) => known.get(now.alarm)?.upTo ?? []);
  if (others.length === 0 && marks.alarms.size > 0) return { upTo: 0, state: 'OK' };
  const seen = others.length === 0 ? now.sequence : Math.max(...others);
  return { upTo: now.to === 'OK' ? seen : Math.min(seen, now.sequence - 1), state: 'OK' };
}

function groupOf(now: Transition, { name, groupBy }: Route): Group {
  const values = groupBy.map((label) => [label, labelOf(now, label)] as const);
  const text = values
    .filter(([, value]) => value !== '')
    .map(([label, value]) => `${label} ${value}`)
    .join(', ');
  return { id: JSON.stringify([name, ...values.map(([, value]) => value)]), text };
}
