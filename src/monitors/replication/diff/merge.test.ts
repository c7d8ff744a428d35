/** The merge and the audit around it, on listings that are made up: every stop, every order of pages. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tempFolder } from '../../../../test/temp.ts';
import { systemClock } from '../../../lib/clock.ts';
import { Fault } from '../../../lib/fault.ts';
import { compareKeyBytes } from '../../../lib/key-order.ts';
import { readAhead } from './ahead.ts';
import { type AuditResult, audit } from './audit.ts';
import { isSpent, RequestBudget } from './budget.ts';
import type { Entry, Pairing, Side } from './entry.ts';
import { merge } from './merge.ts';
import { openFileOutput } from './outputs.ts';
import { openProgressFile, type Progress, startOf } from './progress.ts';

const T = Date.UTC(2026, 4, 3);
const RULES = {
  modifiedWindowMs: 2000,
  inFlightAfterMs: T,
  ignoresExtra: false,
  hasOpaqueEtags: false,
} as const;

function entry(key: string, sizeBytes = 1): Entry {
  return { key, sizeBytes, etag: '', modifiedMs: T };
}

function sideOf(
  entries: readonly Entry[],
  given: { pageSize: number; budget?: RequestBudget; name?: string },
): Side {
  const name = given.name ?? 'a side';
  return {
    name,
    prefix: '',
    // oxlint-disable-next-line require-await -- it stands for one that waits for a store
    async *pages(after) {
      const rest = entries.filter(({ key }) => after === '' || compareKeyBytes(key, after) > 0);
      for (let first = 0; first === 0 || first < rest.length; first += given.pageSize) {
        given.budget?.take();
        yield rest.slice(first, first + given.pageSize);
      }
    },
  };
}

async function paired(source: Side, destination: Side, after = ''): Promise<Pairing[]> {
  const signal = new AbortController().signal;
  const steps = merge({
    after,
    source: { name: source.name, pages: source.pages(after, signal) },
    destination: { name: destination.name, pages: destination.pages(after, signal) },
  });
  const all: Pairing[] = [];
  for await (const { pairings } of steps) all.push(...pairings);
  return all;
}

const key = fc.string({ unit: 'binary', minLength: 1, maxLength: 4 });
const listing = fc
  .uniqueArray(key, { maxLength: 40 })
  .map((keys) =>
    keys.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))).map((one) => entry(one)),
  );

describe('merge()', () => {
  test('pairs every key of both sides once, in order of bytes, whatever the pages', async () => {
    await fc.assert(
      fc.asyncProperty(
        listing,
        listing,
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        async (left, right, a, b) => {
          const pairs = await paired(sideOf(left, { pageSize: a }), sideOf(right, { pageSize: b }));
          const all = [...new Set([...left, ...right].map((one) => one.key))];
          expect(pairs.map((one) => one.key)).toEqual(
            all.sort((x, y) => Buffer.compare(Buffer.from(x), Buffer.from(y))),
          );
          expect(pairs.flatMap(({ source }) => source ?? [])).toEqual(left);
          expect(pairs.flatMap(({ destination }) => destination ?? [])).toEqual(right);
          for (const { key: one, source, destination } of pairs)
            expect([source?.key ?? one, destination?.key ?? one]).toEqual([one, one]);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('keys beyond U+FFFF come after private ones of the basic plane', async () => {
    const keys = ['a\u0001', 'a\u{e000}', 'a\u{ffff}', 'a\u{1f600}'].map((one) => entry(one));
    const pairs = await paired(sideOf(keys, { pageSize: 2 }), sideOf(keys, { pageSize: 3 }));
    expect(pairs.every(({ source, destination }) => source === destination)).toBe(true);
  });

  test.each([
    ['not sorted', ['b', 'a']],
    ['sorted as JavaScript sorts', ['\u{1f600}', '\u{e000}']],
    ['sorted as people sort', ['a', 'B']],
    ['with a key twice', ['a', 'a']],
  ])('refuses a side %s, also across pages', async (_what, keys) => {
    const wrong = keys.map((one) => entry(one));
    for (const pageSize of [1, 2]) {
      const right = sideOf([entry('a')], { pageSize: 1 });
      await expect(paired(sideOf(wrong, { pageSize, name: 's3://left/' }), right)).rejects.toThrow(
        /Cannot compare s3:\/\/left\/: its keys do not come in order.*after/,
      );
    }
  });

  test('refuses a store that does not heed where the listing is to begin', async () => {
    const deaf: Side = { ...sideOf([entry('a'), entry('b')], { pageSize: 2 }) };
    const whole = { ...deaf, pages: (_after: string, signal: AbortSignal) => deaf.pages('', signal) };
    await expect(paired(whole, sideOf([], { pageSize: 1 }), 'a')).rejects.toThrow('in order');
  });
});

/** Two listings with a difference in every third key. */
function drifted(count: number): readonly [Entry[], Entry[]] {
  const all = Array.from({ length: count }, (_, index) => entry(`k${String(index).padStart(4, '0')}`));
  const source = all.filter((_, index) => index % 7 !== 3);
  const destination = all
    .filter((_, index) => index % 5 !== 2)
    .map((one, index) => (index % 6 === 0 ? { ...one, sizeBytes: 2 } : one));
  return [source, destination];
}

