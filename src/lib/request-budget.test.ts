import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Budget } from './request-budget.ts';

const HOUR_MS = 3_600_000;

function setting() {
  const folder = mkdtempSync(join(tmpdir(), 'bucketwatch-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'cursors', 'budget.json');
  let nowMs = 1_000 * HOUR_MS;
  const clock = { nowMs: () => nowMs, sleep: async () => {} };
  return {
    path,
    open: (perHour = 60) => new Budget({ perHour, path }, { clock }),
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
}

test('spend() is kept over restarts; an hour makes the budget whole, and no more than whole', async () => {
  const { open, pass } = setting();
  const budget = open();
  expect(await budget.left()).toBe(60);
  await budget.spend(50);
  expect(await open().left()).toBe(10);
  pass(HOUR_MS / 2);
  expect(await open().left()).toBe(40);
  pass(100 * HOUR_MS);
  expect(await open().left()).toBe(60);
});

test('left() is below 0 after more was spent than there was', async () => {
  const { open, pass } = setting();
  await open().spend(65);
  expect(await open().left()).toBe(-5);
  pass(HOUR_MS / 10);
  expect(await open().left()).toBe(1);
});

test('a clock that is set back gives nothing, and nothing twice', async () => {
  const { open, pass } = setting();
  await open().spend(60);
  pass(-10 * HOUR_MS);
  await open().spend(0);
  expect(await open().left()).toBe(0);
  pass(10 * HOUR_MS);
  expect(await open().left()).toBe(0);
  pass(HOUR_MS / 60);
  expect(await open().left()).toBe(1);
});

test('a smaller budget of a new configuration holds at once', async () => {
  const { open } = setting();
  await open().spend(1);
  expect(await open(10).left()).toBe(10);
});

test('a file that cannot be read counts as all spent', async () => {
  const { open, pass, path } = setting();
  await open().spend(1);
  writeFileSync(path, '{"left":');
  const budget = open();
  expect(await budget.left()).toBe(0);
  pass(HOUR_MS);
  expect(await budget.left()).toBe(60);
});
