/** How fast backup series are judged, and learned from a listing, and how much memory that takes. */
import type { Bench, Finding, Setup } from '../bench.ts';
import * as measure from '../measure.ts';
import { runChild } from '../programs.ts';

const JUDGE = new URL('../children/judge-series.ts', import.meta.url);
const LEARN = new URL('../children/learn-series.ts', import.meta.url);
const ROUNDS = 3;
const JUDGING_MS_MAX = 2_000;
const LEARNING_MS_MAX = 30_000;
const GROWTH_BYTES_MAX = 300e6;
/** Without it V8 leaves up to 512 MB of garbage before it first looks at what is old. */
const HEAP_FLAG = '--max-old-space-size=160';

/** What a listing has, and of how many lines of the access log there is one key. */
const SHAPES = [
  ['many-series', '1,000 runs a series, names first', 2],
  ['date-first', '1,000 runs a series, dates first', 2],
  ['long-series', '10,000 runs a series, names first', 2],
  ['odd', 'nothing in common, UUIDs, files in the root', 10],
] as const;

interface Timing {
  readonly ms: number;
  readonly processorMs: number;
}

interface Judged {
  readonly cold: Timing;
  readonly warm: Timing;
  readonly runs: number;
}

interface Learned {
  readonly elapsedMs: number;
  readonly processorMs: number;
  readonly series: number;
  readonly overflow: number;
  readonly grownBytes: number;
}

interface Shape {
  readonly what: string;
  readonly keys: number;
  readonly runs: readonly Learned[];
}

export const backups: Bench = {
  name: 'backups',
  run: async (setup) => {
    const series = Math.max(100, Math.round(setup.lines / 200));
    const judged = await rounds('judging', setup, () => runChild<Judged>(JUDGE, [String(series)]));
    const shapes: Shape[] = [];
    for (const [shape, what, linesAKey] of SHAPES) {
      const keys = Math.max(2000, Math.round(setup.lines / linesAKey));
      const learn = () => runChild<Learned>(LEARN, [shape, String(keys)], [HEAP_FLAG]);
      shapes.push({ what, keys, runs: await rounds(`learning, ${what}`, setup, learn) });
    }
    const judging = `judging ${measure.countText(series)} backup series`;
    return {
      findings: [
        timeFinding(
          `${judging}, calendars known`,
          judged.map(({ warm }) => warm.ms),
          JUDGING_MS_MAX,
        ),
        timeFinding(
          `${judging}, no calendar known`,
          judged.map(({ cold }) => cold.ms),
          JUDGING_MS_MAX,
        ),
        ...learningFindings(shapes),
      ],
      details: [
        `${measure.countText(series)} series of 30 to 100 runs, ${measure.countText(judged[0]?.runs ?? 0)} runs in all, of seven kinds of schedule at any`,
        'minute of the day in five time zones: nearly every one has a calendar of its own.',
        '',
        '| calendars | median | min to max | processor time, median | runs |',
        '| --- | ---: | ---: | ---: | ---: |',
        judgingRow(
          'not known yet',
          judged.map(({ cold }) => cold),
        ),
        judgingRow(
          'known',
          judged.map(({ warm }) => warm),
        ),
        '',
        'Keys of a listing sorted into series, and a schedule learned for each, without a store. RSS after each page of 1,000',
        `keys, less that before the first, of a process that may keep 160 MB (\`${HEAP_FLAG}\`).`,
        '',
        '| keys | listing | series | median | min to max | processor time, median | most RSS beyond idle | runs |',
        '| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |',
        ...shapes.map(learningRow),
      ],
      leftOut: [],
    };
  },
};

async function rounds<Answer>(
  what: string,
  setup: Setup,
  run: () => Promise<{ readonly answer: Answer }>,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    answers.push((await run()).answer);
    setup.say(`${what}, round ${round}`);
  }
  return answers;
}

function timeFinding(what: string, timesMs: readonly number[], maxMs: number): Finding {
  const { median } = measure.spreadOf(timesMs);
  return {
    what,
    measured: measure.secondsText(median),
    target: `<= ${measure.secondsText(maxMs)}`,
    isReached: median <= maxMs,
  };
}

function learningFindings(shapes: readonly Shape[]): Finding[] {
  const keys = measure.countText(Math.max(...shapes.map((shape) => shape.keys)));
  const slowestMs = shapes
    .map(({ runs }) => runs.map(({ elapsedMs }) => elapsedMs))
    .reduce((slowest, times) =>
      measure.spreadOf(times).median > measure.spreadOf(slowest).median ? times : slowest,
    );
  const grownBytes = Math.max(...shapes.flatMap(({ runs }) => runs.map((run) => run.grownBytes)));
  return [
    timeFinding(`learning from a listing of ${keys} keys, slowest shape`, slowestMs, LEARNING_MS_MAX),
    {
      what: `memory while learning from a listing of ${keys} keys, beyond the idle process`,
      measured: measure.megabytesText(grownBytes),
      target: `<= ${measure.megabytesText(GROWTH_BYTES_MAX)}`,
      isReached: grownBytes <= GROWTH_BYTES_MAX,
    },
  ];
}

function judgingRow(what: string, times: readonly Timing[]): string {
  const wall = measure.spreadOf(times.map(({ ms }) => ms));
  const processor = measure.spreadOf(times.map(({ processorMs }) => processorMs));
  return `| ${what} | ${measure.secondsText(wall.median)} | ${measure.rangeText(wall)} | ${measure.secondsText(processor.median)} | ${times.length} |`;
}

function learningRow({ what, keys, runs }: Shape): string {
  const times = measure.spreadOf(runs.map(({ elapsedMs }) => elapsedMs));
  const processor = measure.spreadOf(runs.map(({ processorMs }) => processorMs));
  const growth = measure.spreadOf(runs.map(({ grownBytes }) => grownBytes));
  return `| ${measure.countText(keys)} | ${what} | ${measure.countText(runs[0]?.series ?? 0)} | ${measure.secondsText(times.median)} | ${measure.rangeText(times)} | ${measure.secondsText(processor.median)} | ${measure.megabytesText(growth.max)} | ${runs.length} |`;
}
