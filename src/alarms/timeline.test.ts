import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TIMELINE_POINTS_MAX } from './timeline.ts';
import { FIRST_WORDS } from './timeline-lines.ts';
import { runTimeline } from './timeline-run.ts';

const FOLDER = join(import.meta.dirname, 'timelines');
const FILES = globSync('*.timeline', { cwd: FOLDER }).map((name) => join(FOLDER, name));
const DOCS = readFileSync(join(import.meta.dirname, '../../docs/alarms.md'), 'utf8');
const EXAMPLES = [...DOCS.matchAll(/^```timeline\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? '');

test('there are timelines', () => {
  expect(FILES.length).toBeGreaterThan(7);
  expect(EXAMPLES.length).toBeGreaterThan(2);
});

test.each(FILES.map((file) => [basename(file), file]))('%s holds', (_name, file) => {
  expect(runTimeline(readFileSync(file, 'utf8')).problems).toEqual([]);
});

test.each(EXAMPLES.map((text, index) => [index + 1, text] as const))(
  'example %i of the docs holds',
  (_i, text) => {
    expect(runTimeline(text).problems).toEqual([]);
  },
);

test('what the docs show of a timeline that does not hold is what it says', () => {
  const { problems } = runTimeline((EXAMPLES[0] ?? '').replace('0 0 2 0 5', '0 0 2 0 0'));
  const told = problems.map(({ line, message }) => `line ${line}: ${message}`);
  expect(told).toHaveLength(1);
  expect(DOCS).toContain(`\n${told[0]}\n`);
});

test.each(FIRST_WORDS)('lines that begin with %s are in the docs', (word) => {
  expect(DOCS).toMatch(new RegExp(`^\\| \`${word} `, 'm'));
});

describe('every expectation of every timeline can fail:', () => {
  const expectations = FILES.flatMap((file) => {
    const lines = readFileSync(file, 'utf8').split('\n');
    return lines.flatMap((line, index) => {
      const other = contradiction(line);
      if (other === undefined) return [];
      return [
        {
          name: `${basename(file)} ${index + 1}`,
          number: index + 1,
          text: lines.with(index, other).join('\n'),
        },
      ];
    });
  });

  test.each(expectations)('$name', ({ number, text }) => {
    expect(runTimeline(text).problems.map(({ line }) => line)).toEqual([number]);
  });
});

/** The expectation with another state or count; nothing when the line is none. */
function contradiction(line: string): string | undefined {
  const state = /^\s*(?:by|until) .*state is (\w+)/.exec(line)?.[1];
  if (state !== undefined) return line.replace(`is ${state}`, `is ${state === 'OK' ? 'ALARM' : 'OK'}`);
  const count = /changes are (\d+)/.exec(line)?.[1];
  return count === undefined ? undefined : line.replace(`are ${count}`, `are ${Number(count) + 1}`);
}

const METRIC = 'metric alarm errors\n  threshold > 3\n';

describe('what is not as expected is told with its line', () => {
  test.each([
    [
      `${METRIC}at 1m value 5\nby 1m state is OK`,
      4,
      'it is ALARM: 1 of 1 point is above 3, the newest is 5 at 1970-01-01T00:00Z.',
    ],
    [
      `${METRIC}at 1m value 5\nby 1m state is ALARM because the moon`,
      4,
      'it is ALARM for another reason: 1 of 1 point',
    ],
    [
      `${METRIC}at 1m values 1 1 5 1\nby 1m state is OK\nuntil 4m state is OK`,
      5,
      'at 3m it is ALARM: 1 of 1 point',
    ],
    [`${METRIC}at 1m values 1 5 1\nby 3m changes are 2`, 4, 'it changed 3 times: 1m OK, 2m ALARM, 3m OK'],
    [`${METRIC}at 0 restart\nby 1m state is OK`, 4, 'it has no state'],
  ])('%j', (text, line, message) => {
    const { problems } = runTimeline(text);
    expect(problems).toMatchObject([{ line }]);
    expect(problems[0]?.message).toContain(message);
  });
});

const EXPECTED = 'by 1m state is OK';

