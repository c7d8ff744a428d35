/** A clock that a test moves. */
import type { Clock } from '../src/lib/clock.ts';

export interface TestClock extends Clock {
  /** Lets time pass: who sleeps no longer than that wakes up, in the order of their times. */
  pass(ms: number): void;
  /** How long each of those asleep has still to sleep, milliseconds. */
  asleep(): number[];
}

interface Sleeper {
  readonly untilMs: number;
  readonly wake: () => void;
}

export function testClock(startMs: number): TestClock {
  let nowMs = startMs;
  let sleepers: Sleeper[] = [];
  return {
    nowMs: () => nowMs,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const sleeper: Sleeper = { untilMs: nowMs + ms, wake: resolve };
        sleepers.push(sleeper);
        signal?.addEventListener('abort', () => {
          sleepers = sleepers.filter((other) => other !== sleeper);
          reject(new Error('aborted'));
        });
      }),
    asleep: () => sleepers.map(({ untilMs }) => untilMs - nowMs),
    pass(ms) {
      nowMs += ms;
      const due = sleepers.filter(({ untilMs }) => untilMs <= nowMs).sort((a, b) => a.untilMs - b.untilMs);
      sleepers = sleepers.filter((sleeper) => !due.includes(sleeper));
      for (const { wake } of due) wake();
    },
  };
}