interface Place {
  readonly output: string;
  readonly state: string;
}

async function runOnce(
  sides: readonly [Entry[], Entry[]],
  place: Place,
  given: { requestsMax: number; stop?: (progress: Progress) => boolean },
): Promise<AuditResult> {
  const store = openProgressFile(place.state, 'one');
  const from = (await store.load()) ?? startOf(T);
  const output = await openFileOutput({
    path: place.output,
    keptBytes: from.outputs[place.output] ?? 0,
    lineOf: (difference) => `${JSON.stringify(difference)}\n`,
  });
  const budget = new RequestBudget(given.requestsMax);
  const controller = new AbortController();
  const stopped = async function* (
    pages: AsyncGenerator<readonly Entry[]>,
  ): AsyncGenerator<readonly Entry[]> {
    for await (const page of pages) {
      controller.signal.throwIfAborted();
      yield page;
    }
  };
  const [source, destination] = sides.map((entries, index): Side => {
    const side = sideOf(entries, { pageSize: 5 + index, budget });
    return { ...side, pages: (after, signal) => stopped(side.pages(after, signal)) };
  }) as [Side, Side];
  try {
    return await audit(
      { rules: RULES, from },
      {
        source,
        destination,
        outputs: [output],
        store,
        clock: systemClock,
        requests: () => 0,
        onProgress: (progress) => {
          if (given.stop?.(progress) === true) controller.abort();
        },
      },
      controller.signal,
    );
  } finally {
    await output.close();
  }
}

function placeIn(folder: string, name: string): Place {
  return { output: join(folder, `${name}.jsonl`), state: join(folder, `${name}.json`) };
}

