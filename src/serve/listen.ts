/** The HTTP server: the API and the page, on one address. */
import { existsSync } from 'node:fs';
import { isIP } from 'node:net';
import { fileURLToPath } from 'node:url';
import { type ServerType, serve } from '@hono/node-server';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import { Fault } from '../lib/fault.ts';
import { isSameSecret } from '../lib/secret.ts';
import { isForAlarmLink } from './alarm-links.ts';
import { isForLink } from './backup-links.ts';
import { isForProbe } from './health-routes.ts';
import { tokenOf } from './credentials.ts';
import { isForInlet } from './inlet-routes.ts';
import { problemResponse } from './problem.ts';
import type { Api } from './route.ts';

export interface ListenRequest {
  readonly api: Api;
  /** host:port; port 0 takes a free one. */
  readonly address: string;
  readonly token: string | undefined;
  /** Address under which people reach it, through something in front of it. */
  readonly publicUrl?: string | undefined;
}

export interface Server {
  readonly url: string;
  close(): Promise<void>;
}

const PAGE = fileURLToPath(new URL('../../dashboard/dist', import.meta.url));

/** Listens. Beyond loopback a token is required; without one that is refused. */
export async function listen(request: ListenRequest): Promise<Server> {
  const colon = request.address.lastIndexOf(':');
  const host = request.address.slice(0, colon).replace(/^\[(.*)\]$/, '$1');
  const port = Number(request.address.slice(colon + 1));
  if (!isLoopback(host) && request.token === undefined) {
    throw new Fault(
      'invalid',
      `Cannot listen on ${request.address}: beyond loopback everybody who reaches it could read the store. ` +
        'Set auth.token in the configuration, or listen on 127.0.0.1.',
    );
  }
  const app = site(request);
  const server = await new Promise<ServerType>((resolve, reject) => {
    const started: ServerType = serve({ fetch: app.fetch, hostname: host, port }, () => resolve(started));
    started.once('error', (error: NodeJS.ErrnoException) => reject(listenFault(error, request.address)));
  });
  const bound = server.address();
  const boundPort = typeof bound === 'object' && bound !== null ? bound.port : port;
  return {
    url: `http://${isIP(host) === 6 ? `[${host}]` : host}:${boundPort}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        if ('closeAllConnections' in server) server.closeAllConnections();
      }),
  };
}

function site(request: ListenRequest): Hono {
  const { api } = request;
  const app = new Hono();
  // A badge stands in pages of other sites; what is set here comes after what the next line sets.
  app.use('/badge/*', async (context, next) => {
    await next();
    context.header('cross-origin-resource-policy', 'cross-origin');
  });
  // With no referrer at all a browser says `null` for the origin of a form, and what is not of ours is refused.
  app.use('/alarm/*', async (context, next) => {
    await next();
    context.header('referrer-policy', 'same-origin');
  });
  app.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        frameAncestors: ["'none'"],
      },
    }),
  );
  app.use('*', async (context, next) => {
    const refusal = refusalOf(context.req.raw, request);
    if (refusal !== undefined) return refusal;
    return next();
  });
  app.route('/', api);
  if (!existsSync(PAGE)) {
    app.get('*', (context) =>
      context.text('The page is not built: run npm run build. The API is under /api/v1.', 503),
    );
    return app;
  }
  app.use('/assets/*', async (context, next) => {
    await next();
    context.header('cache-control', 'public, max-age=31536000, immutable');
  });
  app.use('*', serveStatic({ root: PAGE }));
  app.get('*', serveStatic({ path: `${PAGE}/index.html` }));
  return app;
}

/**
 * With a token: who does not bring it, as bearer token or as the password of a browser's dialog, is refused; a webhook
 * asks for its own secret instead, and the token in a secret link lets in to what that shows or does. Without one
 * we listen on loopback only, and a request must name loopback as its host: a page elsewhere whose name was pointed at
 * this machine does not. Whether we live and are ready is told to all: who asks for that asks by address.
 */
function refusalOf(request: Request, { token, address, publicUrl }: ListenRequest): Response | undefined {
  if (isForProbe(request)) return undefined;
  if (isFromElsewhere(request, publicUrl))
    return problem(403, 'Cannot answer: the request comes from a page of another site.');
  if (isForAlarmLink(request)) return undefined;
  if (token !== undefined) {
    if (isForInlet(request) || isForLink(request)) return undefined;
    return isSameSecret(tokenOf(request), token)
      ? undefined
      : problem(401, 'Cannot answer: the request has no valid token.');
  }
  const { hostname } = new URL(request.url);
  if (isLoopback(hostname.replace(/^\[(.*)\]$/, '$1')) || address.startsWith(`${hostname}:`))
    return undefined;
  return problem(403, `Cannot answer: this server answers to loopback names only, not to "${hostname}".`);
}

/** A page of another site may not act here, even in a browser that is let in. */
function isFromElsewhere(request: Request, publicUrl: string | undefined): boolean {
  if (request.method === 'GET' || request.method === 'HEAD') return false;
  const origin = request.headers.get('origin');
  const own = [request.url, ...(publicUrl === undefined ? [] : [publicUrl])];
  return origin !== null && !own.some((url) => new URL(url).origin === origin);
}

function problem(status: 401 | 403, detail: string): Response {
  return problemResponse(
    { status, title: 'Not allowed', detail, code: 'denied' },
    { 'www-authenticate': 'Basic realm="Bucketwatch", charset="UTF-8"' },
  );
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function listenFault(error: NodeJS.ErrnoException, address: string): Fault {
  const why =
    error.code === 'EADDRINUSE'
      ? 'something listens there already; choose another with --listen'
      : error.message;
  return new Fault('conflict', `Cannot listen on ${address}: ${why}.`, { cause: error });
}
