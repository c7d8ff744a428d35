/** Who is told of one alarm as things stand, by the routes and stages that messages pass. */
import type { AlarmMark, Book, Transition } from './book.ts';
import { type Line, type Moment, SEND } from './line.ts';
import { momentOf, planOf } from './pipeline.ts';
import { acknowledge, inhibit, mute, silence } from './quiet.ts';
import { type Target, targetsOf } from './route.ts';
import type { Rules } from './rules.ts';

export interface Outlook extends Target {
  /** What the channel was told of it; absent when it does not know it as anything but OK. */
  readonly told?: Pick<AlarmMark, 'state'> & { readonly atMs: number };
  /** Why nothing would be told of it now while it is in ALARM; empty when it would be. */
  readonly quiet: readonly string[];
  /** Why what is new of it is not told yet; absent when nothing waits. */
  readonly waits?: string;
}

/** Each channel that is told of an alarm, at once or later; none of an alarm that never changed. */
export function outlookOf(
  alarm: string,
  { book, rules, nowMs }: { readonly book: Book; readonly rules: Rules; readonly nowMs: number },
): Outlook[] {
  const moment = momentOf(book, rules, nowMs);
  const now = moment.histories.get(alarm)?.at(-1);
  if (now === undefined) return [];
  const { held } = planOf(book, rules, nowMs);
  return targetsOf(now, rules.routes).map((target): Outlook => {
    const mark = book.marks.alarms.get(target.channel)?.get(alarm);
    const waits = held.find((one) => one.alarm === alarm && one.channel === target.channel)?.why;
    return {
      ...target,
      ...(mark?.toldMs === undefined ? {} : { told: { state: mark.state, atMs: mark.toldMs } }),
      quiet: quietReasons(nextLine(target, { now, mark, nowMs }), moment),
      ...(waits === undefined ? {} : { waits }),
    };
  });
}

/** What the channel would be told next in ALARM: the reminder of what it knows, or that it is so. */
function nextLine(
  target: Target,
  {
    now,
    mark,
    nowMs,
  }: { readonly now: Transition; readonly mark: AlarmMark | undefined; readonly nowMs: number },
): Line {
  const line = { ...target, group: { id: '', text: '' }, isTried: false, verdict: SEND };
  if (now.to === 'ALARM' && mark?.state === 'ALARM')
    return { ...line, now, mark, pending: [], passed: [], told: now };
  const next: Transition = { ...now, sequence: now.sequence + 1, atMs: nowMs, to: 'ALARM' };
  const passed = [{ state: next.to, atMs: nowMs }];
  return {
    ...line,
    now: next,
    mark: { upTo: now.sequence, state: 'OK' },
    pending: [next],
    passed,
    told: next,
  };
}

function quietReasons(line: Line, moment: Moment): string[] {
  return [inhibit, silence, acknowledge, mute].flatMap((stage) =>
    stage([line], moment).flatMap(({ verdict }) => (verdict.kind === 'send' ? [] : [verdict.why])),
  );
}
