/** Pages behind the links of messages: they ask on GET, as programs that check mail look at every link, and act on POST. */
import { createRoute, z } from '@hono/zod-openapi';
import { bodyLimit } from 'hono/body-limit';
import {
  type LinkedAlarm,
  linkedAlarm,
  objectionTo,
  type Said,
  say,
  SILENCE_TIMES,
} from './alarm-link-acts.ts';
import { alarmPage, donePage } from './alarm-link-pages.ts';
import { LINK_ACTS, type LinkAct, linkOf } from './alarm-links.ts';
import type { Api, ApiParts } from './route.ts';

const HEADERS = {
  'cache-control': 'no-store',
  'content-type': 'text/html; charset=utf-8',
  'x-robots-tag': 'noindex, nofollow',
};
const FORM_BYTES_MAX = 20_000;

const form = z.object({
  author: z.string().trim().min(1).max(200),
  reason: z.string().trim().max(2000).default(''),
  time: z.enum(Object.keys(SILENCE_TIMES) as (keyof typeof SILENCE_TIMES)[]).default('1h'),
});

const DONE = {
  acknowledge: 'Acknowledged: it is neither repeated nor escalated until it recovers.',
  silence: 'Silenced: for that time nobody is told of it, except that it is over.',
} as const;

/** What no token is of, or not any more, is not found, and nothing more is said. */
export function addAlarmLinks(api: Api, parts: ApiParts): void {
  for (const act of LINK_ACTS) {
    describe(api, act, 'get');
    api.get(`/alarm/${act}/:token`, async (context) => {
      const found = await foundBy({ act, token: context.req.param('token') }, parts);
      if (found === undefined) return notFound();
      const { home } = parts.notifications.rules;
      return page(200, alarmPage(found, { act, objection: objectionTo(act, found), home }));
    });
    if (act !== 'open') addAct(api, act, parts);
  }
}

function addAct(api: Api, act: Exclude<LinkAct, 'open'>, parts: ApiParts): void {
  describe(api, act, 'post');
  api.post(`/alarm/${act}/:token`, bodyLimit({ maxSize: FORM_BYTES_MAX }), async (context) => {
    const found = await foundBy({ act, token: context.req.param('token') }, parts);
    if (found === undefined) return notFound();
    const { home } = parts.notifications.rules;
    const objection = objectionTo(act, found);
    if (objection !== '') return page(409, alarmPage(found, { act, objection, home }));
    const given = form.safeParse(Object.fromEntries(new URLSearchParams(await context.req.text())));
    if (!given.success)
      return page(400, alarmPage(found, { act, objection: 'A name is needed; go back.', home }));
    const said: Said = given.data;
    if (act === 'silence' && said.reason === '')
      return page(400, alarmPage(found, { act, objection: 'A reason is needed; go back.', home }));
    await say(act, found, { said, nowMs: parts.clock.nowMs(), engine: parts.engine });
    return page(200, donePage(DONE[act], home));
  });
}

async function foundBy(
  given: { readonly act: LinkAct; readonly token: string },
  { engine, linkKey, clock }: ApiParts,
): Promise<LinkedAlarm | undefined> {
  const link = linkOf(given, { key: linkKey, nowMs: clock.nowMs() });
  return link === undefined ? undefined : linkedAlarm(link.alarm, engine);
}

function describe(api: Api, act: LinkAct, method: 'get' | 'post'): void {
  const what = method === 'get' ? 'The alarm of a link, and a form' : 'Does what the form says';
  api.openAPIRegistry.registerPath(
    createRoute({
      method,
      path: `/alarm/${act}/{token}`,
      request: { params: z.object({ token: z.string() }) },
      responses: {
        200: { description: what, content: { 'text/html': { schema: z.string() } } },
        404: { description: 'No alarm has this link, or not any more' },
      },
    }),
  );
}

function page(status: number, html: string): Response {
  return new Response(html, { status, headers: HEADERS });
}

function notFound(): Response {
  return page(404, donePage('This link is over, or was never one.', ''));
}
