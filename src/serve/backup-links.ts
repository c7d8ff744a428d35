/** Secret links: who has the token of a series sees that series, and nothing else. */
import { createHmac } from 'node:crypto';
import type { Engine } from '../engine/engine.ts';
import type { Clock } from '../lib/clock.ts';
import { type LinkedSeries, linkedSeries } from '../monitors/backups/linked-series.ts';
import type { SeriesId } from '../monitors/backups/monitor.ts';

/** 192 bits. */
const TOKEN_BYTES = 24;
const LINK = /^\/(?:badge\/[\w-]{32}\.svg|status\/[\w-]{32})$/;
/** Tokens are asked for by anybody: the series are read no more often than this. */
const KEPT_MS = 10_000;

/** Whether a request is for a secret link: its token lets it in, and it does nothing but show. */
export function isForLink(request: Request): boolean {
  return request.method === 'GET' && LINK.test(new URL(request.url).pathname);
}

/** The token of a series; another one each time its link is made anew. */
export function linkToken({ bucket, series, renewals }: LinkedSeries, key: Uint8Array): string {
  const mac = createHmac('sha256', key).update(JSON.stringify([bucket, series, renewals]));
  return mac.digest().subarray(0, TOKEN_BYTES).toString('base64url');
}

interface LinkParts {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly linkKey: Uint8Array;
}

/** The tokens of all series. A token is looked up whole: nothing is compared with what a stranger sends. */
export class SeriesLinks {
  readonly #parts: LinkParts;
  #kept: { readonly tokens: Promise<ReadonlyMap<string, SeriesId>>; readonly readMs: number } | undefined;

  constructor(parts: LinkParts) {
    this.#parts = parts;
  }

  /** The series a token is of; nothing when it is of none, or of none any more. */
  async find(token: string): Promise<SeriesId | undefined> {
    return (await this.#tokens()).get(token);
  }

  /** The token of a series as it is now; nothing when there is no such series. */
  async tokenOf({ bucket, series }: SeriesId): Promise<string | undefined> {
    this.forget();
    for (const [token, id] of await this.#tokens())
      if (id.bucket === bucket && id.series === series) return token;
    return undefined;
  }

  /** A link was made anew: what was read before does not count. */
  forget(): void {
    this.#kept = undefined;
  }

  #tokens(): Promise<ReadonlyMap<string, SeriesId>> {
    const nowMs = this.#parts.clock.nowMs();
    if (this.#kept !== undefined && nowMs - this.#kept.readMs < KEPT_MS) return this.#kept.tokens;
    const kept = { tokens: readTokens(this.#parts), readMs: nowMs };
    this.#kept = kept;
    kept.tokens.catch(() => {
      if (this.#kept === kept) this.forget();
    });
    return kept.tokens;
  }
}

async function readTokens({ engine, linkKey }: LinkParts): Promise<ReadonlyMap<string, SeriesId>> {
  const all = await linkedSeries(engine);
  return new Map(all.map((one) => [linkToken(one, linkKey), one]));
}
