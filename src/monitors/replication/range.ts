/** Half-open, in milliseconds since 1970 UTC. */
export interface Range {
  readonly startMs: number;
  readonly endMs: number;
}

export const FIVE_MINUTES_S = 300;

/** Sums add up merged or not; merging them first takes ten times as long. */
export const ADDED_UP = 'settings final = 0';

/** A condition on the five minutes `time`: those that begin within the range, the one it starts in included. */
export function within({ startMs, endMs }: Range): string {
  const startS = Math.floor(startMs / 1000 / FIVE_MINUTES_S) * FIVE_MINUTES_S;
  return `time >= toDateTime(${startS}, 'UTC') and time < toDateTime(${Math.ceil(endMs / 1000)}, 'UTC')`;
}
