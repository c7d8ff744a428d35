import { describe, expect, test } from 'vitest';
import type { Arrival, JudgingTime } from './runs.ts';
import { Calendars } from './schedule.ts';
import { judgedRuns, seriesState, type SeriesRule } from './verdict.ts';

const DAILY: SeriesRule = {
  schedule: { kind: 'cron', cron: '0 2 * * *', timezone: 'UTC' },
  graceMs: 30 * 60_000,
  sinceMs: Date.parse('2026-11-01T00:00Z'),
};

const ACCEPTED = { isAccepted: true, isPaused: false, isRetired: false } as const;

/** `day-hh:mm size [key]` of November 2026. */
function arrivals(...texts: readonly string[]): Arrival[] {
  return texts.map((text) => {
    const [when = '', size = '100', key = `db/${when}.gz`] = text.split(' ');
    const [day = '', time = ''] = when.split('-');
    return {
      key,
      versionId: '',
      atMs: at(`${day}-${time}`),
      sizeBytes: Number(size),
      etag: `etag of ${size}`,
      member: '',
      stamp: '',
    };
  });
}

function as(when: string): JudgingTime {
  return { nowMs: at(when), calendars: new Calendars() };
}

function at(when: string): number {
  const [day = '', time = ''] = when.split('-');
  return Date.parse(`2026-11-${day}T${time}Z`);
}

function verdicts(rule: SeriesRule, files: readonly Arrival[], now: string): string[] {
  return judgedRuns(rule, files, as(now)).map(
    ({ dueMs, verdict }) => `${new Date(dueMs).toISOString().slice(8, 10)} ${verdict}`,
  );
}

describe('a daily run due at 02:00 with 30 min grace', () => {
  test.each([
    ['is expected until 02:30', [], '01-02:29', ['01 expected']],
    ['is missing at 02:30', [], '01-02:30', ['01 missing']],
    ['is ok at its arrival', ['01-01:50'], '01-01:50', ['01 ok']],
    ['is ok in its grace', ['01-02:30'], '01-03:00', ['01 ok']],
    ['is late after it', ['01-02:31'], '01-03:00', ['01 late']],
    [
      'is of its due time when it comes a minute early',
      ['01-02:00', '02-01:59'],
      '02-03:00',
      ['01 ok', '02 ok'],
    ],
    ['is of the next due time from 20:00 on', ['01-20:00'], '01-20:01', ['01 missing', '02 ok']],
    ['is still of the last before', ['01-19:59'], '01-20:01', ['01 late', '02 expected']],
    [
      'several missed runs are each missing, and one late arrival is of the last',
      ['01-02:00', '05-04:00'],
      '05-05:00',
      ['01 ok', '02 missing', '03 missing', '04 missing', '05 late'],
    ],
    [
      'extra files after a run that was right change nothing',
      ['01-02:00', '01-09:00'],
      '01-10:00',
      ['01 ok'],
    ],
  ])('%s', (_what, files, now, expected) => {
    expect(verdicts(DAILY, arrivals(...files), now)).toEqual(expected);
  });

  test('the newest run decides: an old verdict does not latch', () => {
    const runs = judgedRuns(DAILY, arrivals('02-02:00'), as('02-03:00'));
    expect(runs.map(({ verdict }) => verdict)).toEqual(['missing', 'ok']);
    expect(seriesState(runs, ACCEPTED)).toMatchObject({ verdict: 'ok' });
  });

  test('missing holds from the deadline on, wherever the clock stood in between', () => {
    const [run] = judgedRuns(DAILY, [], as('01-17:23'));
    expect(run).toMatchObject({ verdict: 'missing', sinceMs: at('01-02:30') });
  });

  test('a series that never was seen is new until its first deadline, then missing', () => {
    expect(seriesState(judgedRuns(DAILY, [], as('01-02:29')), ACCEPTED).verdict).toBe('new');
    expect(seriesState(judgedRuns(DAILY, [], as('01-02:30')), ACCEPTED).verdict).toBe('missing');
  });

  test('what is paused, retired or not accepted is called that', () => {
    const runs = judgedRuns(DAILY, [], as('01-03:00'));
    expect(seriesState(runs, { ...ACCEPTED, isPaused: true }).verdict).toBe('paused');
    expect(seriesState(runs, { ...ACCEPTED, isRetired: true }).verdict).toBe('retired');
    expect(seriesState(runs, { ...ACCEPTED, isAccepted: false }).verdict).toBe('learning');
  });
});

