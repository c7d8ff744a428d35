/** Times as the engine takes and gives them. */

/** `YYYY-MM-DD hh:mm:ss.SSS` in UTC, of milliseconds since 1970. */
export function engineTime(ms: number): string {
  return new Date(ms).toISOString().replace('T', ' ').slice(0, -1);
}

/** The same of what may be absent. */
export function engineTimeIfAny(ms: number | undefined): string | null {
  return ms === undefined ? null : engineTime(ms);
}
