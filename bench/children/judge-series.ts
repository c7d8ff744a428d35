/**
 * Judges made-up backup series of mixed schedules and zones, twice: with calendars that know nothing yet, and with those
 * that judged them once. Argument: how many series. Prints milliseconds and counts.
 */
import { judgeSeries } from '../../src/monitors/backups/judge.ts';
import type { Arrival } from '../../src/monitors/backups/runs.ts';
import { Calendars, type Schedule } from '../../src/monitors/backups/schedule.ts';
import type { SeriesRule } from '../../src/monitors/backups/verdict.ts';

const SERIES = Number(process.argv[2]);
const NOW_MS = Date.UTC(2026, 10, 21, 12);
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const ZONES = ['UTC', 'Europe/Lisbon', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu'];
const STANDING = { isAccepted: true, isPaused: false, isRetired: false };

interface Made {
  readonly rule: SeriesRule;
  readonly arrivals: readonly Arrival[];
}

/** Any minute of the day, five zones, seven kinds of schedule. */
function scheduleOf(index: number): { readonly schedule: Schedule; readonly gapMs: number } {
  const timezone = ZONES[index % ZONES.length] ?? 'UTC';
  const minuteOfDay = (index * 7919) % 1440;
  const [hour, minute] = [Math.floor(minuteOfDay / 60), minuteOfDay % 60];
  const at = `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
  const cron = (days: string): Schedule => ({ kind: 'cron', cron: `${minute} ${hour} ${days}`, timezone });
  switch (index % 7) {
    case 0:
      return { schedule: { kind: 'every', periodMs: DAY_MS }, gapMs: DAY_MS };
    case 1:
      return {
        schedule: { kind: 'weekdays', weekdays: ['mon', 'wed', 'fri'], at, timezone },
        gapMs: 2.34 * DAY_MS,
      };
    case 2:
      return { schedule: cron('* * 0'), gapMs: 7 * DAY_MS };
    case 3:
      return { schedule: cron('1 * *'), gapMs: 30.4 * DAY_MS };
    case 4:
      return { schedule: { kind: 'cron', cron: `${minute} */6 * * *`, timezone }, gapMs: DAY_MS / 4 };
    default:
      return { schedule: cron('* * *'), gapMs: DAY_MS };
  }
}

/** 30 to 100 runs, each a few minutes before it is due; one in fifty does not come, one in fifty is small. */
function made(index: number, calendars: Calendars): Made {
  const { schedule, gapMs } = scheduleOf(index);
  const runs = 30 + (index % 71);
  const sinceMs = NOW_MS - Math.round(runs * gapMs);
  const calendar = schedule.kind === 'every' ? undefined : calendars.of(schedule);
  const arrivals: Arrival[] = [];
  let dueMs = calendar === undefined ? sinceMs : calendar.after(sinceMs);
  for (let run = 0; dueMs !== undefined && dueMs < NOW_MS; run += 1) {
    if ((index + run) % 50 !== 3)
      arrivals.push(arrival(index, run, dueMs - ((index + run * 3) % 11) * MINUTE_MS));
    dueMs = calendar === undefined ? dueMs + gapMs : calendar.after(dueMs);
  }
  const rule: SeriesRule = {
    schedule,
    graceMs: 45 * MINUTE_MS,
    sinceMs,
    change: { down: 0.5, up: 1, runs: 7 },
    members: { kind: 'usual', runs: 10 },
  };
  return { rule, arrivals };
}

function arrival(index: number, run: number, atMs: number): Arrival {
  const sizeBytes = (index + run) % 50 === 7 ? 10 : 1000 + ((index * run) % 100);
  return {
    key: `series-${index}/${run}.gz`,
    versionId: '',
    atMs,
    sizeBytes,
    etag: `${index}-${run}`,
    member: '',
    stamp: '',
  };
}

const maker = new Calendars();
const all = Array.from({ length: SERIES }, (_, index) => made(index, maker));
const calendars = new Calendars();
const counts = { runs: 0, good: 0, missing: 0, small: 0 };

function judgeAll(): { readonly ms: number; readonly processorMs: number } {
  Object.assign(counts, { runs: 0, good: 0, missing: 0, small: 0 });
  const startMs = performance.now();
  const used = process.cpuUsage();
  for (const { rule, arrivals } of all) {
    const { runs } = judgeSeries({ rule, standing: STANDING }, arrivals, { nowMs: NOW_MS, calendars });
    counts.runs += runs.length;
    for (const { verdict } of runs) {
      if (verdict === 'ok') counts.good += 1;
      if (verdict === 'missing') counts.missing += 1;
      if (verdict === 'too-small') counts.small += 1;
    }
  }
  const { user, system } = process.cpuUsage(used);
  return { ms: performance.now() - startMs, processorMs: (user + system) / 1000 };
}

const cold = judgeAll();
const warm = judgeAll();
process.stdout.write(JSON.stringify({ cold, warm, ...counts }));
