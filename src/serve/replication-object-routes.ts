/** Replication by object: lists by status, the history of one object, and manifests to replicate again. */
import { createRoute, z } from '@hono/zod-openapi';
import { stream } from 'hono/streaming';
import { Fault } from '../lib/fault.ts';
import { objectHistory, type VersionHistory } from '../monitors/replication/history.ts';
import { manifestParts } from '../monitors/replication/manifest.ts';
import { replicationObjects } from '../monitors/replication/objects.ts';
import { readPairs } from '../monitors/replication/pairs.ts';
import { isoOf } from './ledger-queries.ts';
import { objectAnswer } from './replication-answers.ts';
import * as shapes from './replication-api.ts';
import { chosen, chosenQuery, everythingOf } from './replication-query.ts';
import { type Api, type ApiParts, answers, limitOf, problemAnswer } from './route.ts';

const reason = z.string().max(200).optional();

export function addReplicationObjects(api: Api, parts: ApiParts): void {
  addObjects(api, parts);
  addObject(api, parts);
  addManifest(api, parts);
}

function addObjects(api: Api, parts: ApiParts): void {
  const route = createRoute({
    method: 'get',
    path: '/api/v1/replication/objects',
    request: {
      query: chosenQuery.extend({
        status: shapes.statuses.optional(),
        reason,
        key: z.string().max(1024).optional(),
        older_than: z.coerce.number().int().min(0).optional().openapi({
          description: 'Only versions written at least so many seconds before `until`.',
        }),
        limit: limitOf(100, 10_000),
        cursor: z.string().max(100).optional(),
      }),
    },
    responses: answers(
      shapes.ReplicationObjects,
      'Versions and destinations; PENDING alone: the oldest first, otherwise the newest',
    ),
  });
  api.openapi(route, async (context) => {
    const { status, older_than: olderThanSeconds, ...query } = context.req.valid('query');
    const nowMs = parts.clock.nowMs();
    const { limit, cursor, key } = query;
    const page = await replicationObjects(
      {
        range: everythingOf(query, nowMs),
        ...chosen(query),
        limit,
        ...(status === undefined ? {} : { statuses: status }),
        ...(query.reason === undefined ? {} : { reason: query.reason }),
        ...(key === undefined ? {} : { key }),
        ...(olderThanSeconds === undefined ? {} : { olderThanSeconds }),
        ...(cursor === undefined ? {} : { cursor }),
      },
      parts.engine,
    );
    return context.json(
      { rows: page.rows.map((row) => objectAnswer(row, nowMs)), next_cursor: page.nextCursor },
      200,
    );
  });
}

function addObject(api: Api, parts: ApiParts): void {
  const route = createRoute({
    method: 'get',
    path: '/api/v1/replication/object',
    request: {
      query: z.strictObject({
        bucket: z.string().min(1).max(255),
        key: z.string().min(1).max(1024),
        version_id: z.string().max(1024).optional(),
        limit: limitOf(20, 200),
      }),
    },
    responses: answers(shapes.ObjectHistory, 'What happened to the versions of one object, here and there'),
  });
  api.openapi(route, async (context) => {
    const { bucket, key, version_id: versionId, limit } = context.req.valid('query');
    const nowMs = parts.clock.nowMs();
    const history = await objectHistory(
      { bucket, key, versionsMax: limit, ...(versionId === undefined ? {} : { versionId }) },
      parts.engine,
    );
    return context.json(
      {
        bucket,
        key,
        versions: history.versions.map((version) => versionAnswer(version, nowMs)),
        has_more: history.hasMore,
      },
      200,
    );
  });
}

function versionAnswer(version: VersionHistory, nowMs: number): shapes.ObjectHistory['versions'][number] {
  return {
    version_id: version.versionId,
    size_bytes: version.sizeBytes,
    written_at: version.writtenMs === null ? null : isoOf(version.writtenMs),
    delete_marker: version.isDeleteMarker,
    removed_at: version.removedMs === null ? null : isoOf(version.removedMs),
    destinations: version.destinations.map((row) => objectAnswer(row, nowMs)),
    steps: version.steps.map(({ timeMs, bucket, what, feed, eventName }) => ({
      time: isoOf(timeMs),
      bucket,
      what,
      feed,
      event_name: eventName,
    })),
  };
}

function addManifest(api: Api, parts: ApiParts): void {
  const route = createRoute({
    method: 'get',
    path: '/api/v1/replication/manifest',
    request: {
      query: chosenQuery.extend({ status: shapes.statuses.default(['FAILED']), reason }),
    },
    responses: {
      200: {
        description: 'A manifest for S3 Batch Replication: bucket, key (URL-encoded), version id; no heading',
        content: { 'text/csv': { schema: z.string() } },
      },
      ...problemAnswer,
    },
  });
  api.openapi(route, async (context) => {
    const query = context.req.valid('query');
    const source = await sourceOf(chosen(query), parts);
    const lines = manifestParts(
      {
        range: everythingOf(query, parts.clock.nowMs()),
        statuses: query.status,
        source,
        bucketName: source.slice(source.lastIndexOf(':') + 1),
        ...(query.pair === undefined ? {} : { pair: query.pair }),
        ...(query.reason === undefined ? {} : { reason: query.reason }),
      },
      parts.engine,
      context.req.raw.signal,
    );
    // The first part is made before the answer begins, so that what fails at once is a problem and no short manifest.
    const first = await lines.next();
    context.header('content-type', 'text/csv; charset=utf-8');
    context.header('content-disposition', 'attachment; filename="replicate-again.csv"');
    return stream(context, async (out) => {
      if (first.done !== true) await out.write(first.value);
      for await (const part of lines) await out.write(part);
    }) as never;
  });
}

/** The one bucket a manifest is for. Throws `invalid` when the query does not say which. */
async function sourceOf(
  choice: { readonly pair?: string; readonly bucket?: string },
  parts: ApiParts,
): Promise<string> {
  if (choice.bucket !== undefined && choice.pair === undefined) return choice.bucket;
  const pairs = await readPairs(choice, parts.engine);
  const sources = [...new Set(pairs.map(({ source }) => source))];
  const [source] = sources;
  if (source !== undefined && sources.length === 1) return source;
  throw new Fault(
    'invalid',
    `Cannot make the manifest: a job is for one source bucket; name it by bucket, or by pair${
      sources.length > 1 ? `, of ${sources.join(', ')}` : ''
    }.`,
  );
}
