/** How much processor time the evaluation of many alarms takes, each minute. */
import { join } from 'node:path';
import type { Bench } from '../bench.ts';
import * as measure from '../measure.ts';
import { runChild } from '../programs.ts';

const EVALUATE = new URL('../children/evaluate-alarms.ts', import.meta.url);
const ALARMS = 10_000;
const PASSES = 10;
/** Half a core of a minute. */
const PROCESSOR_MS_MAX = 30_000;

interface Evaluated {
  readonly passes: readonly { readonly ms: number; readonly processorMs: number }[];
  readonly alarms: number;
  readonly transitions: number;
}

export const alarms: Bench = {
  name: 'alarms',
  run: async (setup) => {
    const folder = join(setup.folder, 'alarms');
    const { answer } = await runChild<Evaluated>(EVALUATE, [String(ALARMS), String(PASSES), folder]);
    if (answer.alarms !== ALARMS) throw new Error(`${answer.alarms} alarms were stored, not ${ALARMS}`);
    setup.say(`evaluating ${measure.countText(ALARMS)} alarms`);
    const wall = measure.spreadOf(answer.passes.map(({ ms }) => ms));
    const processor = measure.spreadOf(answer.passes.map(({ processorMs }) => processorMs));
    return {
      findings: [
        {
          what: `processor time for ${measure.countText(ALARMS)} alarms on metrics, each minute`,
          measured: measure.secondsText(processor.median),
          target: `<= ${measure.secondsText(PROCESSOR_MS_MAX)}`,
          isReached: processor.median <= PROCESSOR_MS_MAX,
        },
      ],
      details: [
        `${measure.countText(ALARMS)} alarms of ten definitions over series whose points move each minute, 2 of 3 above a threshold; points`,
        'are at hand, so that the evaluation, the rows and their insertion are measured, and no query of a metric.',
        '',
        '| passes | time, median | min to max | processor time, median | min to max | transitions in all |',
        '| ---: | ---: | ---: | ---: | ---: | ---: |',
        `| ${answer.passes.length} | ${measure.secondsText(wall.median)} | ${measure.rangeText(wall)} | ${measure.secondsText(processor.median)} | ${measure.rangeText(processor)} | ${measure.countText(answer.transitions)} |`,
      ],
      leftOut: [],
    };
  },
};
