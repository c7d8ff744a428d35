import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FORMATS, guessFormat } from '../src/formats/all.ts';
import { type Loaded, openTestStore, type TestStore } from './format-store.ts';

interface Case {
  readonly name: string;
  readonly input: URL;
  readonly expected: URL;
}

function casesOf(formatName: string): Case[] {
  const folder = new URL(`../src/formats/${formatName}/fixtures/`, import.meta.url);
  const inputs = readdirSync(folder).filter((name) => !name.endsWith('.rows.json'));
  return inputs.sort().map((name) => ({
    name: name.replace(/\.\w+$/, ''),
    input: new URL(name, folder),
    expected: new URL(name.replace(/\.\w+$/, '.rows.json'), folder),
  }));
}

function asExpected({ facts, rejects, tally }: Loaded): object {
  return {
    facts,
    rejects: rejects.map(({ line_number, reason }) => ({ line_number, reason })),
    skipped: tally.skipped,
  };
}

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

describe.each(FORMATS)('$name', (format) => {
  const cases = casesOf(format.name);
  let results: Loaded[] = [];

  beforeAll(async () => {
    results = await store.load(
      format,
      cases.map(({ input }) => readFileSync(input)),
    );
    if (process.env['UPDATE'] !== '1') return;
    cases.forEach(({ expected }, index) => {
      writeFileSync(expected, `${JSON.stringify(asExpected(results[index] as Loaded), undefined, 2)}\n`);
    });
  });

  it.each(cases)('reads $name', ({ name, expected }) => {
    const loaded = results[cases.findIndex((candidate) => candidate.name === name)] as Loaded;
    expect(existsSync(expected), 'no expected rows: run with UPDATE=1 and review them').toBe(true);
    expect(asExpected(loaded)).toEqual(JSON.parse(readFileSync(expected, 'utf8')));
    expect(loaded.tally.rejects).toBe(loaded.rejects.length);
  });

  it('is recognised by its own fixtures and by none of the other formats', () => {
    const guesses = cases
      .filter(({ name }) => !name.startsWith('broken'))
      .map(({ name, input }) => ({
        name,
        guess: guessFormat({ name, head: readFileSync(input).subarray(0, 65_536) })?.name,
      }));
    expect(guesses.filter(({ guess }) => guess !== format.name)).toEqual([]);
  });
});