describe('a run that was missed', () => {
  test('stays missing in the history when the next ones come', () => {
    expect(verdicts(DAILY, arrivals('01-02:00', '03-01:50', '04-02:00'), '04-03:00')).toEqual([
      '01 ok',
      '02 missing',
      '03 ok',
      '04 ok',
    ]);
  });

  test('is late, and the series well again, once it comes after all', () => {
    const files = arrivals('01-02:00', '02-09:00');
    const before = seriesState(judgedRuns(DAILY, files, as('02-08:59')), ACCEPTED);
    const after = judgedRuns(DAILY, arrivals('01-02:00', '02-09:00', '03-02:00'), as('03-02:00'));
    expect(before.verdict).toBe('missing');
    expect(seriesState(judgedRuns(DAILY, files, as('02-09:00')), ACCEPTED).verdict).toBe('late');
    expect(seriesState(after, ACCEPTED).verdict).toBe('ok');
  });

  test('is not forgotten because a part of it has come: the series does not fall back to the run before', () => {
    const rule: SeriesRule = { ...DAILY, members: { kind: 'count', count: 2 } };
    const files = arrivals('01-01:00 10 a', '01-01:10 10 b', '02-05:00 10 c');
    const state = seriesState(judgedRuns(rule, files, as('02-05:10')), ACCEPTED);
    expect(state).toMatchObject({
      verdict: 'missing',
      sentence: 'Not whole by the deadline. So far: 1 of 2 members.',
      sinceMs: at('02-02:30'),
    });
    expect(seriesState(judgedRuns(rule, files, as('02-05:30')), ACCEPTED).verdict).toBe('incomplete');
  });
});

describe('a run that was right by its deadline', () => {
  const sized: SeriesRule = { ...DAILY, sizeBytesMin: 50, sizeBytesMax: 150 };
  test.each([
    [
      'stays right when more comes later, which is not added to it',
      ['01-01:50 100', '01-10:00 100'],
      '01 ok',
    ],
    [
      'is wrong when its file is written again, and is too small now',
      ['01-01:50 100 a', '01-10:00 5 a'],
      '01 too-small',
    ],
    ['is right when its file is written again as it was', ['01-01:50 100 a', '01-10:00 100 a'], '01 ok'],
    ['is wrong when more comes in time than may', ['01-01:50 100', '01-01:55 100'], '01 too-large'],
  ])('%s', (_what, files, expected) => {
    expect(verdicts(sized, arrivals(...files), '01-11:00')).toEqual([expected]);
  });
});

describe('a night on which clocks change', () => {
  const zoned = (cron: string, timezone: string): SeriesRule => ({
    ...DAILY,
    schedule: { kind: 'cron', cron, timezone },
    sinceMs: Date.parse('2026-03-01T00:00Z'),
  });
  /** Verdicts of the days around it, of runs that came at these moments. */
  const around = (rule: SeriesRule, moments: readonly string[], now: string): string[] => {
    const files = moments.map((moment) => ({
      ...arrivals('01-00:00')[0],
      key: moment,
      atMs: Date.parse(moment),
    }));
    const from = Date.parse(moments[0] ?? '') - 3_600_000;
    const time = { nowMs: Date.parse(now), calendars: new Calendars() };
    return judgedRuns({ ...rule, sinceMs: from }, files as Arrival[], time).map(
      ({ dueMs, verdict }) => `${new Date(dueMs).toISOString().slice(5, 16)} ${verdict}`,
    );
  };

  test.each([
    [
      'Europe/Lisbon 01:30 that comes twice is one run, missing 30 min after the first',
      zoned('30 1 * * *', 'Europe/Lisbon'),
      ['2026-10-24T00:20Z'],
      '2026-10-25T01:00Z',
      ['10-24T00:30 ok', '10-25T00:30 missing'],
    ],
    [
      'and one that comes at the second 01:30 is late, not missing',
      zoned('30 1 * * *', 'Europe/Lisbon'),
      ['2026-10-24T00:20Z', '2026-10-25T01:30Z'],
      '2026-10-25T02:00Z',
      ['10-24T00:30 ok', '10-25T00:30 late'],
    ],
    [
      'Europe/Lisbon 01:30 that never comes is due at the change',
      zoned('30 1 * * *', 'Europe/Lisbon'),
      ['2026-03-28T01:20Z', '2026-03-29T01:10Z', '2026-03-30T00:20Z'],
      '2026-03-30T01:00Z',
      ['03-28T01:30 ok', '03-29T01:00 ok', '03-30T00:30 ok'],
    ],
    [
      'America/New_York 02:30 that never comes is due at the change',
      zoned('30 2 * * *', 'America/New_York'),
      ['2026-03-07T07:20Z', '2026-03-08T07:10Z', '2026-03-09T06:20Z'],
      '2026-03-09T07:00Z',
      ['03-07T07:30 ok', '03-08T07:00 ok', '03-09T06:30 ok'],
    ],
    [
      'Australia/Lord_Howe goes back half an hour: 01:45 is due the first time',
      zoned('45 1 * * *', 'Australia/Lord_Howe'),
      ['2026-04-03T14:40Z', '2026-04-04T14:40Z', '2026-04-05T15:10Z'],
      '2026-04-05T16:00Z',
      ['04-03T14:45 ok', '04-04T14:45 ok', '04-05T15:15 ok'],
    ],
    [
      'Asia/Kathmandu is 5 h 45 min ahead all the year',
      zoned('0 2 * * *', 'Asia/Kathmandu'),
      ['2026-03-28T20:10Z', '2026-03-29T20:40Z'],
      '2026-03-29T21:00Z',
      ['03-28T20:15 ok', '03-29T20:15 ok'],
    ],
  ])('%s', (_what, rule, moments, now, expected) => {
    expect(around(rule, moments, now)).toEqual(expected);
  });
});

