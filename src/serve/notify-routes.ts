/** Notifications: what was told to whom, and who would be told of an alarm. */
import { createRoute, z } from '@hono/zod-openapi';
import { Fault } from '../lib/fault.ts';
import { targetsOf } from '../notify/route.ts';
import { linkedAlarm } from './alarm-link-acts.ts';
import * as shapes from './notify-api.ts';
import { notificationLog } from './notify-queries.ts';
import { type Api, type ApiParts, answers, limitOf } from './route.ts';

export function addNotifications(api: Api, parts: ApiParts): void {
  const kinds = new Map(parts.notifications.channels.map(({ name, kind }) => [name, kind]));
  const kindOf = (channel: string) => kinds.get(channel) ?? null;
  const log = createRoute({
    method: 'get',
    path: '/api/v1/notifications',
    request: {
      query: z.strictObject({
        channel: z.string().max(100).optional(),
        alarm: z.string().max(4000).optional(),
        limit: limitOf(100, 1000),
        cursor: z.string().max(100).optional(),
      }),
    },
    responses: answers(shapes.Notifications, 'What became of each message, latest first'),
  });
  api.openapi(log, async (context) =>
    context.json(await notificationLog(context.req.valid('query'), { engine: parts.engine, kindOf }), 200),
  );

  const routes = createRoute({
    method: 'get',
    path: '/api/v1/notifications/routes',
    request: { query: z.strictObject({ alarm: z.string().min(1).max(4000) }) },
    responses: answers(shapes.NotifyTargets, 'Who is told of an alarm, by the routes of the configuration'),
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
    const rows = targetsOf(known, parts.notifications.rules.routes).map(({ route, channel, afterMs }) => ({
      route: route.name,
      channel,
      kind: kindOf(channel),
      after_seconds: afterMs / 1000,
      states: [...route.states],
      digest: route.digest?.cron ?? null,
      mute: [...route.mute],
    }));
    return context.json({ alarm, severity, labels, rows }, 200);
  });
}
