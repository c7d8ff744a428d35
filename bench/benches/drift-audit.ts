/** How fast two listings are compared, and how much memory that takes: it must not grow with the number of keys. */
import type { Bench, Setup } from '../bench.ts';
import * as measure from '../measure.ts';
import { runChild } from '../programs.ts';

const CHILD = new URL('../children/merge-listings.ts', import.meta.url);
const ROUNDS = 3;
const GROWTH_BYTES_MAX = 200e6;

interface Merged {
  readonly same: number;
  readonly missing: number;
  readonly size_differs: number;
  readonly grownBytes: number;
  readonly elapsedMs: number;
}

interface Row {
  readonly keys: number;
  readonly times: measure.Spread;
  readonly growth: measure.Spread;
}

export const driftAudit: Bench = {
  name: 'drift-audit',
  run: async (setup) => {
    const keys = Math.max(2000, Math.round(setup.lines / 2));
    const rows: Row[] = [];
    for (const count of [keys, keys * 3]) rows.push(await mergeAll(count, setup));
    const growthBytes = Math.max(...rows.map(({ growth }) => growth.max));
    return {
      findings: [
        {
          what: `memory while comparing two listings of ${measure.countText(keys * 3)} keys, beyond the idle process`,
          measured: measure.megabytesText(growthBytes),
          target: `<= ${measure.megabytesText(GROWTH_BYTES_MAX)}`,
          isReached: growthBytes <= GROWTH_BYTES_MAX,
        },
      ],
      details: [
        'The merge and its rules in a process of their own, on listings made up as pages of 1,000 keys: what the program takes,',
        'without a store. RSS after each page, less that before the first.',
        '',
        '| keys on each side | median | min to max | keys/s of both sides | most RSS beyond idle | runs |',
        '| ---: | ---: | ---: | ---: | ---: | ---: |',
        ...rows.map(rowText),
      ],
      leftOut: [],
    };
  },
};

async function mergeAll(keys: number, setup: Setup): Promise<Row> {
  const runs: Merged[] = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    const { answer } = await runChild<Merged>(CHILD, [String(keys)]);
    if (answer.same + answer.missing + answer.size_differs !== keys)
      throw new Error(`Not every one of ${keys} keys was compared`);
    setup.say(
      `merge of ${measure.countText(keys)} keys, round ${round}: ${measure.secondsText(answer.elapsedMs)}`,
    );
    runs.push(answer);
  }
  return {
    keys,
    times: measure.spreadOf(runs.map(({ elapsedMs }) => elapsedMs)),
    growth: measure.spreadOf(runs.map(({ grownBytes }) => grownBytes)),
  };
}

function rowText({ keys, times, growth }: Row): string {
  const perSecond = (2 * keys) / (times.median / 1000);
  return `| ${measure.countText(keys)} | ${measure.secondsText(times.median)} | ${measure.rangeText(times)} | ${measure.countText(perSecond)} | ${measure.megabytesText(growth.max)} | ${ROUNDS} |`;
}
