/** How often each kind of access occurred that deserves a look. */
import type { Engine } from '../../engine/engine.ts';
import { ACCESS_KINDS, type AccessKind } from './access-kinds.ts';
import { type ActivityQuery, ADDED_UP, bucketParam, principals } from './levels.ts';

export interface AccessRow {
  readonly kind: AccessKind;
  readonly requests: number;
  readonly bytes_sent: number;
  readonly buckets: number;
}

/** Every kind, also those that never occurred. */
export async function accessKinds(query: ActivityQuery, engine: Engine): Promise<AccessRow[]> {
  const kinds = Object.entries(ACCESS_KINDS).map(([kind, { bit }]) => `('${kind}', ${bit})`);
  const rows = await engine.query<AccessRow>(
    `select kinds.1 as kind, sum(seen.n) as requests, sum(seen.bytes) as bytes_sent, uniqExact(seen.bucket) as buckets
     from (
       select access, bucket, sum(requests) as n, sum(bytes_sent) as bytes
       from ${principals('access, bucket, requests, bytes_sent', query)}
       where access != 0
       group by access, bucket
     ) as seen
     array join [${kinds.join(', ')}] as kinds
     where bitAnd(seen.access, kinds.2) != 0
     group by kind
     ${ADDED_UP}`,
    { params: bucketParam(query) },
  );
  const rowOf = new Map(rows.map((row) => [row.kind, row]));
  return (Object.keys(ACCESS_KINDS) as AccessKind[]).map(
    (kind) => rowOf.get(kind) ?? { kind, requests: 0, bytes_sent: 0, buckets: 0 },
  );
}
