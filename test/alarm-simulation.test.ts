/**
 * Alarms and notifications together under faults, over the real engine: it refuses before and after it has stored, channels time
 * out, refuse, break or lose their answer, the process dies between any two steps and is started again, the clock jumps, points
 * are late and doubled, feeds are blind, people silence and acknowledge. What has to hold is worked out from what was stored and
 * received alone. `SEED=<number>` runs one seed, `SEED=<first>-<last>` many.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Engine } from '../src/engine/engine.ts';
import type { Receipt, Records, StoredTransition } from './alarm-records.ts';
import { CHANNELS, REPEAT_MS, World } from './alarm-world.ts';
import { HOUR_MS, MINUTE_MS } from './notify-book.ts';
import { openStore } from './replication-store.ts';

const STEPS = 50;
const SEEDS = seedsOf(process.env['SEED'] ?? '1-2');

let engine: Engine;
let store: Awaited<ReturnType<typeof openStore>>;
beforeAll(async () => {
  store = await openStore();
  ({ engine } = store);
}, 120_000);
afterAll(() => store.close());

function seedsOf(text: string): number[] {
  const [first = 1, last = first] = text.split('-').map(Number);
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** Gives what was wrong with the states while the cause may still have been there. */
async function live(world: World): Promise<string[]> {
  for (let step = 0; step < STEPS; step += 1) {
    world.advance(world.pick([1, 5, 10, 10, 30, 60, 180]) * 1000);
    if (world.chance(0.03)) world.advance(world.pick([-3, -1, 1, 5]) * HOUR_MS);
    world.things.change();
    if (world.records.transitions.length > 0 && world.chance(0.08)) await world.say();
    await world.step();
  }
  world.hasFaults = false;
  world.advance(world.latestMs - world.nowMs);
  world.things.settle();
  await calm(world, 8, MINUTE_MS);
  const wrong = await wrongStates(world);
  world.things.relieve();
  await calm(world, 5, MINUTE_MS);
  await calm(world, 15, 10 * MINUTE_MS);
  return wrong;
}

async function calm(world: World, steps: number, everyMs: number): Promise<void> {
  for (let step = 0; step < steps; step += 1) {
    world.advance(everyMs);
    world.things.stay();
    await world.step();
  }
}

/** The table as it stands, and what else was ever written into it. */
async function chainProblems({ transitions }: Records): Promise<string[]> {
  const rows = await engine.query<{ alarm: string; revision: number; sequence: number; state: string }>(
    `select alarm, revision, toInt64(sequence) as sequence, state from alarm_transitions order by sequence`,
    { limits: { resultRows: 1_000_000 } },
  );
  const found: string[] = [];
  const plain = transitions.map(({ alarm, revision, sequence, state }) => ({
    alarm,
    revision,
    sequence,
    state,
  }));
  if (JSON.stringify(rows) !== JSON.stringify(plain)) found.push('the table is not what was written into it');
  for (const [index, { sequence }] of transitions.entries())
    if (sequence <= (transitions[index - 1]?.sequence ?? 0))
      found.push(`#${sequence} comes after a later one`);
  for (const [alarm, history] of Map.groupBy(transitions, (one) => one.alarm))
    for (const [index, { revision, from, state, atMs }] of history.entries()) {
      const before = history[index - 1];
      if (revision !== index + 1) found.push(`${alarm}: revision ${revision} is number ${index + 1}`);
      if (from !== (before?.state ?? ''))
        found.push(`${alarm}: ${revision} is from ${from}, not ${before?.state}`);
      if (state === before?.state) found.push(`${alarm}: ${revision} changes nothing`);
      if (atMs < (before?.atMs ?? 0)) found.push(`${alarm}: ${revision} is earlier than the one before`);
    }
  return found;
}

interface Covered {
  readonly kind: string;
  readonly channel: string;
  readonly id: string;
  readonly reason: string;
  readonly covers: readonly {
    readonly alarm: string;
    readonly up_to: number | string;
    readonly state: string;
  }[];
}

