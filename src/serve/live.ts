/** Server-sent events: tells pages that something was loaded, so that they ask again. */
import { createRoute, z } from '@hono/zod-openapi';
import { type SSEStreamingApi, streamSSE } from 'hono/streaming';
import type { IntakeCounts } from '../intake/counts.ts';
import { Fault } from '../lib/fault.ts';
import { isoOf } from './ledger-queries.ts';
import { type Api, type ApiParts, problemAnswer } from './route.ts';

/** A change is told at most this often. */
const LOOK_MS = 1000;
/** Silence this long is broken by a comment, or proxies take the connection for dead. */
const HEARTBEAT_LOOKS = 15;
const STREAMS_MAX = 100;

export function addLive(api: Api, parts: ApiParts): void {
  let streams = 0;
  const events = createRoute({
    method: 'get',
    path: '/api/v1/events',
    request: { query: z.strictObject({}) },
    responses: {
      200: {
        description:
          'A stream: `hello` first, then `change` after loads, at most one a second. Data: `at`, and how many `facts` and `batches` have been taken in since the server started.',
        content: { 'text/event-stream': { schema: z.string() } },
      },
      ...problemAnswer,
    },
  });
  api.openapi(events, (context) => {
    if (streams >= STREAMS_MAX)
      throw new Fault('limit', `Cannot open another live stream: ${STREAMS_MAX} are open.`);
    streams += 1;
    return streamSSE(context, async (stream) => {
      try {
        await tellChanges(stream, parts);
      } finally {
        streams -= 1;
      }
    });
  });
}

async function tellChanges(stream: SSEStreamingApi, parts: ApiParts): Promise<void> {
  const gone = new AbortController();
  stream.onAbort(() => gone.abort());
  const tell = (event: string, { loaded, rejected, facts }: IntakeCounts): Promise<void> =>
    stream.writeSSE({
      event,
      data: JSON.stringify({ at: isoOf(parts.clock.nowMs()), facts, batches: loaded + rejected }),
    });
  let told = parts.intake.total();
  await tell('hello', told);
  for (let looks = 1; !stream.aborted; looks += 1) {
    await parts.clock.sleep(LOOK_MS, gone.signal).catch(() => undefined);
    const now = parts.intake.total();
    if (now.loaded + now.rejected !== told.loaded + told.rejected) {
      told = now;
      await tell('change', now);
    } else if (looks % HEARTBEAT_LOOKS === 0) {
      await stream.write(': nothing new\n\n');
    }
  }
}
