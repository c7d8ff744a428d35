/** The count of files of each series over time. */
import type { Engine } from '../../engine/engine.ts';
import { conditionOf, type SeriesChoice } from './chosen.ts';

export interface CountsQuery extends SeriesChoice {
  readonly startMs: number;
  /** Exclusive. */
  readonly endMs: number;
  readonly stepSeconds: number;
}

export interface SeriesCounts {
  readonly bucket: string;
  readonly series: string;
  /** Files by the start of their step, seconds since 1970 UTC; steps without any are left out. */
  readonly counts: ReadonlyMap<number, number>;
}

/** How long after LastModified, which is when an upload began, the event of the same writing may come. */
const UPLOAD_MS_MAX = 86_400_000;
/** Clocks of a store, and fractions that LastModified does not have. */
const SLACK_MS = 5_000;

/** A subquery: files that were written in the range, each once. Columns `bucket`, `series`, `at` and `at_ms`. */
export function writtenFiles({ isChosen, startMs, endMs }: WrittenQuery): string {
  const within = (fromMs: number, toMs: number): string =>
    `at >= fromUnixTimestamp64Milli(${fromMs}) and at < fromUnixTimestamp64Milli(${toMs})`;
  return `(
         select bucket, series, at, at_ms
         from (
           select bucket, series, at, feed,
             toUnixTimestamp64Milli(at) as at_ms,
             leadInFrame(feed = 'event', 1, false) over next_told as is_event_next,
             leadInFrame(toUnixTimestamp64Milli(at), 1, 0) over next_told as next_ms
           from backup_files
           where ${isChosen} and ${within(startMs, endMs + UPLOAD_MS_MAX)}
           window next_told as (
             partition by bucket, key, etag, size_bytes
             order by toUnixTimestamp64Milli(at) + if(feed = 'event', ${SLACK_MS}, 0), feed desc
             rows between unbounded preceding and unbounded following)
         )
         where ${within(startMs, endMs)}
           and not (feed = 'listing' and is_event_next and next_ms - at_ms <= ${UPLOAD_MS_MAX})
       )`;
}

interface WrittenQuery extends Pick<CountsQuery, 'startMs' | 'endMs'> {
  /** A condition on `bucket` and `series`. */
  readonly isChosen: string;
}

/**
 * Files that were written in the range, also when they are gone, by series: each known series, and each with files, by
 * bucket and name. What an event and a listing both told is one file, at the time of the event.
 */
export async function fileCounts(query: CountsQuery, engine: Engine): Promise<SeriesCounts[]> {
  const { startMs, endMs, stepSeconds } = query;
  const { isChosen, params } = conditionOf(query);
  const rows = await engine.query<{
    readonly bucket: string;
    readonly series: string;
    readonly steps: readonly (readonly [startS: number, files: number])[];
  }>(
    `select bucket, series, groupArrayIf((start_s, files), files > 0) as steps
     from (
       select bucket, series, intDiv(at_ms, ${stepSeconds * 1000}) * ${stepSeconds} as start_s, count() as files
       from ${writtenFiles({ isChosen, startMs, endMs })}
       group by bucket, series, start_s
       union all
       select bucket, series, 0 as start_s, toUInt64(0) as files from backup_series where ${isChosen}
     )
     group by bucket, series
     order by bucket, series`,
    { params },
  );
  return rows.map(({ steps, ...id }) => ({
    ...id,
    counts: new Map(steps.map(([startS, files]) => [Number(startS), Number(files)])),
  }));
}
