/** What stores say of the buckets of pairs: whether they answer, their versioning, and what their rules report. */
import type { Engine } from '../../engine/engine.ts';
import { latestConfigs } from '../bucket-configs.ts';
import type { Looks } from './pair-notes.ts';
import type { Pair } from './pairs.ts';
import { rulesOf } from './rules.ts';

export async function looksOf(
  pairs: readonly Pair[],
  requestsPerHour: number,
  engine: Engine,
): Promise<Looks> {
  const buckets = [...new Set(pairs.flatMap(({ source, destination }) => [source, destination]))];
  const [versioning, replication] = await Promise.all([
    latestConfigs({ aspect: 'versioning', buckets }, engine),
    latestConfigs({ aspect: 'replication', buckets: pairs.map(({ source }) => source) }, engine),
  ]);
  const answered = [...versioning].filter(([, { state }]) => state === 'present' || state === 'absent');
  return {
    requestsPerHour,
    reachable: new Set(answered.map(([bucket]) => bucket)),
    versioning: new Map(
      answered.map(([bucket, { document }]) => [bucket, /"Status":"(\w+)"/.exec(document)?.[1] ?? '']),
    ),
    withMetrics: new Set(
      [...replication].flatMap(([bucket, { document }]) =>
        rulesOf({ source: bucket, document, targetSeconds: 0 }).flatMap(({ id, hasMetrics }) =>
          hasMetrics ? [id] : [],
        ),
      ),
    ),
  };
}
