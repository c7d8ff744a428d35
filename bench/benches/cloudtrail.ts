/** CloudTrail's `.json.gz` files: our whole intake beside a mere `zcat` of them on one core. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bench } from '../bench.ts';
import { ingestAlone } from '../contenders.ts';
import type { Input } from '../inputs.ts';
import * as measure from '../measure.ts';
import { onOneCore, zcat } from '../partners.ts';
import { type ProgramRun, runProgram } from '../programs.ts';

const OURS = 'Bucketwatch, ingest alone';
const ZCAT = 'zcat of the same files';

export const cloudtrail: Bench = {
  name: 'cloudtrail',
  run: async (setup) => {
    const input = await setup.inputs.trail();
    const partner = zcat();
    const contenders = [ingestAlone(OURS, input, setup)];
    if (partner.kind === 'present') contenders.push(await zcatContender(input, partner.path));
    const measured = await measure.takeTurns(contenders, setup);
    const times = measure.timesOf(measured.get(OURS)).median / measure.timesOf(measured.get(ZCAT)).median;
    return {
      findings:
        partner.kind === 'missing'
          ? []
          : [
              {
                what: 'CloudTrail `.json.gz`: time of the whole ingest in times of `zcat` on one core',
                measured: measure.ratioText(times),
                target: '<= 1x',
                isReached: times <= 1,
              },
            ],
      details: [
        `${measure.countText(input.records)} S3 events in ${measure.countText(input.files)} gzip files, ${measure.megabytesText(input.sizeBytes)} compressed;`,
        `from the first batch offered to the last in the ledger, beside \`zcat files > /dev/null\`${onOneCore().length === 0 ? ' (one thread, not held to one core: no taskset)' : ' on core 0'};`,
        'its events were counted once, outside the measured runs.',
        '',
        ...measure.contenderHead('events'),
        ...[...measured].map(([name, runs]) => measure.contenderRow(name, runs)),
      ],
      leftOut: partner.kind === 'missing' ? [`${ZCAT}: ${partner.reason}`] : [],
    };
  },
};

/** A `zcat` into nothing; how many events come out of it is counted once, beforehand. */
async function zcatContender(input: Input, path: string): Promise<measure.Contender> {
  const files = (await readdir(input.path)).map((name) => join(input.path, name));
  const shell = (script: string): Promise<ProgramRun> =>
    runProgram(['sh', '-c', script, 'sh', ...onOneCore(), path, ...files]);
  const { output } = await shell(`"$@" | grep -o '"eventID":"' | wc -l`);
  return {
    name: ZCAT,
    run: async () => ({ ms: (await shell('exec "$@" > /dev/null')).ms, records: Number(output), parts: {} }),
  };
}
