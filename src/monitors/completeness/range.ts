/** Milliseconds since 1970 UTC; the end is exclusive. */
export interface Range {
  readonly startMs: number;
  readonly endMs: number;
}

/** The time as a literal of the engine. */
export function timeLiteral(ms: number): string {
  return `fromUnixTimestamp64Milli(${Math.floor(ms)}, 'UTC')`;
}
