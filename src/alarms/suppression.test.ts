import { expect, test } from 'vitest';
import type { AlarmState } from './alarm.ts';
import { type Suppression, suppressionStep } from './suppression.ts';

const RULE = { waitMs: 2, extensionMs: 3 };

type Changes = Readonly<Record<number, AlarmState>>;

/** `<time> <state>` of everything acted on until 20, one step each unit of time. */
function acted(composite: Changes, suppressor: Changes, times?: readonly number[]): string[] {
  const at = (changes: Changes, time: number): AlarmState =>
    Object.entries(changes).findLast(([when]) => Number(when) <= time)?.[1] ?? 'OK';
  let suppression: Suppression = { state: 'OK', isSuppressed: false };
  const acts: string[] = [];
  for (const nowMs of times ?? Array.from({ length: 20 }, (_, index) => index)) {
    const states = { state: at(composite, nowMs), suppressor: at(suppressor, nowMs) };
    const step = suppressionStep(RULE, suppression, { ...states, nowMs });
    suppression = step.suppression;
    if (step.acts !== undefined) acts.push(`${nowMs} ${step.acts}`);
  }
  return acts;
}

/** Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-suppression.html */
test.each<readonly [what: string, composite: Changes, suppressor: Changes, acts: readonly string[]]>([
  ['the suppressor stays OK', { 2: 'ALARM' }, {}, ['4 ALARM']],
  ['the suppressor comes in the wait', { 2: 'ALARM' }, { 3: 'ALARM' }, []],
  ['the composite goes back in the wait', { 2: 'ALARM', 3: 'OK' }, {}, ['5 OK']],
  ['the suppressor was there', { 2: 'ALARM' }, { 0: 'ALARM' }, []],
  ['the suppressor leaves', { 2: 'ALARM' }, { 3: 'ALARM', 6: 'OK' }, ['9 ALARM']],
  ['the composite goes back in the extension', { 2: 'ALARM', 7: 'OK' }, { 3: 'ALARM', 6: 'OK' }, ['9 OK']],
  ['the suppressor comes back in the extension', { 2: 'ALARM' }, { 3: 'ALARM', 6: 'OK', 8: 'ALARM' }, []],
  ['the suppressor comes as the wait ends', { 2: 'ALARM' }, { 4: 'ALARM' }, []],
  ['both change as one', { 3: 'ALARM' }, { 1: 'ALARM', 3: 'OK' }, ['5 ALARM']],
  ['nothing changes', {}, { 3: 'ALARM', 5: 'OK' }, []],
])('%s', (_what, composite, suppressor, acts) => {
  expect(acted(composite, suppressor)).toEqual(acts);
});

test('what fell due while nobody looked acts at the next look, once', () => {
  expect(acted({ 2: 'ALARM' }, {}, [0, 2, 17, 18])).toEqual(['17 ALARM']);
});
