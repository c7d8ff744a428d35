import type { BackupDetail, BackupRun } from '../../lib/backup-row.ts';
import { RUN_WORDS } from '../../lib/backup-words.ts';

/** Columns of the size chart, one value a run, oldest first; null where there is nothing to draw. */
export interface SizePoints {
  readonly runs: readonly BackupRun[];
  /** When each was due, in seconds since 1970. */
  readonly times: readonly number[];
  readonly sizes: readonly (number | null)[];
  readonly usual: readonly (number | null)[];
  /** Between them a run is normal; null where nothing says so. */
  readonly low: readonly (number | null)[];
  readonly high: readonly (number | null)[];
  /** The runs of each status, at their size; what did not come is at zero. */
  readonly marks: Readonly<Record<MarkStatus, readonly (number | null)[]>>;
}

export const MARK_STATUSES = ['ok', 'late', 'alarm'] as const;
export type MarkStatus = (typeof MARK_STATUSES)[number];

interface Change {
  readonly down: number | null;
  readonly up: number | null;
}

/** How far from the median a run may be, as shares, from the rule. */
export function changeOf(rule: BackupDetail['rule']): Change {
  const size = rule['size'];
  const { down, up }: Readonly<Record<'down' | 'up', unknown>> =
    typeof size === 'object' && size !== null ? { down: null, up: null, ...size } : { down: null, up: null };
  const share = (value: unknown) => (typeof value === 'number' ? value : null);
  return { down: share(down), up: share(up) };
}

/** What the chart of a series draws; runs that are still expected are left out while nothing of them came. */
export function sizePoints({ runs, rule }: Pick<BackupDetail, 'runs' | 'rule'>): SizePoints {
  const drawn = runs
    .filter(({ verdict, files }) => verdict !== 'expected' || files > 0)
    .toSorted((one, other) => Date.parse(one.due) - Date.parse(other.due));
  const { down, up } = changeOf(rule);
  const usual = drawn.map(({ usual_bytes }) => usual_bytes);
  const around = (share: number | null, sign: -1 | 1) =>
    usual.map((size) => (size === null || share === null ? null : Math.max(0, size * (1 + sign * share))));
  const whole = Math.max(0, ...drawn.map(({ size_bytes }) => size_bytes));
  /** Where the rule says nothing, everything down to nothing and up to the largest is normal. */
  const open = (bytes: number) =>
    usual.map((size) => (size === null || (down === null && up === null) ? null : bytes));
  const marked = (status: MarkStatus) =>
    drawn.map(({ verdict, size_bytes }) => (RUN_WORDS[verdict].status === status ? size_bytes : null));
  return {
    runs: drawn,
    times: drawn.map(({ due }) => Date.parse(due) / 1000),
    sizes: drawn.map(({ size_bytes, files }) => (files === 0 ? null : size_bytes)),
    usual,
    low: down === null ? open(0) : around(down, -1),
    high: up === null ? open(whole) : around(up, 1),
    marks: { ok: marked('ok'), late: marked('late'), alarm: marked('alarm') },
  };
}
