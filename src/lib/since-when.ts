/** Since when something is as it is, where nothing else says so: since it was first seen so. */
export class SinceWhen {
  readonly #seen = new Map<string, { readonly what: string; readonly sinceMs: number }>();

  /** Milliseconds since 1970 UTC. */
  of(name: string, what: string, nowMs: number): number {
    const seen = this.#seen.get(name);
    if (seen?.what === what) return seen.sinceMs;
    this.#seen.set(name, { what, sinceMs: nowMs });
    return nowMs;
  }
}
