import { describe, expect, test } from 'vitest';
import { type StepRequest, stepOf } from './steps.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const at = (text: string): number => Date.parse(`2026-11-${text}Z`);

const ASKED: StepRequest = {
  periodMs: 5 * MINUTE_MS,
  untilMs: at('20T10:00'),
  closedMs: at('20T10:14'),
  catchUpMs: DAY_MS,
  nowMs: at('20T10:16'),
};

function step(change: Partial<StepRequest>): string {
  const found = stepOf({ ...ASKED, ...change });
  if (found === undefined) return 'none';
  const text = (ms: number): string => new Date(ms).toISOString().slice(8, 16);
  return `${text(found.startMs)} to ${text(found.endMs)}, ${found.skippedMs / MINUTE_MS} min skipped`;
}

describe('stepOf()', () => {
  test.each<readonly [what: string, change: Partial<StepRequest>, expected: string]>([
    ['periods that are closed', {}, '20T10:00 to 20T10:10, 0 min skipped'],
    ['none while none is closed', { closedMs: at('20T10:04') }, 'none'],
    ['none twice', { untilMs: at('20T10:10') }, 'none'],
    [
      'a longer period than before begins where a whole one does',
      { periodMs: 60 * MINUTE_MS, untilMs: at('20T08:25'), closedMs: at('20T10:14') },
      '20T09:00 to 20T10:00, 0 min skipped',
    ],
    [
      'an outage is caught up, a hundred periods at once',
      { untilMs: at('20T00:00') },
      '20T00:00 to 20T08:20, 0 min skipped',
    ],
    [
      'and no further back than asked',
      { untilMs: at('20T00:00'), catchUpMs: 2 * 60 * MINUTE_MS },
      '20T08:20 to 20T10:10, 500 min skipped',
    ],
    [
      'nor than CloudWatch takes, less an hour',
      { untilMs: at('01T00:00'), catchUpMs: 30 * DAY_MS },
      '06T11:20 to 06T19:40, 7880 min skipped',
    ],
  ])('%s', (_what, change, expected) => {
    expect(step(change)).toBe(expected);
  });
});