describe('a run every day', () => {
  const every: SeriesRule = { ...DAILY, schedule: { kind: 'every', periodMs: 86_400_000 } };
  test.each([
    ['is due a day after the start', [], '02-00:29', ['02 expected']],
    ['is missing after the grace', [], '02-00:31', ['02 missing']],
    [
      'moves its due time with each run',
      ['01-10:00', '02-09:00'],
      '03-09:29',
      ['02 ok', '02 ok', '03 expected'],
    ],
    ['is missing a day and the grace after the last', ['01-10:00'], '02-10:30', ['02 ok', '02 missing']],
    ['is late when it comes then', ['01-10:00', '02-11:00'], '02-12:00', ['02 ok', '02 late']],
    [
      'is missed again each day',
      ['01-10:00', '04-09:50'],
      '04-10:00',
      ['02 ok', '02 missing', '03 missing', '04 ok'],
    ],
  ])('%s', (_what, files, now, expected) => {
    expect(verdicts(every, arrivals(...files), now)).toEqual(expected);
  });
});

describe('sizes', () => {
  const sized: SeriesRule = { ...DAILY, change: { down: 0.5, up: 1, runs: 7 } };
  const week = ['01-02:00 100', '02-02:00 104', '03-02:00 96'];
  test.each([
    [
      'a third of the median is too small at the deadline',
      [...week, '04-01:50 33'],
      '04-02:30',
      '04 too-small',
    ],
    ['and expected before: more may come', [...week, '04-01:50 33'], '04-02:29', '04 expected'],
    ['three times the median is too large', [...week, '04-01:50 300'], '04-02:30', '04 too-large'],
    ['half of it still is not too small', [...week, '04-01:50 50'], '04-02:30', '04 ok'],
    ['two runs are no median yet', ['01-02:00 100', '02-02:00 1'], '02-02:30', '02 ok'],
    [
      'what is late has the grace to be whole, and is missing until then',
      [...week, '04-05:00 33'],
      '04-05:29',
      '04 missing',
    ],
    ['and is too small after it', [...week, '04-05:00 33'], '04-05:30', '04 too-small'],
  ])('%s', (_what, files, now, expected) => {
    expect(verdicts(sized, arrivals(...files), now).at(-1)).toBe(expected);
  });

  test('a wrong run is not in the median of the next', () => {
    const files = arrivals(...week, '04-02:00 10', '05-02:00 10', '06-02:00 100');
    expect(verdicts(sized, files, '06-03:00').slice(3)).toEqual(['04 too-small', '05 too-small', '06 ok']);
  });

  test('an accepted new baseline begins the median anew', () => {
    const files = arrivals(...week, '04-02:00 10', '05-02:00 10', '06-02:00 10', '07-02:00 10');
    const rule = { ...sized, baselinesMs: [at('05-00:00')] };
    expect(verdicts(rule, files, '07-03:00').slice(3)).toEqual(['04 too-small', '05 ok', '06 ok', '07 ok']);
  });

  test('an earlier baseline goes on holding for the runs it was said of', () => {
    const files = arrivals(...week, '04-02:00 10', '05-02:00 10', '06-02:00 1', '07-02:00 1');
    const rule = { ...sized, baselinesMs: [at('04-00:00'), at('07-00:00')] };
    expect(verdicts(rule, files, '07-03:00').slice(3)).toEqual(['04 ok', '05 ok', '06 ok', '07 ok']);
  });

  test('a file that was removed before its deadline is not of the run', () => {
    const [file] = arrivals('01-02:00 100');
    const removed = (when: string) => (file === undefined ? [] : [{ ...file, removedMs: at(when) }]);
    expect(verdicts(DAILY, removed('01-02:10'), '01-03:00')).toEqual(['01 missing']);
    expect(verdicts(DAILY, removed('01-02:45'), '01-03:00')).toEqual(['01 ok']);
  });

  test('accepting what came ends too small at once', () => {
    const files = arrivals(...week, '04-02:00 10');
    expect(verdicts(sized, files, '04-03:00').at(-1)).toBe('04 too-small');
    expect(verdicts({ ...sized, baselinesMs: [at('04-02:00')] }, files, '04-09:00').at(-1)).toBe('04 ok');
  });

  test('a smallest size holds from the first run on, and says so', () => {
    const [run] = judgedRuns({ ...DAILY, sizeBytesMin: 2048 }, arrivals('01-02:00 1024'), as('01-03:00'));
    expect(run).toMatchObject({ verdict: 'too-small', sentence: '1.0 KiB, at least 2.0 KiB expected.' });
  });
});