test.each([
  ['', 1, 'there is no alarm'],
  ['# only words', 1, 'there is no alarm'],
  ['threshold > 3', 1, 'the first line is an alarm, such as "metric alarm errors", got "threshold > 3"'],
  [METRIC, 1, 'nothing is expected of it'],
  [`metric alarm a\n${EXPECTED}`, 1, 'it has no threshold and no band'],
  [`metric alarm a{b}\nthreshold > 3\n${EXPECTED}`, 1, 'id: is not letters, digits and _./-'],
  [`${METRIC}${EXPECTED}\n${METRIC}${EXPECTED}`, 4, 'id: is there twice'],
  [`${METRIC}points 4 of 3\n${EXPECTED}`, 1, 'datapointsToAlarm: is not'],
  [`${METRIC}period 90s\n${EXPECTED}`, 1, 'periodMs: is not'],
  [`${METRIC}recovery threshold 4\n${EXPECTED}`, 1, 'limit: has a recovery threshold above'],
  [
    `metric alarm a\nband below\nrecovery threshold 4\n${EXPECTED}`,
    1,
    'a recovery threshold goes with a threshold',
  ],
  [`composite alarm a\nrule ALARM(\n${EXPECTED}`, 1, 'rule: Alarm a: Cannot read the composite rule'],
  [`composite alarm a\nrule ALARM(a)\n${EXPECTED}`, 1, 'made of one another, got a -> a'],
  [
    `${METRIC}treshold > 3\n${EXPECTED}`,
    3,
    'no line begins with "treshold"; is "threshold" meant?, got "treshold > 3"',
  ],
  [`${METRIC}${EXPECTED}\nby noon state is OK`, 4, 'a line that begins with "by" reads otherwise'],
  [`${METRIC}xyzzy\n${EXPECTED}`, 3, 'no line reads so, got "xyzzy"'],
  [`${METRIC}grace 5m\n${EXPECTED}`, 3, 'a metric alarm has no such line, got "grace 5m"'],
  [`deadline alarm a\nat 1m value 5\n${EXPECTED}`, 2, 'a deadline alarm has no such line'],
  [`${METRIC}at 1m value 5\nperiod 5m\n${EXPECTED}`, 4, 'settings stand before everything that happens'],
  [`${METRIC}at 90s value 5\n${EXPECTED}`, 3, 'a value is of the period that ends then'],
  [`${METRIC}at 0 value 5\n${EXPECTED}`, 3, 'a value is of the period that ends then'],
  [`${METRIC}at 5m value 5 arrives 4m\n${EXPECTED}`, 3, 'a value cannot arrive before its period ends'],
  [`${METRIC}at 5m to 4m value 5\n${EXPECTED}`, 3, 'the second time is before the first'],
  [`${METRIC}at 1m values 1 x\n${EXPECTED}`, 3, 'values are numbers, and - for none, got "x"'],
  [`${METRIC}at 1m to 9d value 5\n${EXPECTED}`, 3, 'one line gives at most 1440 points'],
  [`${METRIC}by 999d state is OK`, 0, 'it would be looked at more than 50000 times'],
  ['\n'.repeat(6000), 0, 'more than 5000 lines'],
  [`${METRIC}${'at 1m to 24h value 5\n'.repeat(4)}${EXPECTED}`, 0, `more than ${TIMELINE_POINTS_MAX} points`],
])('what cannot be read is told with its line: %j', (text, line, message) => {
  const { problems } = runTimeline(text);
  expect(problems).toMatchObject([{ line }]);
  expect(problems[0]?.message).toContain(message);
});

test('everything wrong is told at once', () => {
  const { problems } = runTimeline(`${METRIC}foo\nat 1m value 5\nbar\n${EXPECTED}`);
  expect(problems.map(({ line }) => line)).toEqual([3, 5]);
});

test('transitions are given with their revisions', () => {
  const { transitions } = runTimeline(`${METRIC}at 1m values 1 5 1\nby 3m state is OK`);
  expect(transitions.map(({ atMs, revision, state }) => [atMs / 60_000, revision, state])).toEqual([
    [0, 1, 'INSUFFICIENT_DATA'],
    [1, 2, 'OK'],
    [2, 3, 'ALARM'],
    [3, 4, 'OK'],
  ]);
});

test('any text is run or refused, and never breaks', () => {
  const word = fc.constantFrom(
    'metric alarm a',
    'composite alarm b',
    'status alarm c',
    'deadline alarm d',
    'threshold > 3',
    'period 0',
    'rule TRUE',
    'rule ALARM(b)',
    'at 1m value 5',
    'at 2m restart',
    'at 1m met',
    'at 1m due 0',
    'at 1m status x',
    'alarm on x',
    'by 3m state is OK',
    'until 3m state is OK',
    'by 3m changes are 0',
    'at',
    '#',
    '',
  );
  const line = fc.oneof(word, fc.string({ unit: 'binary', maxLength: 10 }));
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
      for (const problem of runTimeline(lines.join('\n')).problems) expect(problem.message).not.toBe('');
    }),
    { numRuns: 200 },
  );
});
