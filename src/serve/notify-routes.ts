/** Notifications: what was told to whom, how channels do, and who would be told of an alarm. */
import { createRoute, z } from '@hono/zod-openapi';
import { Fault } from '../lib/fault.ts';
import { outlookOf } from '../notify/outlook.ts';
import { planOf } from '../notify/pipeline.ts';
import { routesTo } from '../notify/route.ts';
import { linkedAlarm } from './alarm-link-acts.ts';
import { isoOf, isoOfEngine } from './ledger-queries.ts';
import * as shapes from './notify-api.ts';
import { channelStandings, notificationLog } from './notify-queries.ts';
import { type Api, type ApiParts, answers, limitOf } from './route.ts';

export function addNotifications(api: Api, parts: ApiParts): void {
  addLog(api, parts);
  addChannels(api, parts);
  addTargets(api, parts);
}

function kindsOf({ notifications: { channels } }: ApiParts) {
  const kinds = new Map(channels.map(({ name, kind }) => [name, kind]));
  return (channel: string) => kinds.get(channel) ?? null;
}

function addLog(api: Api, parts: ApiParts): void {
  const kindOf = kindsOf(parts);
  const log = createRoute({
    method: 'get',
    path: '/api/v1/notifications',
    request: {
      query: z.strictObject({
        channel: z.string().max(100).optional(),
        alarm: z.string().max(4000).optional(),
        outcome: z
          .string()
          .regex(new RegExp(`^!?(${shapes.OUTCOMES.join('|')})$`))
          .optional()
          .openapi({ description: 'Those with an outcome; a leading `!` leaves them out.' }),
        limit: limitOf(100, 1000),
        cursor: z.string().max(100).optional(),
      }),
    },
    responses: answers(shapes.Notifications, 'What became of each message, latest first'),
  });
  api.openapi(log, async (context) =>
    context.json(await notificationLog(context.req.valid('query'), { engine: parts.engine, kindOf }), 200),
  );
}

function addChannels(api: Api, parts: ApiParts): void {
  const list = createRoute({
    method: 'get',
    path: '/api/v1/notifications/channels',
    responses: answers(shapes.NotifyChannels, 'How each channel does, and what waits to be told'),
  });
  api.openapi(list, async (context) => {
    const { channels, rules } = parts.notifications;
    const standings = await channelStandings(parts.engine);
    const book = await parts.notifications.book();
    const { held } = planOf(book, rules, parts.clock.nowMs());
    const titles = new Map(book.transitions.map(({ alarm, title }) => [alarm, title]));
    const rows = channels.map(({ name, kind }) => {
      const standing = standings.get(name);
      return {
        channel: name,
        kind,
        ...routesTo(name, rules.routes),
        last_delivered_at: isoIfAny(standing?.delivered_at),
        failures_in_row: standing?.failures ?? 0,
        failing_since: isoIfAny(standing?.failing_since),
        reason: standing?.reason ?? '',
        waiting: held.filter(({ channel }) => channel === name).length,
      };
    });
    const waiting = held
      .slice(0, shapes.WAITING_MAX)
      .map(({ alarm, channel, why }) => ({ alarm, title: titles.get(alarm) ?? alarm, channel, why }));
    return context.json({ rows, waiting }, 200);
  });
}

function isoIfAny(time: string | null | undefined): string | null {
  return time === null || time === undefined ? null : isoOfEngine(time);
}

function addTargets(api: Api, parts: ApiParts): void {
  const kindOf = kindsOf(parts);
  const routes = createRoute({
    method: 'get',
    path: '/api/v1/notifications/routes',
    request: { query: z.strictObject({ alarm: z.string().min(1).max(4000) }) },
    responses: answers(shapes.NotifyTargets, 'Who is told of an alarm as things stand'),
  });
  api.openapi(routes, async (context) => {
    const { alarm } = context.req.valid('query');
    const known = await linkedAlarm(alarm, parts.engine);
    if (known === undefined)
      throw new Fault(
        'not_found',
        `Cannot say who is told: no alarm of this id has ever changed, got "${alarm}".`,
      );
    const { severity, labels } = known;
    const { rules } = parts.notifications;
    const now = { book: await parts.notifications.book(), rules, nowMs: parts.clock.nowMs() };
    const rows = outlookOf(alarm, now).map(({ route, channel, afterMs, told, quiet, waits }) => ({
      route: route.name,
      channel,
      kind: kindOf(channel),
      after_seconds: afterMs / 1000,
      states: [...route.states],
      digest: route.digest?.cron ?? null,
      mute: [...route.mute],
      told: told === undefined ? null : { state: told.state, at: isoOf(told.atMs) },
      quiet: [...quiet],
      waits: waits ?? null,
    }));
    return context.json({ alarm, severity, labels, rows }, 200);
  });
}
