/** Alarms on deadlines and on statuses. */
import { describe, expect, test } from 'vitest';
import type { EvaluationTime } from './alarm.ts';
import { type DeadlineReading, type DeadlineRule, evaluateDeadline } from './deadline-alarm.ts';
import { evaluateStatus, type StatusReading, type StatusRule } from './status-alarm.ts';

const HOUR_MS = 3_600_000;
const DUE_MS = Date.parse('2026-11-01T02:00Z');
const DEADLINE: DeadlineRule = { kind: 'deadline', graceMs: HOUR_MS / 2 };
const BY_MS = DUE_MS + HOUR_MS / 2;
const OPEN: DeadlineReading = { dueMs: DUE_MS };

describe('a deadline at 02:00 with 30 min of grace', () => {
  const due = 'Due 2026-11-01T02:00Z with 30 min of grace';
  test.each<readonly [string, DeadlineReading | undefined, EvaluationTime, string, string]>([
    ['is fine before it', OPEN, { nowMs: BY_MS - 1 }, 'OK', `${due}; that is not past yet.`],
    ['is missed at it, to the millisecond', OPEN, { nowMs: BY_MS }, 'ALARM', `${due}; not there by then.`],
    [
      'is fine when it was met',
      { dueMs: DUE_MS, metMs: DUE_MS },
      { nowMs: BY_MS + HOUR_MS },
      'OK',
      `${due}; there at 2026-11-01T02:00Z.`,
    ],
    [
      'is fine again when it was met late',
      { dueMs: DUE_MS, metMs: BY_MS + HOUR_MS },
      { nowMs: BY_MS + 2 * HOUR_MS, state: 'ALARM' },
      'OK',
      `${due}; there at 2026-11-01T03:30Z, 1 h after the deadline.`,
    ],
    [
      'does not end the alarm of the one before',
      OPEN,
      { nowMs: DUE_MS - HOUR_MS, state: 'ALARM' },
      'ALARM',
      `${due}; the one before was missed, and nothing came since.`,
    ],
    [
      'is unknown without a reading',
      undefined,
      { nowMs: 0 },
      'INSUFFICIENT_DATA',
      'Whether anything is due is not known.',
    ],
    ['is none where nothing is due', {}, { nowMs: 0 }, 'INSUFFICIENT_DATA', 'Nothing is due yet.'],
    [
      'is not missed before its source is complete until then',
      OPEN,
      { nowMs: BY_MS + HOUR_MS, completeUntilMs: BY_MS - 1, state: 'OK' },
      'OK',
      `${due}; its source is complete until 2026-11-01T02:29Z only: it may still be on its way.`,
    ],
    [
      'is missed when its source is complete until then',
      OPEN,
      { nowMs: BY_MS + HOUR_MS, completeUntilMs: BY_MS },
      'ALARM',
      `${due}; not there by then.`,
    ],
    [
      'cannot be told when its source does not catch up in a day',
      OPEN,
      { nowMs: BY_MS + 24 * HOUR_MS, completeUntilMs: BY_MS - 1, state: 'OK' },
      'INSUFFICIENT_DATA',
      `${due}; its source is complete until 2026-11-01T02:29Z only: whether it came cannot be told.`,
    ],
  ])('%s', (_what, reading, time, state, sentence) => {
    expect(evaluateDeadline(DEADLINE, reading, time)).toMatchObject({ state, sentence });
  });

  test('is missed since the deadline, whenever that is seen', () => {
    expect(evaluateDeadline(DEADLINE, OPEN, { nowMs: BY_MS + 9 * HOUR_MS })).toMatchObject({
      sinceMs: BY_MS,
      numbers: { graceSeconds: 1800 },
    });
  });

  test('leans on a gap when it was not met, and not when it was', () => {
    expect(evaluateDeadline(DEADLINE, OPEN, { nowMs: BY_MS }).leansOnGaps).toBe(true);
    const met = { dueMs: DUE_MS, metMs: DUE_MS };
    expect(evaluateDeadline(DEADLINE, met, { nowMs: BY_MS }).leansOnGaps).toBe(false);
  });
});

const STATUS: StatusRule = {
  kind: 'status',
  alarmOn: ['missing', 'late'],
  okOn: ['ok'],
  holdMs: HOUR_MS,
};

describe('a status', () => {
  const reading = (status: string): StatusReading => ({ status, sentence: 'So it is.', sinceMs: DUE_MS });
  test.each<readonly [string, string, EvaluationTime, string, string]>([
    ['that is fine', 'ok', { nowMs: DUE_MS }, 'OK', 'So it is.'],
    ['that is bad and held', 'late', { nowMs: DUE_MS + HOUR_MS }, 'ALARM', 'So it is.'],
    [
      'that is bad and young',
      'late',
      { nowMs: DUE_MS + HOUR_MS / 2, state: 'INSUFFICIENT_DATA' },
      'INSUFFICIENT_DATA',
      'An alarm if it is still so in 30 min: So it is.',
    ],
    [
      'that is bad after another that was',
      'missing',
      { nowMs: DUE_MS, state: 'ALARM' },
      'ALARM',
      'So it is.',
    ],
    [
      'that says neither',
      'learning',
      { nowMs: DUE_MS, state: 'ALARM' },
      'INSUFFICIENT_DATA',
      'Whether all is well cannot be told, it is "learning": So it is.',
    ],
  ])('%s', (_what, status, time, state, sentence) => {
    expect(evaluateStatus(STATUS, reading(status), time)).toMatchObject({
      state,
      sentence,
      leansOnGaps: false,
    });
  });

  test('that is not there is not known', () => {
    expect(evaluateStatus(STATUS, undefined, { nowMs: 0, state: 'OK' })).toMatchObject({
      state: 'INSUFFICIENT_DATA',
      leansOnGaps: true,
    });
  });

  test('of endless words and rows is cut', () => {
    const endless = {
      ...reading('ok'),
      sentence: '😀'.repeat(5000),
      evidence: Array.from({ length: 50 }, (_, row) => ({ row })),
    };
    const { sentence, evidence } = evaluateStatus(STATUS, endless, { nowMs: DUE_MS });
    expect(sentence).toHaveLength(1000);
    expect(sentence.isWellFormed()).toBe(true);
    expect(evidence.map(({ row }) => row)).toEqual(Array.from({ length: 20 }, (_, index) => index + 30));
  });
});
