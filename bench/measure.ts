/** Running programs in turn, so that what disturbs the machine disturbs all of them, and summing up. */
import { spawnSync } from 'node:child_process';
import type { Setup } from './bench.ts';

/** One run of one contender. */
export interface Outcome {
  /** The time that is compared. */
  readonly ms: number;
  /** Records it read, by its own account. */
  readonly records: number;
  /** More of what it measured, by name: milliseconds, counts or bytes. */
  readonly parts: Readonly<Record<string, number>>;
}

export interface Contender {
  readonly name: string;
  run(): Promise<Outcome>;
}

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

const RUNS = 3;
const RUNS_SLOW = 2;
const QUICK_MS_MAX = 60_000;

/**
 * Runs every contender in turn, round after round: once to warm up and three times to measure, or twice without warming
 * up when all that would take more than a minute. Gives the measured runs by the contender's name.
 */
export async function takeTurns(
  contenders: readonly Contender[],
  setup: Setup,
): Promise<Map<string, Outcome[]>> {
  const measured = new Map<string, Outcome[]>();
  const slow = new Set<string>();
  for (const contender of contenders) {
    const startMs = performance.now();
    const first = await runOnce(contender, 'first run', setup);
    const isSlow = (performance.now() - startMs) * (RUNS + 1) > QUICK_MS_MAX;
    if (isSlow) slow.add(contender.name);
    measured.set(contender.name, isSlow ? [first] : []);
  }
  for (let round = 1; round <= RUNS; round += 1) {
    for (const contender of contenders) {
      const runs = measured.get(contender.name) ?? [];
      if (runs.length < (slow.has(contender.name) ? RUNS_SLOW : RUNS)) {
        runs.push(await runOnce(contender, `round ${round}`, setup));
      }
    }
  }
  return measured;
}

async function runOnce(contender: Contender, label: string, setup: Setup): Promise<Outcome> {
  // What the run before left to be written must not be written during this one.
  spawnSync('sync');
  const outcome = await contender.run();
  setup.say(`${contender.name}, ${label}: ${secondsText(outcome.ms)}`);
  return outcome;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  const lower = sorted[middle - 1] ?? upper;
  return {
    median: sorted.length % 2 === 1 ? upper : (lower + upper) / 2,
    min: sorted[0] ?? Number.NaN,
    max: sorted.at(-1) ?? Number.NaN,
  };
}

/** Spread of the compared times. */
export function timesOf(runs: readonly Outcome[] | undefined): Spread {
  return spreadOf((runs ?? []).map(({ ms }) => ms));
}

/** Spread of one of the parts. */
export function partsOf(runs: readonly Outcome[] | undefined, name: string): Spread {
  return spreadOf((runs ?? []).map(({ parts }) => parts[name] ?? Number.NaN));
}

/** A row of a table of contenders: name, median, range, records a second, records read in every run. */
export function contenderRow(name: string, runs: readonly Outcome[] | undefined): string {
  const times = timesOf(runs);
  const records = [...new Set((runs ?? []).map((run) => run.records))];
  const perSecond = (1000 * (records[0] ?? Number.NaN)) / times.median;
  return `| ${name} | ${secondsText(times.median)} | ${rangeText(times)} | ${runs?.length ?? 0} | ${countText(perSecond)} | ${records.map(countText).join(', ')} |`;
}

export function contenderHead(records: string): string[] {
  return [
    `| what | median | min to max | runs | ${records}/s | ${records} read |`,
    '| --- | ---: | ---: | ---: | ---: | ---: |',
  ];
}

export function secondsText(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

export function rangeText(times: Spread): string {
  return `${(times.min / 1000).toFixed(2)} to ${secondsText(times.max)}`;
}

export function countText(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}

export function ratioText(ratio: number): string {
  return `${ratio.toFixed(ratio < 10 ? 2 : 1)}x`;
}

/** Millions of bytes. */
export function megabytesText(bytes: number): string {
  return `${countText(bytes / 1e6)} MB`;
}
