/** The HTTP API under /api/v1: every route, with the shapes of `api.ts`, and the OpenAPI document made from them. */
import { HTTPException } from 'hono/http-exception';
import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { type IntakeCounts, sumOf } from '../intake/counts.ts';
import { Fault, HTTP_STATUS, reasonOf } from '../lib/fault.ts';
import type { Log } from '../lib/log.ts';
import { VERSION } from '../version.ts';
import type { Source } from '../sources/source.ts';
import * as shapes from './api.ts';
import { addAlarmActs } from './alarm-act-routes.ts';
import { addAlarmBackTest } from './alarm-back-test-routes.ts';
import { addAlarms } from './alarm-routes.ts';
import { addAlarmLinks } from './alarm-link-routes.ts';
import { addBackups } from './backup-routes.ts';
import { isoOf, ledgerBatches, ledgerRejects, storeFacts } from './ledger-queries.ts';
import { addBackupActs } from './backup-act-routes.ts';
import { addBackupLinks } from './backup-link-routes.ts';
import { SeriesLinks } from './backup-links.ts';
import { addBuckets } from './bucket-routes.ts';
import { addAccess, addActivity, addSplit, addTop } from './activity-routes.ts';
import { addLive } from './live.ts';
import { addSearch } from './search-routes.ts';
import { addCompleteness } from './completeness-route.ts';
import { addAnalyses, addTimeline } from './analysis-routes.ts';
import { addHealth } from './health-routes.ts';
import { addInsights } from './insight-routes.ts';
import { addCanaries } from './replication-canary-routes.ts';
import { addMetrics } from './metric-routes.ts';
import { addScrape } from './scrape-route.ts';
import { addInlets } from './inlet-routes.ts';
import { addReplication } from './replication-routes.ts';
import { addReplicationObjects } from './replication-object-routes.ts';
import { parkedMessages } from './parked-queries.ts';
import { addNotifications } from './notify-routes.ts';
import { problemResponse } from './problem.ts';
import { addReplicationAudits } from './replication-audit-routes.ts';
import { type Api, type ApiParts, answers, limitOf } from './route.ts';
import { sourceTotals } from './source-rows.ts';

/** The API over a store. Problems are RFC 9457 documents; what is our own mistake says no more than that. */
export function openApi(parts: ApiParts, log: Log): Api {
  const api = new OpenAPIHono({
    defaultHook: (result) => {
      if (!result.success) throw new Fault('invalid', `Cannot read the request: ${problemOf(result.error)}`);
    },
  });
  api.onError((error, context) => {
    const fault = faultOf(error);
    const isGone = context.req.raw.signal.aborted;
    if (fault === undefined && !isGone)
      log.error({ error: reasonOf(error), path: context.req.path }, 'request failed');
    const status = fault === undefined ? 500 : HTTP_STATUS[fault.code];
    const body = {
      title: fault === undefined ? 'Internal error' : TITLES[fault.code],
      status,
      detail: fault?.message ?? 'Something went wrong inside Bucketwatch; its log has the reason.',
      code: fault?.code ?? 'internal',
    };
    return problemResponse(body);
  });
  addStore(api, parts);
  addHealth(api, parts);
  addBuckets(api, parts);
  addActivity(api, parts);
  addSplit(api, parts);
  addTop(api, parts);
  addAccess(api, parts);
  addInsights(api, parts);
  addMetrics(api, parts);
  addScrape(api, parts);
  addAnalyses(api, parts);
  addTimeline(api, parts);
  addSearch(api, parts);
  addLedger(api, parts);
  addCompleteness(api, parts);
  addReplicationAudits(api, parts);
  addCanaries(api, parts);
  addActions(api, parts);
  addLive(api, parts);
  addInlets(api, parts);
  addReplication(api, parts);
  addReplicationObjects(api, parts);
  addBackups(api, parts);
  addAlarms(api, parts);
  addAlarmActs(api, parts);
  addAlarmBackTest(api, parts);
  const links = new SeriesLinks(parts);
  addBackupActs(api, parts, links);
  addBackupLinks(api, parts, links);
  addAlarmLinks(api, parts);
  addNotifications(api, parts);
  api.doc31('/api/v1/openapi.json', {
    openapi: '3.1.0',
    info: { title: 'Bucketwatch', version: VERSION, license: { name: 'Apache-2.0' } },
  });
  api.all('/api/*', (context) => {
    throw new Fault(
      'not_found',
      `Cannot ${context.req.method} ${context.req.path}: there is no such route; see /api/v1/openapi.json.`,
    );
  });
  return api;
}

/** The fault behind an error, if it is one that the caller can mend. */
function faultOf(error: unknown): Fault | undefined {
  if (error instanceof Fault) return error;
  if (!(error instanceof HTTPException) || error.status >= 500) return undefined;
  return new Fault(
    'invalid',
    `Cannot read the request: ${error.message}. A body is JSON, with content-type application/json.`,
  );
}

const TITLES = {
  invalid: 'Invalid request',
  not_found: 'Not found',
  denied: 'Not allowed',
  conflict: 'Conflict',
  limit: 'Limit reached',
  unavailable: 'Not available now',
  unsupported: 'Not supported',
} as const satisfies Record<Fault['code'], string>;

function problemOf(error: z.ZodError): string {
  return error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
}

