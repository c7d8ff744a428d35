/** The same lines in many small files, as S3 delivers them, beside one file. */
import type { Bench } from '../bench.ts';
import { ingestAlone } from '../contenders.ts';
import * as measure from '../measure.ts';

const TIMES_MAX = 3;
const ONE = 'one file';
const MANY = 'many small files';

export const smallObjects: Bench = {
  name: 'small-objects',
  run: async (setup) => {
    const one = await setup.inputs.accessLog();
    const many = await setup.inputs.smallObjects();
    const measured = await measure.takeTurns(
      [ingestAlone(ONE, one, setup), ingestAlone(MANY, many, setup)],
      setup,
    );
    const times = measure.timesOf(measured.get(MANY)).median / measure.timesOf(measured.get(ONE)).median;
    const files = measure.countText(many.files);
    return {
      findings: [
        {
          what: `access logs in ${files} small files: time in times of one file`,
          measured: measure.ratioText(times),
          target: `<= ${TIMES_MAX}x`,
          isReached: times <= TIMES_MAX,
        },
      ],
      details: [
        `The ${measure.countText(one.records)} lines of the access log as one file and as ${files} files,`,
        'from the first batch offered to the last in the ledger.',
        '',
        ...measure.contenderHead('lines'),
        ...[...measured].map(([name, runs]) => measure.contenderRow(name, runs)),
      ],
      leftOut: [],
    };
  },
};
