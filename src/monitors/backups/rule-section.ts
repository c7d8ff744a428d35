/** A rule in the words of the configuration. */
import type { Schedule } from './schedule.ts';
import type { SeriesRule } from './verdict.ts';

/** The settings of `backups.series` that make the rule: durations and sizes as people write them. */
export function ruleSection(rule: SeriesRule): Readonly<Record<string, unknown>> {
  const { schedule, graceMs, earlyMs, sizeBytesMin, sizeBytesMax, change, members } = rule;
  const size = {
    ...(sizeBytesMin === undefined ? {} : { min: sizeText(sizeBytesMin) }),
    ...(sizeBytesMax === undefined ? {} : { max: sizeText(sizeBytesMax) }),
    ...(change?.down === undefined ? {} : { down: rounded(change.down) }),
    ...(change?.up === undefined ? {} : { up: rounded(change.up) }),
    ...(change === undefined ? {} : { runs: change.runs }),
  };
  return {
    schedule: scheduleSection(schedule),
    grace: durationText(graceMs),
    ...(earlyMs === undefined ? {} : { early: durationText(earlyMs) }),
    ...(Object.keys(size).length === 0 ? {} : { size }),
    ...(members === undefined || members.kind === 'usual'
      ? {}
      : { members: members.kind === 'names' ? members.names : members.count }),
    ...(rule.refusesDuplicates === true ? { refuse_duplicates: true } : {}),
  };
}

function scheduleSection(schedule: Schedule): Readonly<Record<string, unknown>> {
  switch (schedule.kind) {
    case 'every':
      return { every: durationText(schedule.periodMs) };
    case 'cron':
      return { cron: schedule.cron, timezone: schedule.timezone };
    case 'weekdays':
      return { weekdays: schedule.weekdays, at: schedule.at, timezone: schedule.timezone };
  }
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const;

function durationText(ms: number): string {
  const [unit, size] = UNITS.find(([, one]) => ms % one === 0 && ms >= one) ?? ['ms', 1];
  return `${Math.round(ms / size)}${unit}`;
}

const SIZES = [
  ['TiB', 2 ** 40],
  ['GiB', 2 ** 30],
  ['MiB', 2 ** 20],
  ['KiB', 2 ** 10],
] as const;

function sizeText(bytes: number): string {
  const [unit, size] = SIZES.find(([, one]) => bytes >= one && bytes % one === 0) ?? ['B', 1];
  return `${bytes / size}${unit}`;
}

function rounded(share: number): number {
  return Math.round(share * 100) / 100;
}