describe('sets', () => {
  const members = (count: number, day: string): string[] =>
    Array.from({ length: count }, (_, index) => `${day}-02:00 10 db/${day}/${index}`);

  test('1 of 37', () => {
    const rule: SeriesRule = { ...DAILY, members: { kind: 'count', count: 37 } };
    const [run] = judgedRuns(rule, arrivals(...members(1, '01')), as('01-03:00'));
    expect(run).toMatchObject({ verdict: 'incomplete', sentence: '1 of 37 members.' });
  });

  test('names that are missing are named', () => {
    const rule: SeriesRule = { ...DAILY, members: { kind: 'names', names: ['orders', 'users'] } };
    const files = arrivals('01-02:00').map((file) => ({ ...file, member: 'users' }));
    const [run] = judgedRuns(rule, files, as('01-03:00'));
    expect(run).toMatchObject({ verdict: 'incomplete', sentence: '1 of 2 members; missing: orders.' });
  });

  test('as many as usual', () => {
    const rule: SeriesRule = { ...DAILY, members: { kind: 'usual', runs: 5 } };
    const files = arrivals(...members(3, '01'), ...members(3, '02'), ...members(2, '03'));
    expect(verdicts(rule, files, '03-03:00')).toEqual(['01 ok', '02 ok', '03 incomplete']);
  });

  test('fewer than usual is right once somebody accepts what runs are now', () => {
    const rule: SeriesRule = { ...DAILY, members: { kind: 'usual', runs: 5 } };
    const days = ['03', '04'].flatMap((day) => members(2, day));
    const files = arrivals(...members(3, '01'), ...members(3, '02'), ...days);
    expect(verdicts(rule, files, '04-03:00').at(-1)).toBe('04 incomplete');
    const accepted = { ...rule, baselinesMs: [at('03-02:00')] };
    expect(verdicts(accepted, files, '04-03:00').at(-1)).toBe('04 ok');
    const fewer = arrivals(...members(3, '01'), ...days, ...members(1, '05'));
    expect(verdicts(accepted, fewer, '05-03:00').at(-1)).toBe('05 incomplete');
  });

  test('a set that takes until after the next opens is one run when its names say so', () => {
    const files = [
      ...arrivals('01-01:00 10 a', '01-20:30 10 b').map((file) => ({ ...file, stamp: '2026-11-01' })),
      ...arrivals('02-01:00 10 c').map((file) => ({ ...file, stamp: '2026-11-02' })),
    ];
    const rule: SeriesRule = { ...DAILY, graceMs: 20 * 3_600_000, members: { kind: 'count', count: 2 } };
    expect(verdicts(rule, files, '02-02:00')).toEqual(['01 ok', '02 expected']);
  });

  test('a key written twice counts once', () => {
    const rule: SeriesRule = { ...DAILY, members: { kind: 'count', count: 2 } };
    expect(verdicts(rule, arrivals('01-01:00 10 a', '01-01:10 10 a'), '01-03:00')).toEqual(['01 incomplete']);
  });
});

test('the same content as before is a duplicate when that is refused', () => {
  const files = arrivals('01-02:00 100', '02-02:00 100');
  expect(verdicts({ ...DAILY, refusesDuplicates: true }, files, '02-03:00')).toEqual([
    '01 ok',
    '02 duplicate',
  ]);
  expect(verdicts(DAILY, files, '02-03:00')).toEqual(['01 ok', '02 ok']);
});
