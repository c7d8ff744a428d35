/** The route on which webhooks take in what is sent to them. It has secrets of its own, one for each source. */
import { createRoute, z } from '@hono/zod-openapi';
import { batchIdOf } from '../intake/arrival.ts';
import type { Inlet, InletAnswer } from '../sources/source.ts';
import * as shapes from './api.ts';
import { tokenOf } from './credentials.ts';
import { ledgerBatches } from './ledger-queries.ts';
import { problemResponse } from './problem.ts';
import { type Api, type ApiParts, answers } from './route.ts';

const INLET = /^\/api\/v1\/ingest\/[^/]+$/;
const RETRY_S = 5;

/** Whether a request is for a webhook: its source's secret lets it in, not the token of the API. */
export function isForInlet(request: Request): boolean {
  return request.method === 'POST' && INLET.test(new URL(request.url).pathname);
}

export function addInlets(api: Api, parts: ApiParts): void {
  const memory = new BodyMemory(parts.config.intake.document);
  const route = createRoute({
    method: 'post',
    path: '/api/v1/ingest/{source}',
    request: { params: z.object({ source: z.string().max(200) }) },
    responses: answers(
      shapes.InletResult,
      'Takes in what a store sends to a webhook; answers when it is stored',
    ),
  });
  api.openAPIRegistry.registerPath(route);
  api.post(route.getRoutingPath(), async (context) => {
    const request = context.req.raw;
    const source = context.req.param('source');
    const inlet = parts.sources.find(({ name }) => name === source)?.inlet;
    const isOpen =
      inlet !== undefined && (inlet.signatureHeader !== undefined || inlet.isSecret(secretOf(request)));
    if (inlet === undefined || !isOpen) return refused();
    if (parts.intake.status().spoolBytes > parts.config.intake.spool) return later('the spool is full');
    const body = await memory.read(request);
    if (body === 'too large') return tooLarge(parts.config.intake.document);
    if (body === 'no room') return later('other bodies are being read');
    try {
      if (!isSigned(inlet, request, body)) return refused();
      if (body.byteLength === 0) return invalid('the body is empty');
      const answer = await inlet.take(body);
      if (answer.kind !== 'settled') return problemFor(answer);
      return await resultOf(batchIdOf(answer.identity), parts);
    } finally {
      memory.free(body);
    }
  });
}

/** A secret as MinIO and others send it: as bearer token, as the password in the URL, or bare. */
function secretOf(request: Request): string {
  const header = (request.headers.get('authorization') ?? '').trim();
  return header.includes(' ') ? tokenOf(request) : header;
}

function isSigned(inlet: Inlet, request: Request, body: Uint8Array): boolean {
  if (inlet.signatureHeader === undefined) return true;
  return inlet.isSignature(request.headers.get(inlet.signatureHeader) ?? '', body);
}

/** What the ledger says of the batch; a batch of which nothing could be read is the sender's problem. */
async function resultOf(batchId: string, parts: ApiParts): Promise<Response> {
  const { rows } = await ledgerBatches({ batch_id: batchId, limit: 1 }, parts.engine);
  const [batch] = rows;
  if (batch === undefined) throw new Error(`no batch ${batchId} in the ledger`);
  const { state, reason, facts, rejects, skipped } = batch;
  if (state === 'rejected') return invalid(`${reason}; it is kept, see /api/v1/batches`);
  if (facts === 0 && rejects > 0)
    return invalid('no record in it could be read; they are kept, see /api/v1/rejects');
  const result: shapes.InletResult = { batch_id: batchId, facts, rejects, skipped };
  return Response.json(result);
}

function problemFor(answer: Exclude<InletAnswer, { kind: 'settled' }>): Response {
  return answer.kind === 'parked'
    ? invalid(`${answer.reason}; it is kept, see /api/v1/parked`)
    : later(answer.reason);
}

function refused(): Response {
  const detail = 'Cannot take it in: there is no webhook of this name, or the secret is not its own.';
  return problemResponse(
    { status: 401, title: 'Not allowed', detail, code: 'denied' },
    { 'www-authenticate': 'Bearer' },
  );
}

function invalid(reason: string): Response {
  const detail = `Cannot take the body in: ${reason}.`;
  return problemResponse({ status: 400, title: 'Invalid request', detail, code: 'invalid' });
}

function tooLarge(bytesMax: number): Response {
  const detail = `Cannot take the body in: it is longer than the limit, ${bytesMax} bytes (intake.document).`;
  return problemResponse({ status: 413, title: 'Limit reached', detail, code: 'limit' });
}

function later(reason: string): Response {
  const detail = `Cannot take the body in now: ${reason}. Send it again later.`;
  return problemResponse(
    { status: 503, title: 'Not available now', detail, code: 'unavailable' },
    { 'retry-after': String(RETRY_S) },
  );
}

/** Bodies in memory: all of them together no larger than one may be. */
class BodyMemory {
  readonly #bytesMax: number;
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  async read(request: Request): Promise<Uint8Array | 'too large' | 'no room'> {
    if (Number(request.headers.get('content-length') ?? 0) > this.#bytesMax) return 'too large';
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    try {
      for await (const chunk of request.body ?? []) {
        bytes += chunk.byteLength;
        if (bytes > this.#bytesMax) return 'too large';
        if (this.#bytes + chunk.byteLength > this.#bytesMax) return 'no room';
        this.#bytes += chunk.byteLength;
        chunks.push(chunk);
      }
      const body = Buffer.concat(chunks);
      chunks.length = 0;
      return body;
    } finally {
      // What was read in part is forgotten; a whole body counts until it is freed.
      for (const chunk of chunks) this.#bytes -= chunk.byteLength;
    }
  }

  free(body: Uint8Array): void {
    this.#bytes -= body.byteLength;
  }
}
