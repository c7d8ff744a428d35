/** A proposal as the section `backups.series` of the configuration has it. */
import type { SeriesProposal } from './monitor.ts';
import type { Schedule } from './schedule.ts';
import type { SeriesRule } from './verdict.ts';

export interface ProposedSeries {
  readonly name: string;
  readonly bucket: string;
  readonly pattern: string;
  readonly rule: Pick<SeriesRule, 'schedule' | 'graceMs' | 'change'>;
  /** How many members a run has; absent: it does not matter. */
  readonly members?: number | undefined;
}

export interface SeriesSection {
  readonly name: string;
  readonly bucket: string;
  readonly pattern: string;
  readonly [setting: string]: unknown;
}

/** The largest share that `size.up` takes. */
const UP_MAX = 1000;

/** The section of one series; durations in minutes, shares with two digits. */
export function proposalSection({ name, bucket, pattern, rule, members }: ProposedSeries): SeriesSection {
  const { schedule, graceMs, change } = rule;
  return {
    name: name.replaceAll('${', '$ {').replace(/^file:/, 'file :'),
    bucket,
    pattern: plainPattern(pattern),
    schedule: scheduleSection(schedule),
    grace: minutes(graceMs),
    ...(change === undefined
      ? {}
      : {
          size: {
            down: rounded(change.down ?? 1),
            up: rounded(Math.min(UP_MAX, change.up ?? 1)),
            runs: change.runs,
          },
        }),
    ...(members === undefined ? {} : { members }),
  };
}

/** The section of what the monitor proposes. */
export function monitorSection({ bucket, series, pattern, proposal }: SeriesProposal): SeriesSection {
  const { rule, runs } = proposal;
  const newest = runs.findLast(({ membersExpected }) => membersExpected !== undefined);
  return proposalSection({ name: series, bucket, pattern, rule, members: newest?.membersExpected });
}

/** Keys are anybody's: nothing in one is taken for a part that is none, or for a reference to a variable or a file. */
function plainPattern(pattern: string): string {
  return pattern
    .replace(/\{[^{}]*\}/g, (part) => (/^\{[a-z][a-z0-9_]{0,30}\}$/.test(part) ? part : '*'))
    .replaceAll('${', '*{')
    .replace(/^file:/, 'file*');
}

function scheduleSection(schedule: Schedule): Readonly<Record<string, unknown>> {
  switch (schedule.kind) {
    case 'every':
      return { every: minutes(schedule.periodMs) };
    case 'cron':
      return { cron: schedule.cron, timezone: schedule.timezone };
    case 'weekdays':
      return { weekdays: schedule.weekdays, at: schedule.at, timezone: schedule.timezone };
  }
}

function minutes(ms: number): string {
  return `${Math.round(ms / 60_000)}m`;
}

function rounded(share: number): number {
  return Math.round(share * 100) / 100;
}