function addStore(api: Api, parts: ApiParts): void {
  const status = createRoute({
    method: 'get',
    path: '/api/v1/status',
    responses: answers(shapes.Status, 'What runs and what it holds'),
  });
  api.openapi(status, async (context) => {
    const facts = await storeFacts(parts.engine);
    const { spoolBytes, loadsWaiting } = parts.intake.status();
    return context.json(
      {
        version: VERSION,
        demo: parts.isDemo,
        engine: parts.engine.kind,
        data_folder: parts.config.data,
        started_at: isoOf(parts.startedMs),
        spool: { bytes: spoolBytes, bytes_max: parts.config.intake.spool, loads_waiting: loadsWaiting },
        facts: facts.counts,
        newest_event: facts.newestEvent,
      },
      200,
    );
  });
}

function addLedger(api: Api, parts: ApiParts): void {
  const batches = createRoute({
    method: 'get',
    path: '/api/v1/batches',
    request: {
      query: z.strictObject({
        state: shapes.BatchState.optional(),
        source: z.string().max(200).optional(),
        batch_id: z
          .string()
          .regex(/^\d{1,20}$/)
          .optional(),
        limit: limitOf(100, 10_000),
        cursor: z.string().max(100).optional(),
      }),
    },
    responses: answers(shapes.BatchPage, 'The ledger: what became of every batch, latest first'),
  });
  api.openapi(batches, async (context) =>
    context.json(await ledgerBatches(context.req.valid('query'), parts.engine), 200),
  );

  const rejects = createRoute({
    method: 'get',
    path: '/api/v1/rejects',
    request: {
      query: z.strictObject({
        batch_id: z
          .string()
          .regex(/^\d{1,20}$/)
          .optional(),
        limit: limitOf(100, 10_000),
        cursor: z.string().max(100).optional(),
      }),
    },
    responses: answers(shapes.RejectPage, 'Records that no rule could read, latest first'),
  });
  api.openapi(rejects, async (context) =>
    context.json(await ledgerRejects(context.req.valid('query'), parts.engine), 200),
  );

  const parked = createRoute({
    method: 'get',
    path: '/api/v1/parked',
    request: {
      query: z.strictObject({
        source: z.string().max(200).optional(),
        limit: limitOf(100, 10_000),
        cursor: z.string().max(100).optional(),
      }),
    },
    responses: answers(shapes.ParkedPage, 'Messages that nothing could be made of, latest first'),
  });
  api.openapi(parked, async (context) =>
    context.json(await parkedMessages(context.req.valid('query'), parts.engine), 200),
  );

  const sources = createRoute({
    method: 'get',
    path: '/api/v1/sources',
    responses: answers(shapes.Sources, 'Sources and what came of them'),
  });
  api.openapi(sources, async (context) => context.json({ rows: await sourceTotals(parts) }, 200));
}

function addActions(api: Api, parts: ApiParts): void {
  const sql = createRoute({
    method: 'post',
    path: '/api/v1/sql',
    request: { body: { required: true, content: { 'application/json': { schema: shapes.SqlRequest } } } },
    responses: answers(shapes.SqlResult, 'Rows of a SELECT over the tables of the store'),
  });
  api.openapi(sql, async (context) => {
    const { query } = context.req.valid('json');
    const rows = await parts.engine.query<Record<string, unknown>>(query, {
      untrusted: true,
      limits: { timeMs: 60_000, resultRows: 100_000 },
      signal: context.req.raw.signal,
    });
    return context.json({ columns: Object.keys(rows[0] ?? {}), rows }, 200);
  });

  const ingest = createRoute({
    method: 'post',
    path: '/api/v1/ingest',
    request: { body: { required: true, content: { 'application/json': { schema: shapes.IngestRequest } } } },
    responses: answers(shapes.IngestResult, 'Loads files the server can read, and waits for the end'),
  });
  api.openapi(ingest, async (context) => {
    const { paths, retry_rejected: retry, ...options } = context.req.valid('json');
    const { signal } = context.req.raw;
    const startMs = parts.clock.nowMs();
    if (retry)
      return context.json(
        ingestResult([await parts.retryRejected(signal)], parts.clock.nowMs() - startMs),
        200,
      );
    const results: IntakeCounts[] = [];
    const sources = paths.map((path) => parts.openLocation(path, options));
    for (const source of sources) results.push(await parts.ingest(source, signal));
    return context.json(ingestResult(results, parts.clock.nowMs() - startMs, sources), 200);
  });
}

function ingestResult(
  results: readonly IntakeCounts[],
  elapsedMs: number,
  sources: readonly Source[] = [],
): shapes.IngestResult {
  const requests: Record<string, number> = {};
  for (const source of sources) {
    for (const [kind, sent] of Object.entries(source.status().requests))
      requests[kind] = (requests[kind] ?? 0) + sent;
  }
  const sum = sumOf(results);
  return {
    batches: sum.loaded,
    known: sum.known,
    rejected_batches: sum.rejected,
    failed: sum.failed,
    facts: sum.facts,
    rejects: sum.rejects,
    skipped: sum.skipped,
    size_bytes: sum.sizeBytes,
    notes: sources.map((source) => source.status().message).filter((message) => message !== ''),
    elapsed_ms: elapsedMs,
    requests,
  };
}
