/** Sums of pairs by the hour, and by five minutes where that matters. */
import { FIVE_MINUTES_S, type Range } from './range.ts';

const HOUR_S = 3600;

/** What of the sums is read: columns, and a condition on source and pair. */
interface Wanted {
  readonly columns: readonly string[];
  readonly where: string;
}

/**
 * A subquery over the sums, for conditions `within` any of the ranges: rows of an hour where no range begins or ends
 * inside of it, else of five minutes. A twelfth of the rows, and the same sums.
 */
export function sumsFor(ranges: readonly Range[], { columns, where }: Wanted): string {
  const hours = [...new Set(ranges.flatMap(edgesOf))].sort((a, b) => a - b);
  const edges = `(${hours.length === 0 ? '0' : hours.join(', ')})`;
  const list = ['source', 'pair_id', 'time', ...columns].join(', ');
  const [first = 0, last = 0] = [hours[0], hours.at(-1)];
  return `(
    select ${list} from replication_1h
    where ${where} and toUnixTimestamp(time) not in ${edges}
    union all
    select ${list} from replication_5m
    where ${where} and toUnixTimestamp(toStartOfHour(time)) in ${edges}
      and time >= toDateTime(${first}, 'UTC') and time < toDateTime(${last + HOUR_S}, 'UTC')
  )`;
}

/** The hours that a range begins or ends inside of, in seconds since 1970 UTC. */
function edgesOf({ startMs, endMs }: Range): number[] {
  const bounds = [
    Math.floor(startMs / 1000 / FIVE_MINUTES_S) * FIVE_MINUTES_S,
    Math.ceil(endMs / 1000 / FIVE_MINUTES_S) * FIVE_MINUTES_S,
  ];
  return bounds.filter((second) => second % HOUR_S !== 0).map((second) => second - (second % HOUR_S));
}
