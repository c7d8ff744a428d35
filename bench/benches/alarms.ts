/** How much processor time the evaluation of many alarms takes, each minute. */
import { join } from 'node:path';
import type { Bench } from '../bench.ts';
import * as measure from '../measure.ts';
import { runChild } from '../programs.ts';

const EVALUATE = new URL('../children/evaluate-alarms.ts', import.meta.url);
const ALARMS = 10_000;
const PASSES = 10;
const MINUTE_MS = 60_000;
/** Of one core. */
const SHARE_MAX = 0.5;

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
    const share = processor.median / MINUTE_MS;
    return {
      findings: [
        {
          what: `alarms: ${measure.countText(ALARMS)} on metrics evaluated each minute, share of one core`,
          measured: shareText(share),
          target: `<= ${shareText(SHARE_MAX)}`,
          isReached: share <= SHARE_MAX,
        },
      ],
      details: [
        `${measure.countText(ALARMS)} alarms: ten definitions on metrics of requests, each for a thousand buckets, 2 of 3 points of a minute above`,
        'a threshold. A pass asks the engine for the points, evaluates, and stores transitions and what is said.',
        '',
        '| passes | time, median | min to max | processor time, median | min to max | transitions in all |',
        '| ---: | ---: | ---: | ---: | ---: | ---: |',
        `| ${answer.passes.length} | ${measure.secondsText(wall.median)} | ${measure.rangeText(wall)} | ${measure.secondsText(processor.median)} | ${measure.rangeText(processor)} | ${measure.countText(answer.transitions)} |`,
      ],
      leftOut: [],
    };
  },
};

function shareText(share: number): string {
  return `${Number((share * 100).toPrecision(2))} %`;
}