describe('audit()', () => {
  test('going on after any stop gives what one run gives', async () => {
    const folder = tempFolder();
    const sides = drifted(60);
    const whole = placeIn(folder, 'whole');
    const expected = await runOnce(sides, whole, { requestsMax: Infinity });
    expect(expected.ending).toBe('complete');
    const outputText = await readFile(whole.output, 'utf8');
    expect(outputText.split('\n').length).toBeGreaterThan(20);
    const lastKeys: string[] = [];
    await runOnce(sides, placeIn(folder, 'watched'), {
      requestsMax: Infinity,
      stop: ({ lastKey }) => lastKeys.push(lastKey) < 0,
    });
    expect(lastKeys.length).toBeGreaterThan(15);
    for (const [index, lastKey] of lastKeys.entries()) {
      const place = placeIn(folder, `stopped-${index}`);
      const first = await runOnce(sides, place, {
        requestsMax: Infinity,
        stop: (progress) => progress.lastKey === lastKey,
      });
      expect(first).toMatchObject({ ending: 'interrupted', progress: { lastKey } });
      const second = await runOnce(sides, place, { requestsMax: Infinity });
      expect(await readFile(place.output, 'utf8')).toBe(outputText);
      expect({ ...second.progress, outputs: {} }).toEqual({ ...expected.progress, outputs: {} });
    }
  });

  test.each([2, 3, 5, 8])('%i requests a run come to the same end', async (requestsMax) => {
    const folder = tempFolder();
    const sides = drifted(60);
    const whole = placeIn(folder, 'whole');
    const expected = await runOnce(sides, whole, { requestsMax: Infinity });
    const place = placeIn(folder, 'cut');
    let last = await runOnce(sides, place, { requestsMax });
    expect(last.ending).toBe('max-requests');
    for (let runs = 1; runs < 40 && last.ending !== 'complete'; runs += 1)
      last = await runOnce(sides, place, { requestsMax });
    expect(last.ending).toBe('complete');
    expect({ ...last.progress, outputs: {} }).toEqual({ ...expected.progress, outputs: {} });
    expect(await readFile(place.output, 'utf8')).toBe(await readFile(whole.output, 'utf8'));
  });

  test('lines written after the progress was kept are cut off before going on', async () => {
    const folder = tempFolder();
    const sides = drifted(60);
    const whole = placeIn(folder, 'whole');
    await runOnce(sides, whole, { requestsMax: Infinity });
    const place = placeIn(folder, 'killed');
    await runOnce(sides, place, { requestsMax: 4 });
    const kept = await readFile(place.output);
    await writeFile(place.output, Buffer.concat([kept, Buffer.from('{"answer":"half a li')]));
    await runOnce(sides, place, { requestsMax: Infinity });
    expect(await readFile(place.output, 'utf8')).toBe(await readFile(whole.output, 'utf8'));
  });

  test('keys out of order leave no progress to go on from', async () => {
    const place = placeIn(tempFolder(), 'wrong');
    const wrong = [entry('a'), entry('c'), entry('b')];
    await expect(runOnce([wrong, wrong], place, { requestsMax: Infinity })).rejects.toThrow('in order');
    expect(await openProgressFile(place.state, 'one').load()).toBeUndefined();
  });

  test('progress of another audit is refused', async () => {
    const place = placeIn(tempFolder(), 'other');
    await openProgressFile(place.state, 'two').save(startOf(T));
    await expect(openProgressFile(place.state, 'one').load()).rejects.toThrow(/another audit/);
  });
});

test('RequestBudget gives out no more than its number', () => {
  const budget = new RequestBudget(1);
  budget.take();
  let spent: unknown;
  try {
    budget.take();
  } catch (error) {
    spent = error;
  }
  expect(spent).toBeInstanceOf(Fault);
  expect(isSpent(spent)).toBe(true);
  expect(isSpent(new Fault('limit', 'something else'))).toBe(false);
});

describe('readAhead()', () => {
  test('asks for at most so many values beyond the one that is read', async () => {
    let asked = 0;
    // oxlint-disable-next-line require-await -- it stands for one that waits for a store
    async function* numbers(): AsyncGenerator<number> {
      while (asked < 100) {
        asked += 1;
        yield asked;
      }
    }
    const ahead: number[] = [];
    for await (const number of readAhead(numbers(), 2)) {
      // All that is asked for has arrived by then.
      await new Promise((resolve) => setImmediate(resolve));
      ahead.push(asked - number);
      if (number === 50) break;
    }
    expect(ahead).toHaveLength(50);
    expect(new Set(ahead)).toEqual(new Set([2]));
  });

  test('a failure comes where its value would have been read', async () => {
    // oxlint-disable-next-line require-await -- as above
    async function* failing(): AsyncGenerator<number> {
      yield 1;
      throw new Error('the second');
    }
    const read: number[] = [];
    const reading = async (): Promise<void> => {
      for await (const number of readAhead(failing(), 2)) read.push(number);
    };
    await expect(reading()).rejects.toThrow('the second');
    expect(read).toEqual([1]);
  });
});
