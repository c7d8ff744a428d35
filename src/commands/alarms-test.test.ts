import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { BackTest } from '../serve/alarm-api.ts';
import { backTestText, timelineResult, timelinesText } from './alarms-test.ts';

const ALARM = 'metric alarm a\n  threshold > 1\n  at 1m value 5\n';

function timelineOf(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'bucketwatch-timeline-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'a.timeline');
  writeFileSync(file, text);
  return file;
}

test('a timeline that holds is counted', () => {
  const result = timelineResult(timelineOf(`${ALARM}  by 1m state is ALARM\n  by 1m changes are 1\n`));
  expect(result).toMatchObject({ readable: true, alarms: 1, expectations: 2, problems: [] });
  expect(timelinesText([result])).toBe('1 timeline with 2 expectations: all hold.');
});

test('what failed is told with file and line', () => {
  const file = timelineOf(`${ALARM}  by 1m state is OK\n`);
  const good = timelineResult(timelineOf(`${ALARM}  by 1m state is ALARM\n`));
  expect(timelinesText([timelineResult(file), good])).toBe(
    `${file}:4: it is ALARM: 1 of 1 point is above 1, the newest is 5 at 1970-01-01T00:00Z.\n` +
      '2 timelines with 2 expectations: 1 problem.',
  );
});

test('what cannot be read is told apart from what is not so', () => {
  const result = timelineResult(timelineOf(`${ALARM}  by 1m stat is OK\n`));
  expect(result).toMatchObject({ readable: false, problems: [{ line: 4 }] });
  expect(() => timelineResult('/nowhere/a.timeline')).toThrow(
    'Cannot read the timeline /nowhere/a.timeline: ENOENT',
  );
});

test('a back-test is a sentence, what it cannot know, and the times in ALARM', () => {
  const firing = { title: 'A', start: '2026-11-01T02:30:00.000Z', sentence: '1 point is above 0\u001b.' };
  const found: BackTest = {
    definition: 'a',
    since: '2026-10-22T00:00:00.000Z',
    until: '2026-11-21T00:00:00.000Z',
    alarms: 1,
    fired: [
      { ...firing, alarm: 'a{bucket="x"}', end: '2026-11-01T02:42:00.000Z' },
      { ...firing, alarm: 'a{bucket="y"}', end: null },
    ],
    omitted: 0,
    note: 'A note.',
    sentence: 'It would have fired 2 times in 30 d.',
  };
  expect(backTestText(found)).toBe(
    [
      'It would have fired 2 times in 30 d.',
      'A note.',
      '',
      'start              end                alarm          why',
      '2026-11-01T02:30Z  2026-11-01T02:42Z  a{bucket="x"}  1 point is above 0\\x1b.',
      '2026-11-01T02:30Z  goes on            a{bucket="y"}  1 point is above 0\\x1b.',
    ].join('\n'),
  );
  const many = {
    ...found,
    fired: Array.from({ length: 60 }, () => ({ ...firing, alarm: 'a', end: null })),
    omitted: 5,
  };
  expect(backTestText(many)).toMatch(/\n\nand 15 more; --json has the first 1,000$/);
});
