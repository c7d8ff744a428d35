/** The page and the badge of one series, for who has its secret link. */
import { createRoute, z } from '@hono/zod-openapi';
import { type ShownSeries, shownSeries } from '../monitors/backups/linked-series.ts';
import type { SeriesLinks } from './backup-links.ts';
import { badgeSvg, statusPage } from './backup-pages.ts';
import type { Api, ApiParts } from './route.ts';

const HEADERS = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-robots-tag': 'noindex, nofollow',
};

const PAGES = [
  {
    path: '/status/{token}',
    pattern: '/status/:token',
    type: 'text/html; charset=utf-8',
    description: 'The page of one backup, for who has its link',
    show: statusPage,
  },
  {
    path: '/badge/{token}.svg',
    pattern: '/badge/:token{.+\\.svg}',
    type: 'image/svg+xml; charset=utf-8',
    description: 'The badge of one backup, for who has its link',
    show: badgeSvg,
  },
] as const satisfies readonly {
  readonly path: string;
  readonly pattern: string;
  readonly type: string;
  readonly description: string;
  readonly show: (shown: ShownSeries) => string;
}[];

/** What no token is of is not found, and nothing more is said. */
export function addBackupLinks(api: Api, parts: ApiParts, links: SeriesLinks): void {
  for (const { path, pattern, type, description, show } of PAGES) {
    api.openAPIRegistry.registerPath(
      createRoute({
        method: 'get',
        path,
        request: { params: z.object({ token: z.string() }) },
        responses: {
          200: { description, content: { [type]: { schema: z.string() } } },
          404: { description: 'No series has this link' },
        },
      }),
    );
    api.get(pattern, async (context) => {
      const id = await links.find(context.req.param('token').replace(/\.svg$/, ''));
      const shown = id === undefined ? undefined : await shownSeries(id, parts.engine);
      if (shown === undefined) return new Response('Not found.\n', { status: 404, headers: HEADERS });
      return new Response(show(shown), { headers: { ...HEADERS, 'content-type': type } });
    });
  }
}
