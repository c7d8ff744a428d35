/** Our own program as a contender, in the two ways it is timed. */
import type { Setup } from './bench.ts';
import type { Input } from './inputs.ts';
import type { Contender, Outcome } from './measure.ts';
import { bucketwatch, runChild, runProgram } from './programs.ts';
import { withFolder } from './scratch.ts';

interface Counts {
  readonly facts: number;
  readonly rejects: number;
  readonly skipped: number;
}

/** From the first batch offered to the last in the ledger, the data folder opened before. */
export function ingestAlone(name: string, input: Input, setup: Setup): Contender {
  return {
    name,
    run: () =>
      withFolder(setup, async (data) => {
        const file = new URL('./children/ingest.ts', import.meta.url);
        const { answer } = await runChild<{ ms: number; counts: Counts }>(file, [data, input.path]);
        return outcomeOf(answer.ms, answer.counts, input);
      }),
  };
}

/** `bucketwatch ingest`, from the start of the process to its end, with an empty data folder; memory in `parts`. */
export function ingestProcess(name: string, input: Input, setup: Setup): Contender {
  return {
    name,
    run: () =>
      withFolder(setup, async (data) => {
        const { ms, output, peak } = await runProgram(
          bucketwatch(['--data', data, '--json', 'ingest', input.path]),
        );
        const memory = peak === undefined ? {} : { rss: peak.rssBytesMax, anonymous: peak.anonymousBytes };
        return outcomeOf(ms, JSON.parse(output) as Counts, input, memory);
      }),
  };
}

function outcomeOf(ms: number, counts: Counts, input: Input, memory: Record<string, number> = {}): Outcome {
  const records = counts.facts + counts.rejects + counts.skipped;
  if (records !== input.records || counts.facts !== input.records) {
    throw new Error(
      `${input.path} has ${input.records} records, but ${counts.facts} facts, ${counts.rejects} rejects, ${counts.skipped} skipped came of it`,
    );
  }
  return { ms, records, parts: memory };
}
