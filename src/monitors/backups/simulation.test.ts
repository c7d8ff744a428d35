/**
 * 500 series over two years of clock time, with faults planted by their number: every fault has to be noticed within
 * 60 s of its deadline, and nothing else. The seed is printed; SIMULATION_SEED repeats a run.
 */
import { expect, test } from 'vitest';
import { judgeSeries } from './judge.ts';
import type { Arrival } from './runs.ts';
import { Calendars, type Schedule } from './schedule.ts';
import type { RunVerdict, SeriesRule } from './verdict.ts';

const SERIES = 500;
const START_MS = Date.parse('2025-01-01T00:00Z');
const END_MS = START_MS + 730 * 86_400_000;
/** What falls due later may be noticed after the end. */
const LAST_DUE_MS = END_MS - 86_400_000;
const MINUTE_MS = 60_000;
/** How often the server looks at what is due. */
const LOOK_MS = 30_000;
const NOTICED_WITHIN_MS = 60_000;
/** Runs that came, of which a median of five is made. */
const RUNS_SEEN = 8;

const seed = Number(process.env['SIMULATION_SEED'] ?? Math.trunc(performance.timeOrigin % 1e9));

type Random = () => number;

/** Mulberry32: the same numbers from the same seed everywhere. */
function randomOf(start: number): Random {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface Notice {
  readonly dueMs: number;
  readonly verdict: RunVerdict;
  readonly atMs: number;
}

interface Planted {
  readonly dueMs: number;
  readonly verdict: RunVerdict;
  /** Noticed before this, or too late. */
  readonly byMs: number;
}

interface Scenario {
  readonly rule: SeriesRule;
  readonly arrivals: readonly Arrival[];
  readonly planted: readonly Planted[];
}

const ZONES = ['UTC', 'Europe/Lisbon', 'America/New_York', 'Australia/Lord_Howe'];
const MEMBERS = ['orders', 'users', 'events'];

function scheduleOf(random: Random): Schedule {
  const timezone = ZONES[Math.floor(random() * ZONES.length)] ?? 'UTC';
  const [hour, minute] = [Math.floor(random() * 24), Math.floor(random() * 60)];
  const kind = random();
  if (kind < 0.1) return { kind: 'every', periodMs: (6 + Math.floor(random() * 60)) * 3_600_000 };
  if (kind < 0.55) return { kind: 'cron', cron: `${minute} ${hour} * * *`, timezone };
  if (kind < 0.75) {
    const at = `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
    return { kind: 'weekdays', weekdays: ['mon', 'tue', 'wed', 'thu', 'fri'], at, timezone };
  }
  if (kind < 0.9) return { kind: 'cron', cron: `${minute} ${hour} * * 0`, timezone };
  return { kind: 'cron', cron: `${minute} ${hour} ${random() < 0.5 ? 'L' : '29'} * *`, timezone };
}

/** A period runs from when the run before came, a calendar does not care. */
function dueTimes(schedule: Schedule, calendars: Calendars): (dueMs: number, cameMs?: number) => number {
  if (schedule.kind === 'every') return (dueMs, cameMs) => (cameMs ?? dueMs) + schedule.periodMs;
  return (dueMs) => calendars.of(schedule).after(dueMs) ?? END_MS;
}

type Fault = 'none' | 'missing' | 'late' | 'shrunken' | 'one-member';

/** A fault now and then, and outages of several runs. */
function faultsOf(random: Random): () => Fault {
  let outage = 0;
  return () => {
    if (outage > 0) {
      outage -= 1;
      return 'missing';
    }
    const luck = random();
    if (luck < 0.004) outage = Math.floor(random() * 5);
    if (luck < 0.008) return 'missing';
    if (luck < 0.012) return 'late';
    if (luck < 0.016) return 'shrunken';
    return luck < 0.02 ? 'one-member' : 'none';
  };
}

function scenarioOf(random: Random, calendars: Calendars): Scenario {
  const schedule = scheduleOf(random);
  const nextDue = dueTimes(schedule, calendars);
  const rule: SeriesRule = {
    schedule,
    graceMs: (15 + Math.floor(random() * 45)) * MINUTE_MS,
    earlyMs: 90 * MINUTE_MS,
    sinceMs: START_MS,
    change: { down: 0.5, runs: 5 },
    members: { kind: 'names', names: MEMBERS },
  };
  const fault = faultsOf(random);
  const arrivals: Arrival[] = [];
  const planted: Planted[] = [];
  // The start drifts to and fro within what is allowed, and sizes grow.
  let driftMinutes = -20;
  let sizeBytes = 1000 + random() * 1_000_000;
  let good = 0;
  // What is due at the very start is watched.
  for (let due = nextDue(schedule.kind === 'every' ? START_MS : START_MS - 1); due < LAST_DUE_MS; ) {
    driftMinutes = Math.min(10, Math.max(-60, driftMinutes + (random() - 0.5) * 8));
    sizeBytes *= 1 + (random() - 0.45) * 0.02;
    const what = good < 5 ? 'none' : fault();
    if (what === 'none') good += 1;
    const deadlineMs = due + rule.graceMs;
    const startMs =
      what === 'late' ? deadlineMs + (5 + random() * 200) * MINUTE_MS : due + driftMinutes * MINUTE_MS;
    const members = what === 'missing' ? [] : what === 'one-member' ? MEMBERS.slice(0, 1) : MEMBERS;
    members.forEach((member, index) => {
      arrivals.push({
        key: `${due}/${member}`,
        versionId: '',
        atMs: Math.round(startMs + index * 20_000),
        sizeBytes: Math.round(what === 'shrunken' ? sizeBytes / 10 : sizeBytes),
        etag: '',
        member,
        stamp: '',
      });
    });
    planted.push(...plantedOf(what, { dueMs: due, deadlineMs, lastMs: Math.round(startMs + 40_000) }));
    due = nextDue(due, what === 'missing' ? undefined : Math.round(startMs));
  }
  return { rule, arrivals, planted };
}

function plantedOf(
  what: Fault,
  { dueMs, deadlineMs, lastMs }: { dueMs: number; deadlineMs: number; lastMs: number },
): Planted[] {
  const byMs = deadlineMs + NOTICED_WITHIN_MS;
  switch (what) {
    case 'none':
      return [];
    case 'missing':
      return [{ dueMs, verdict: 'missing', byMs }];
    case 'late':
      return [
        { dueMs, verdict: 'missing', byMs },
        { dueMs, verdict: 'late', byMs: lastMs + NOTICED_WITHIN_MS },
      ];
    case 'shrunken':
      return [{ dueMs, verdict: 'too-small', byMs }];
    case 'one-member':
      return [{ dueMs, verdict: 'incomplete', byMs }];
  }
}

/** What a server notices that looks when something arrived and when something falls due, and is restarted now and then. */
function noticed(scenario: Scenario, random: Random, calendars: Calendars): Notice[] {
  const { rule, arrivals } = scenario;
  const standing = { isAccepted: true, isPaused: false, isRetired: false };
  const notices = new Map<string, Notice>();
  let seen = 0;
  for (let nowMs = START_MS; nowMs < END_MS; ) {
    while ((arrivals[seen]?.atMs ?? Number.POSITIVE_INFINITY) <= nowMs) seen += 1;
    const recent = arrivals.slice(Math.max(0, seen - RUNS_SEEN * MEMBERS.length), seen);
    const sinceMs = Math.max(rule.sinceMs, (recent[0]?.atMs ?? 0) - 3 * 3_600_000);
    const judged = judgeSeries({ rule: { ...rule, sinceMs }, standing }, recent, { nowMs, calendars });
    const { newest } = judged.state;
    if (newest !== undefined && newest.verdict !== 'ok') {
      const id = `${newest.dueMs} ${newest.verdict}`;
      if (!notices.has(id)) notices.set(id, { dueMs: newest.dueMs, verdict: newest.verdict, atMs: nowMs });
    }
    const nextMs = Math.min(judged.nextCheckMs, arrivals[seen]?.atMs ?? Number.POSITIVE_INFINITY);
    // A restart looks again at once, whatever was to be looked at later.
    const isRestart = random() < 0.001;
    nowMs = isRestart ? nowMs + 1 + Math.floor(random() * LOOK_MS) : nowMs + lookAt(nextMs - nowMs);
  }
  return [...notices.values()];
}

function lookAt(waitMs: number): number {
  return Math.max(LOOK_MS, Math.ceil(waitMs / LOOK_MS) * LOOK_MS);
}

test(`every planted fault is noticed within 60 s of its deadline and no other, seed ${seed}`, () => {
  const random = randomOf(seed);
  const calendars = new Calendars();
  let faults = 0;
  for (let index = 0; index < SERIES; index += 1) {
    const scenario = scenarioOf(random, calendars);
    const isOver = ({ dueMs }: { readonly dueMs: number }): boolean => dueMs < LAST_DUE_MS;
    const notices = noticed(scenario, random, calendars).filter(isOver);
    const idOf = ({ dueMs, verdict }: Pick<Notice, 'dueMs' | 'verdict'>): string =>
      `${new Date(dueMs).toISOString()} ${verdict}`;
    const byMs = new Map(scenario.planted.filter(isOver).map((planted) => [idOf(planted), planted.byMs]));
    expect(notices.map(idOf).sort(), `series ${index}, ${JSON.stringify(scenario.rule)}`).toEqual(
      [...byMs.keys()].sort(),
    );
    for (const notice of notices) expect(notice.atMs).toBeLessThanOrEqual(byMs.get(idOf(notice)) ?? 0);
    faults += notices.length;
  }
  expect(faults).toBeGreaterThan(1000);
}, 300_000);
