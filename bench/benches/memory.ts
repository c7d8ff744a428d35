/** The most memory `bucketwatch ingest` has while it loads one large file, and many small ones. */
import type { Bench, Setup } from '../bench.ts';
import { ingestProcess } from '../contenders.ts';
import type { Input } from '../inputs.ts';
import * as measure from '../measure.ts';

const RSS_BYTES_MAX = 1.5e9;

export const memory: Bench = {
  name: 'memory',
  run: async (setup) => {
    if (process.platform !== 'linux')
      return {
        findings: [],
        details: [],
        leftOut: ['memory: it is read from /proc, which is on Linux only'],
      };
    const inputs: readonly [string, Input][] = [
      ['one file', await setup.inputs.accessLog()],
      ['many small files', await setup.inputs.smallObjects()],
    ];
    const measured = await measureAll(inputs, setup);
    return {
      findings: [...measured].map(([name, runs]) => {
        const rss = measure.partsOf(runs, 'rss');
        return {
          what: `memory while loading ${name}, peak RSS`,
          measured: measure.megabytesText(rss.max),
          target: `<= ${measure.megabytesText(RSS_BYTES_MAX)}`,
          isReached: rss.max <= RSS_BYTES_MAX,
        };
      }),
      details: [
        "`bucketwatch ingest` into an empty data folder, looked at every 50 ms: VmHWM (all that was in RAM, pages of the engine's own",
        'file included) and RssAnon (what it allocated). The table above has the worst run.',
        '',
        '| loading | files | peak RSS, median | min to max | allocated, median | min to max | runs |',
        '| --- | ---: | ---: | ---: | ---: | ---: | ---: |',
        ...inputs.map(([name, input]) => memoryRow(name, input, measured.get(name) ?? [])),
      ],
      leftOut: [],
    };
  },
};

function measureAll(
  inputs: readonly [string, Input][],
  setup: Setup,
): Promise<Map<string, measure.Outcome[]>> {
  return measure.takeTurns(
    inputs.map(([name, input]) => ingestProcess(name, input, setup)),
    setup,
  );
}

function memoryRow(name: string, input: Input, runs: readonly measure.Outcome[]): string {
  const cells = ['rss', 'anonymous'].flatMap((part) => {
    const { median, min, max } = measure.partsOf(runs, part);
    return [
      measure.megabytesText(median),
      `${measure.countText(min / 1e6)} to ${measure.megabytesText(max)}`,
    ];
  });
  return `| ${name} | ${measure.countText(input.files)} | ${cells.join(' | ')} | ${runs.length} |`;
}
