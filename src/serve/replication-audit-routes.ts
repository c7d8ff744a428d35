/** Routes of drift audits: what they came to, and where the command line reports its own. */
import { createRoute, z } from '@hono/zod-openapi';
import {
  type Audit,
  auditSentence,
  driftOf,
  keepAudit,
  type KeptAudit,
  keptAudits,
} from '../monitors/replication/audits.ts';
import { isoOf } from './ledger-queries.ts';
import { type AuditReport, AuditReport as auditReport, AuditRow, Audits } from './replication-audit-api.ts';
import { type Api, type ApiParts, answers, limitOf } from './route.ts';

export function addReplicationAudits(api: Api, parts: ApiParts): void {
  const list = createRoute({
    method: 'get',
    path: '/api/v1/replication/audits',
    request: {
      query: z.strictObject({
        source: z.string().max(2_000).optional(),
        destination: z.string().max(2_000).optional(),
        location: z.string().max(2_000).optional(),
        pair: z.string().max(1_000).optional(),
        limit: limitOf(100, 1_000),
      }),
    },
    responses: answers(Audits, 'Drift audits, the latest first'),
  });
  api.openapi(list, async (context) => {
    const audits = await keptAudits(context.req.valid('query'), parts.engine);
    return context.json({ rows: audits.map(rowOf) }, 200);
  });

  const report = createRoute({
    method: 'post',
    path: '/api/v1/replication/audits',
    request: { body: { required: true, content: { 'application/json': { schema: auditReport } } } },
    responses: answers(AuditRow, 'Keeps what an audit came to'),
  });
  api.openapi(report, async (context) => {
    const audit = auditOf(context.req.valid('json'));
    await keepAudit(audit, parts.engine);
    return context.json(rowOf({ ...audit, pairIds: [] }), 200);
  });
}

function auditOf(given: AuditReport): Audit {
  return {
    source: given.source,
    destination: given.destination,
    sourceBucket: given.source_bucket,
    destinationBucket: given.destination_bucket,
    startedMs: Date.parse(given.started_at),
    endedMs: Date.parse(given.ended_at),
    ending: given.ending,
    problem: given.problem,
    answers: given.answers,
    sourceObjects: given.source_objects,
    destinationObjects: given.destination_objects,
    ignoresExtra: given.ignores_extra,
    graceSeconds: given.grace_seconds,
    requests: given.requests,
  };
}

function rowOf(audit: KeptAudit): AuditRow {
  return {
    source: audit.source,
    destination: audit.destination,
    source_bucket: audit.sourceBucket,
    destination_bucket: audit.destinationBucket,
    started_at: isoOf(audit.startedMs),
    ended_at: isoOf(audit.endedMs),
    ending: audit.ending,
    problem: audit.problem,
    answers: [...audit.answers],
    source_objects: audit.sourceObjects,
    destination_objects: audit.destinationObjects,
    ignores_extra: audit.ignoresExtra,
    grace_seconds: audit.graceSeconds,
    requests: audit.requests,
    pair_ids: [...audit.pairIds],
    drift_objects: driftOf(audit),
    sentence: auditSentence(audit),
  };
}
