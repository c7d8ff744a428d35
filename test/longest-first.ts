/** The order in which suites are started. */
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Minutes and half-minutes of work, the longest first; everything else takes seconds. */
const LONGEST = [
  'test/page.test.ts',
  'test/kill.test.ts',
  'test/cli.test.ts',
  'test/replication-simulation.test.ts',
  'backups/simulation.test.ts',
  'test/properties.test.ts',
];

/** The usual order, but long suites first: one that began last would leave all workers but its own idle. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const usual = await super.sort(files);
    return usual.toSorted((left, right) => placeOf(left) - placeOf(right));
  }
}

function placeOf({ moduleId }: TestSpecification): number {
  const place = LONGEST.findIndex((name) => moduleId.endsWith(`/${name}`));
  return place < 0 ? LONGEST.length : place;
}
