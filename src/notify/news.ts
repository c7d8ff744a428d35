/** De-duplicate: what a channel does not know yet, and what it is to be reminded of. */
import type { Acknowledgement } from './book.ts';
import type { AlarmState, PassedState } from './channel.ts';
import { type Line, type Moment, SEND, type Stage, stateOf } from './line.ts';
import { acknowledgementOf } from './quiet.ts';

/** Settles what would tell nothing new, or what its route does not tell; leaves out what is not to be repeated yet. */
export const news: Stage = (lines, moment) =>
  lines.flatMap((line) => {
    if (line.verdict.kind !== 'send') return [line];
    if (line.pending.length > 0) return [withNews(line)];
    const taken = withTakenOn(line, moment);
    if (taken !== undefined) return [taken];
    return isDueAgain(line, moment) ? [line] : [];
  });

/** A message of its own, whose mark says whether it was told. */
function withTakenOn(line: Line, moment: Moment): Line | undefined {
  const { channel, now, mark, group } = line;
  if (!moment.rules.acknowledging.includes(channel) || mark.state !== 'ALARM' || mark.toldMs === undefined)
    return undefined;
  const takenOn = acknowledgementOf(now.alarm, moment);
  if (takenOn === undefined) return undefined;
  const id = acknowledgementId(takenOn);
  if (moment.book.marks.groups.get(channel)?.get(id)?.sentMs !== undefined) return undefined;
  return { ...line, takenOn, group: { id, text: group.text } };
}

/** No list, as those of routes are. */
function acknowledgementId({ alarm, sequence, atMs }: Acknowledgement): string {
  return JSON.stringify({ acknowledged: alarm, sequence, atMs });
}

function withNews(line: Line): Line {
  const { states } = line.route;
  const passed = passedOf(line);
  const seen = { ...line, passed };
  const state = stateOf(seen);
  const told = line.pending.findLast(({ to }) => to === state) ?? line.now;
  if (passed.length === 0)
    return { ...seen, verdict: { kind: 'settle', why: 'it is as the channel knows it' } };
  if (!passed.some((one) => states.includes(one.state)))
    return { ...seen, verdict: { kind: 'settle', why: `the route tells no ${state}` } };
  return { ...seen, told, verdict: SEND };
}

/** OK and ALARM count always, as what follows them depends on them; missing data only where it is told. */
function passedOf({ mark, pending, route }: Line): PassedState[] {
  const passed: PassedState[] = [];
  let last: AlarmState = mark.state;
  for (const { to, atMs } of pending) {
    if (to === last || (to === 'INSUFFICIENT_DATA' && !route.states.includes(to))) continue;
    passed.push({ state: to, atMs });
    last = to;
  }
  return passed;
}

/** A clock that was far ahead once does not keep reminders away. */
function isDueAgain({ route, now, mark }: Line, { nowMs }: Moment): boolean {
  if (route.repeatIntervalMs === 0 || route.digest !== undefined) return false;
  if (now.to !== 'ALARM' || mark.state !== 'ALARM' || !route.states.includes('ALARM')) return false;
  return mark.toldMs !== undefined && Math.abs(nowMs - mark.toldMs) >= route.repeatIntervalMs;
}
