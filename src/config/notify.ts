/** Section `notify`: who is told of alarms, where, when, and when not. */
import { z } from 'zod';
import { ALARM_STATES, SEVERITIES } from '../notify/channel.ts';
import { type DigestTimes, nextDigestMs } from '../notify/digest-times.ts';
import { WEEKDAYS } from '../notify/rules.ts';
import { notifyChannel } from './notify-channels.ts';
import { duration, durationIfAny, timezone } from './units.ts';

const channels = z.array(z.string().min(1)).min(1);

const match = z
  .record(
    z.string().min(1),
    z
      .union([z.string(), z.array(z.string()).min(1)])
      .transform((value) => (typeof value === 'string' ? [value] : value)),
  )
  .superRefine(({ severity = [] }, context) => {
    const known: readonly string[] = SEVERITIES;
    for (const value of severity) {
      if (value.includes('*') || known.includes(value.replace(/^!/, ''))) continue;
      const message = `is none of ${SEVERITIES.join(', ')}, got "${value}"`;
      context.addIssue({ code: 'custom', path: ['severity'], message });
    }
  })
  .describe('Labels and the values they may have: * stands for anything, a leading ! leaves out.');

function problemOf(times: DigestTimes): string | undefined {
  try {
    return nextDigestMs(times, 0) === undefined ? 'never comes' : undefined;
  } catch {
    return 'is not minute, hour, day of month, month and day of week, such as 0 8 * * 1-5';
  }
}

const digest = z
  .strictObject({
    cron: z.string().describe('Minute, hour, day of month, month, day of week.'),
    timezone,
  })
  .superRefine((times, context) => {
    const message = problemOf(times);
    if (message !== undefined) context.addIssue({ code: 'custom', path: ['cron'], message });
  });

const route = z.strictObject({
  name: z.string().min(1).max(100).describe('Unique name.'),
  match: match.default({}),
  continue: z.boolean().default(false).describe('Whether the routes after it are asked too.'),
  channels: channels.describe('Names of channels that are told at once.'),
  escalate: z
    .array(
      z.strictObject({
        after: durationIfAny(
          'How long it has to be in ALARM, without anybody having acknowledged it.',
        ).unwrap(),
        channels,
      }),
    )
    .default([])
    .describe('Who is told later.'),
  group_by: z
    .array(z.string().min(1))
    .default(['monitor', 'bucket'])
    .describe(
      'Alarms with the same values of these labels are one message; [alarm]: each by itself; []: all of the route.',
    ),
  group_wait: duration('2s', 'How long the first of a group waits for others.'),
  group_interval: duration('5m', 'Between two messages of one group.'),
  repeat_interval: duration('4h', 'Between reminders of what stays in ALARM; 0s: none.'),
  states: z.array(z.enum(ALARM_STATES)).min(1).default(['ALARM', 'OK']).describe('States that are told.'),
  mute: z.array(z.string().min(1)).default([]).describe('Names of mute_times in which nothing is told.'),
  digest: digest.optional().describe('Tells what has changed at these times instead of as it happens.'),
});

const timeOfDay = z
  .string()
  .regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'is not a time of day such as 22:00')
  .transform((text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3)));

const muteTime = z.strictObject({
  weekdays: z
    .array(z.enum(WEEKDAYS))
    .min(1)
    .default([...WEEKDAYS])
    .describe('Days on which it begins.'),
  from: timeOfDay.default(0).describe('Time of day.'),
  to: timeOfDay.default(1440).describe('Time of day, exclusive; before `from` it is on the next day.'),
  timezone,
});

/** Names that appear twice, or that nobody has, with where they stand. */
function problemsOf(
  section: NotifySection,
): { readonly path: (string | number)[]; readonly message: string }[] {
  const names = section.channels.map((channel) => channel.name);
  const muteNames = section.mute_times.map((times) => times.name);
  const routeNames = section.routes.map((one) => one.name);
  const unknown = (given: readonly string[], known: readonly string[], path: (string | number)[]) =>
    given.flatMap((one, index) =>
      known.includes(one) ? [] : [{ path: [...path, index], message: `names "${one}", which is not there` }],
    );
  const doubled = (all: readonly string[], list: string) =>
    all.flatMap((one, index) =>
      all.indexOf(one) === index
        ? []
        : [{ path: [list, index, 'name'], message: 'is the name of another one' }],
    );
  return [
    ...doubled(names, 'channels'),
    ...doubled(routeNames, 'routes'),
    ...doubled(muteNames, 'mute_times'),
    ...section.routes.flatMap((one, index) => [
      ...unknown(one.channels, names, ['routes', index, 'channels']),
      ...one.escalate.flatMap((step, at) =>
        unknown(step.channels, names, ['routes', index, 'escalate', at, 'channels']),
      ),
      ...unknown(one.mute, muteNames, ['routes', index, 'mute']),
    ]),
  ];
}

const section = z.strictObject({
  channels: z.array(notifyChannel).default([]).describe('Where notifications go.'),
  routes: z
    .array(route)
    .default([])
    .describe('Which alarms go where; the first that fits counts. None: every alarm goes to every channel.'),
  inhibit: z
    .array(
      z.strictObject({
        source: match.describe('While one of these is in ALARM,'),
        target: match.describe('these are not told,'),
        equal: z.array(z.string().min(1)).default([]).describe('when these labels are the same.'),
      }),
    )
    .default([])
    .describe('What explains what.'),
  mute_times: z
    .array(z.strictObject({ name: z.string().min(1), times: z.array(muteTime).min(1) }))
    .default([])
    .describe('Recurring times for routes to be quiet in.'),
});

export type NotifySection = z.output<typeof section>;

export const notify = section
  .superRefine((given, context) => {
    for (const problem of problemsOf(given)) context.addIssue({ code: 'custom', ...problem });
  })
  .prefault({});

/** The route when there is none: every alarm to every channel. */
export function usualRoute(names: readonly string[]): NotifySection['routes'][number] {
  return route.parse({ name: 'everything', channels: names });
}