/** Transitions that a message should have told and did not, and those of which nothing at all is recorded. */
async function lostTransitions({ transitions, receipts }: Records): Promise<string[]> {
  const rows = await engine.query<Covered>(
    `select kind, channel, id, reason, covers from notifications
     where kind in ('settled', 'delivered', 'refused') order by number`,
    { limits: { resultRows: 1_000_000 } },
  );
  const histories = Map.groupBy(transitions, ({ alarm }) => alarm);
  const marks = new Map<string, { readonly upTo: number; readonly state: string }>();
  const found: string[] = [];
  for (const { kind, channel, id, reason, covers } of rows)
    for (const { alarm, up_to, state } of covers) {
      const place = `${channel} ${alarm}`;
      const mark = marks.get(place) ?? { upTo: 0, state: 'OK' };
      const upTo = Number(up_to);
      if (upTo < mark.upTo) continue;
      const since = (histories.get(alarm) ?? []).filter(
        ({ sequence }) => sequence > mark.upTo && sequence <= upTo,
      );
      if (kind === 'settled' && reason === '') found.push(`${place}: settled without a reason`);
      if (kind === 'delivered') {
        const told = receipts.findLast((one) => one.channel === channel && one.notification.id === id);
        const passed = told?.notification.alarms.find((one) => one.id === alarm)?.passed;
        const due = statesOf(since, mark.state, channel);
        const said = passed?.map((one) => `${one.state} ${one.atMs}`);
        if (JSON.stringify(said) !== JSON.stringify(due))
          found.push(`${place}: told ${String(said)}, not ${String(due)}`);
      }
      marks.set(place, { upTo, state });
    }
  for (const [alarm, history] of histories)
    for (const channel of CHANNELS) {
      const last = history.at(-1);
      // A later step is not reached without an ALARM.
      if (channel === 'pager' && last?.state === 'INSUFFICIENT_DATA') continue;
      const upTo = marks.get(`${channel} ${alarm}`)?.upTo ?? 0;
      if (upTo !== last?.sequence)
        found.push(`${channel} ${alarm}: known up to #${upTo} of #${last?.sequence}`);
    }
  return found;
}

/** What a channel is to hear of these: nothing twice in a row; missing data only where its route tells it. */
function statesOf(since: readonly StoredTransition[], before: string, channel: string): string[] {
  const heard: string[] = [];
  let last = before;
  for (const { state, atMs } of since) {
    if (state === last || (channel === 'mail' && state === 'INSUFFICIENT_DATA')) continue;
    heard.push(`${state} ${atMs}`);
    last = state;
  }
  return heard;
}

/** Told again although it was known to be told; reminded too early; told before it was stored, or though it was explained. */
function wrongMessages({ receipts, transitions }: Records): string[] {
  const found: string[] = [];
  const known = new Map<string, Receipt>();
  const lastToldMs = new Map<string, number>();
  for (const receipt of receipts) {
    const { channel, notification, recordedMs, storedBefore, isRefused } = receipt;
    const stored = transitions.slice(0, storedBefore);
    for (const { id, state, passed } of notification.alarms) {
      const place = `${channel} ${id}`;
      const told = toldOf(passed, id, stored, receipt.upTo.get(id) ?? 0);
      for (const [index, one] of passed.entries()) {
        const sequence = told[index];
        if (sequence === undefined) found.push(`${place} was told ${one.state} before it was stored`);
        const key = `${place} ${sequence}`;
        const before = known.get(key);
        if (
          before?.recordedMs !== undefined ||
          (before !== undefined && before.deliveredTo === receipt.sentBy)
        )
          found.push(`${place} was told twice of ${one.state}`);
        if (!isRefused) known.set(key, receipt);
      }
      const toldMs = lastToldMs.get(place);
      const isEarly = toldMs !== undefined && Math.abs(notification.createdMs - toldMs) < REPEAT_MS;
      if (passed.length === 0 && isEarly) found.push(`${place} was reminded too early`);
      if (state === 'ALARM' && passed.length > 0 && isExplained(id, receipt.upTo.get(id), stored))
        found.push(`${place} was explained`);
      if (recordedMs === undefined) continue;
      if (state === 'OK') lastToldMs.delete(place);
      else lastToldMs.set(place, recordedMs);
    }
  }
  return found;
}

