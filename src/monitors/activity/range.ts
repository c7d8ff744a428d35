export interface Range {
  /** Milliseconds since 1970 UTC; inclusive. */
  readonly startMs: number;
  /** Exclusive. */
  readonly endMs: number;
}
