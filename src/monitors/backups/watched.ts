/** Buckets in which backups are looked for, and what their looks came to. */
import type { Engine } from '../../engine/engine.ts';
import { fits } from './watch.ts';

export interface WatchedBucket {
  /** Its id. */
  readonly bucket: string;
  /** Milliseconds since 1970 UTC; null when it was never listed. */
  readonly lastLookMs: number | null;
  /** Listed in its last whole look. */
  readonly keys: number;
  /** Of them, files of more series than are kept. */
  readonly leftOut: number;
  /** Why it could not be listed; empty when it could. */
  readonly problem: string;
}

export interface WatchedQuery {
  readonly bucket?: string | undefined;
  /** Bucket ids of the configuration, with `*` for anything. */
  readonly patterns: readonly string[];
  /** Buckets of series that are known. */
  readonly known: readonly string[];
}

/** What is watched, by bucket: buckets that the configuration names or series are in, and those found by a pattern. */
export async function watchedBuckets(query: WatchedQuery, engine: Engine): Promise<WatchedBucket[]> {
  const { bucket, patterns, known } = query;
  const looks = new Map((await lastLooks(engine)).map((look) => [look.bucket, look]));
  const named = patterns.filter((pattern) => !pattern.includes('*'));
  const found = [...looks.keys()].filter((id) => patterns.some((pattern) => fits(id, pattern)));
  return [...new Set([...known, ...named, ...found])]
    .filter((id) => bucket === undefined || id === bucket)
    .sort()
    .map((id) => looks.get(id) ?? { bucket: id, lastLookMs: null, keys: 0, leftOut: 0, problem: '' });
}

function lastLooks(engine: Engine): Promise<WatchedBucket[]> {
  return engine.query<WatchedBucket>(
    `select bucket,
       toUnixTimestamp64Milli(max(at)) as lastLookMs,
       argMaxIf(looks.keys, at, is_whole) as keys,
       argMaxIf(left_out, at, is_whole) as leftOut,
       argMax(looks.problem, (at, looks.problem != '')) as problem
     from (
       select bucket, at, backup_looks.keys, left_out, backup_looks.problem,
         backup_looks.problem = '' and (prefix = '' or cause in ('first', 'regular', 'asked')) as is_whole
       from backup_looks
     ) as looks
     group by bucket`,
  );
}
