/** What the configuration says of backups, as the monitor takes it. */
import type { Config } from './config/schema.ts';
import type { BackupsSettings, Discovery, ExpectedSeries } from './monitors/backups/monitor.ts';
import type { Schedule } from './monitors/backups/schedule.ts';

type Section = Config['backups'];
type SeriesSection = Section['series'][number];

/** Section `backups` as settings. */
export function backupsSettings(section: Section): BackupsSettings {
  return {
    expected: section.series.map((one) => expectedSeries(one, section.timezone)),
    discover: section.discover.map(discoveryOf),
    timezone: section.timezone,
  };
}

function discoveryOf({ bucket, prefix, by, depth, pattern, accept }: Section['discover'][number]): Discovery {
  const isAccepted = accept === 'auto';
  if (pattern !== undefined) return { bucket, prefix, isAccepted, grouping: { by: 'pattern', pattern } };
  return { bucket, prefix, isAccepted, grouping: by === 'folder' ? { by, depth } : { by } };
}

function expectedSeries(one: SeriesSection, timezone: string): ExpectedSeries {
  const { min, max, down, up, runs, since } = one.size;
  const change = down === undefined && up === undefined ? {} : { change: changeOf(down, up, runs) };
  return {
    name: one.name,
    bucket: one.bucket,
    pattern: one.pattern,
    fileBytesMin: one.smallest_file,
    standing: { isAccepted: true, isPaused: one.paused, isRetired: one.retired },
    ...(one.content === undefined ? {} : { content: one.content }),
    ...(one.keep === undefined ? {} : { keepMs: one.keep }),
    rule: {
      schedule: scheduleOf(one.schedule, timezone),
      graceMs: one.grace,
      ...(one.early === undefined ? {} : { earlyMs: one.early }),
      ...(min === undefined ? {} : { sizeBytesMin: min }),
      ...(max === undefined ? {} : { sizeBytesMax: max }),
      ...change,
      ...(since === undefined ? {} : { baselinesMs: [Date.parse(since)] }),
      ...membersOf(one.members),
      refusesDuplicates: one.refuse_duplicates,
    },
  };
}

/** The configuration gives one of the three. */
function scheduleOf(section: SeriesSection['schedule'], usual: string): Schedule {
  const { every, cron, weekdays, at = '', timezone = usual } = section;
  if (every !== undefined) return { kind: 'every', periodMs: every };
  if (cron !== undefined) return { kind: 'cron', cron, timezone };
  return { kind: 'weekdays', weekdays: weekdays ?? [], at, timezone };
}

function changeOf(down: number | undefined, up: number | undefined, runs: number) {
  return { ...(down === undefined ? {} : { down }), ...(up === undefined ? {} : { up }), runs };
}

function membersOf(members: SeriesSection['members']): Pick<ExpectedSeries['rule'], 'members'> {
  if (members === undefined) return {};
  return {
    members:
      typeof members === 'number' ? { kind: 'count', count: members } : { kind: 'names', names: members },
  };
}