/** Sequences of the transitions that a message tells, whose times may be the same where the clock was set back. */
function toldOf(
  passed: readonly { readonly state: string; readonly atMs: number }[],
  id: string,
  stored: readonly StoredTransition[],
  upTo: number,
): (number | undefined)[] {
  let before = upTo + 1;
  return passed
    .toReversed()
    .map(({ state, atMs }) => {
      const found = stored.findLast(
        (one) => one.alarm === id && one.state === state && one.atMs === atMs && one.sequence < before,
      );
      before = found?.sequence ?? before;
      return found?.sequence;
    })
    .toReversed();
}

/** Whether its cause was in ALARM all the time since both were stored. */
function isExplained(id: string, upTo: number | undefined, stored: readonly StoredTransition[]): boolean {
  const effect = stored.findLast(({ alarm }) => alarm === id);
  const cause = stored.findLast(({ role }) => role === 'cause');
  if (effect?.role !== 'effect' || effect.state !== 'ALARM' || effect.sequence !== upTo) return false;
  return cause?.state === 'ALARM' && cause.write <= effect.write;
}

/** What is stored of each alarm, against the truth. */
async function wrongStates({ things, records: { transitions } }: World): Promise<string[]> {
  const rows = await engine.query<{ alarm: string; state: string; revision: number }>(
    'select alarm, state, revision from alarm_states order by alarm',
  );
  const states = new Map(rows.map((row) => [row.alarm, row]));
  const expected = things.expected();
  const wrong = Object.entries(expected).filter(
    ([alarm, state]) => state !== '?' && states.get(alarm)?.state !== state,
  );
  const stale = rows.filter(({ alarm, state, revision }) => {
    const last = transitions.findLast((one) => one.alarm === alarm);
    return last?.state !== state || last.revision !== revision;
  });
  const extra = rows.filter(({ alarm }) => /^(bad|held|due)/.test(alarm) && expected[alarm] === undefined);
  return [
    ...wrong.map(([alarm, state]) => `${alarm} is ${states.get(alarm)?.state}, not ${state}`),
    ...stale.map(({ alarm }) => `the row of ${alarm} is not its last transition`),
    ...extra.map(({ alarm }) => `${alarm} is still there`),
  ];
}

/** Where what a channel was last told is not what is so. */
function wrongBeliefs({ receipts, transitions }: Records): string[] {
  const last = new Map(transitions.map(({ alarm, state }) => [alarm, state]));
  return CHANNELS.flatMap((channel) => {
    const mine = receipts.filter((one) => one.channel === channel);
    const beliefs = new Map(
      mine.flatMap(({ notification }) => notification.alarms.map(({ id, state }) => [id, state] as const)),
    );
    return [...last]
      .filter(([, state]) => state !== 'INSUFFICIENT_DATA' || channel === 'chat' || channel === 'letter')
      .map(([alarm, state]) => ({ alarm, state, belief: beliefs.get(alarm) ?? 'OK' }))
      .filter(({ state, belief }) => state !== belief)
      .map(({ alarm, state, belief }) => `${channel} takes ${alarm} for ${belief}, it is ${state}`);
  });
}

test('every change is stored, told or explained once, and in the end everybody knows what is so', {
  timeout: 3_600_000,
}, async () => {
  let [crashes, refusals, receipts, transitions] = [0, 0, 0, 0];
  for (const seed of SEEDS) {
    const world = await World.over(engine, seed);
    const wrong = await live(world);
    const [here, there] = await world.books();
    expect({
      seed,
      broken: world.broken,
      chains: await chainProblems(world.records),
      lost: await lostTransitions(world.records),
      messages: wrongMessages(world.records),
      states: [...wrong, ...(await wrongStates(world))],
      beliefs: wrongBeliefs(world.records),
      book: here,
    }).toEqual({
      seed,
      broken: [],
      chains: [],
      lost: [],
      messages: [],
      states: [],
      beliefs: [],
      book: there,
    });
    crashes += world.crashes;
    refusals += world.refusals;
    receipts += world.records.receipts.length;
    transitions += world.records.transitions.length;
  }
  if (SEEDS.length === 1) return;
  // Otherwise nothing was tried.
  expect(crashes).toBeGreaterThan(SEEDS.length);
  expect(refusals).toBeGreaterThan(5 * SEEDS.length);
  expect(receipts).toBeGreaterThan(30 * SEEDS.length);
  expect(transitions).toBeGreaterThan(50 * SEEDS.length);
});
