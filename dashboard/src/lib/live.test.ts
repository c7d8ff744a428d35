import { expect, test } from 'vitest';
import { PRESETS } from '../routes/range.ts';
import { refreshMs } from './live.tsx';

test('refreshMs() asks short ranges often, long ones seldom, and fixed or held ones never', () => {
  const [hour, , , week] = PRESETS;
  const fixed = { kind: 'absolute', sinceMs: 0, untilMs: 1 };
  expect(refreshMs({ queryKey: ['/status'], meta: undefined })).toBe(2000);
  expect(refreshMs({ queryKey: ['/requests', null, hour, {}], meta: undefined })).toBe(2000);
  expect(refreshMs({ queryKey: ['/requests', null, week, {}], meta: { isHeld: false } })).toBe(20_000);
  expect(refreshMs({ queryKey: ['/requests', null, fixed, {}], meta: undefined })).toBeNull();
  expect(refreshMs({ queryKey: ['/requests', null, hour, {}], meta: { isHeld: true } })).toBeNull();
});
