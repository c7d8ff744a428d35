/** The buckets of a store and how they are configured: what is new, what changed, and once a day what did not. */
import type { Clock } from '../lib/clock.ts';
import { reasonOf } from '../lib/fault.ts';
import type { Store } from '../s3/estate.ts';
import type { CursorStore } from './bucket-listing-cursor.ts';
import { type Look, lookAt, type Observation, type ObservedBucket } from './estate-look.ts';
import { EstateMemory, hashOf, type KnownBucket, type Offered } from './estate-memory.ts';
import type { OfferedBatch, Source, SourceRun, SourceStatus } from './source.ts';

export interface EstateRequest {
  /** How often the store is looked at. */
  readonly pollMs: number;
}

export interface EstateParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly cursors: CursorStore;
}

/** What did not change is offered again when it is this old: it says that it was looked at. */
const BEAT_MS = 86_400_000;

export function openEstateSource(request: EstateRequest, parts: EstateParts): Source {
  return new EstateSource(request, parts);
}

/** Rows of one look, and what is to be remembered once they are stored. */
interface Offer {
  readonly lines: readonly string[];
  readonly known: ReadonlyMap<string, KnownBucket>;
  readonly gone: readonly string[];
}

class EstateSource implements Source {
  readonly kind = 'estate';
  readonly name: string;
  readonly location: string;
  readonly #request: EstateRequest;
  readonly #parts: EstateParts;
  readonly #memory: EstateMemory;
  #state: SourceStatus['state'] = 'idle';
  #message = '';
  #lastCheckedMs = 0;

  constructor(request: EstateRequest, parts: EstateParts) {
    const { name, endpoint, namespace } = parts.store;
    this.name = name;
    this.location = `buckets of ${endpoint === '' ? 'AWS' : endpoint}${namespace === '' ? '' : ` as ${namespace}:`}`;
    this.#request = request;
    this.#parts = parts;
    this.#memory = new EstateMemory({ source: name, location: this.location }, parts.cursors);
  }

  async *batches(run: SourceRun): AsyncGenerator<OfferedBatch> {
    const { clock } = this.#parts;
    while (!run.signal.aborted) {
      this.#state = 'reading';
      try {
        yield* this.#look(run.signal);
      } catch (error) {
        if (run.signal.aborted) break;
        this.#state = 'failing';
        this.#message = reasonOf(error);
        if (!run.follow) throw error;
      }
      this.#lastCheckedMs = clock.nowMs();
      if (!run.follow) break;
      await clock.sleep(this.#request.pollMs, run.signal).catch(() => undefined);
    }
    if (this.#state !== 'failing') this.#state = 'done';
  }

  status(): SourceStatus {
    return {
      state: this.#state,
      message: [this.#message, this.#memory.problem].filter((text) => text !== '').join(' '),
      lastCheckedMs: this.#lastCheckedMs,
      requests: { ...this.#parts.store.buckets.requests },
    };
  }

  async *#look(signal: AbortSignal): AsyncGenerator<OfferedBatch> {
    const look = await lookAt(this.#parts, signal);
    const offer = this.#offerOf(look, await this.#memory.buckets());
    this.#message = messageOf(look);
    this.#state = this.#message.startsWith(NO_ANSWER) ? 'failing' : 'waiting';
    if (offer.lines.length > 0) yield this.#batchOf(offer);
    else if (offer.gone.length > 0) await this.#memory.keep(offer.known, offer.gone);
  }

  #batchOf({ lines, known, gone }: Offer): OfferedBatch {
    const text = lines.map((line) => `${line}\n`).join('');
    return {
      origin: `estate:${this.name}`,
      format: 'bucket-config',
      content: { kind: 'stream', open: async () => once(Buffer.from(text)) },
      acknowledge: () => this.#memory.keep(known, gone),
      failed: (reason) => {
        this.#state = 'failing';
        this.#message = reason;
      },
    };
  }

  #offerOf(look: Look, before: ReadonlyMap<string, KnownBucket>): Offer {
    const { store, clock } = this.#parts;
    const lines: string[] = [];
    const known = new Map<string, KnownBucket>();
    const gone: string[] = [];
    for (const bucket of look.buckets) {
      const last = before.get(bucket.name) ?? {};
      const fresh = bucket.observations.filter((one) => isNews(one, last[one.aspect]));
      if (fresh.length === 0) continue;
      lines.push(...fresh.map((one) => this.#lineOf(bucket, one)));
      // A bucket that is made anew is all news.
      const kept = bucket.observations.some(isGone) ? {} : last;
      known.set(bucket.name, {
        ...kept,
        ...Object.fromEntries(fresh.map((one) => [one.aspect, offered(one)])),
      });
    }
    const seen = new Set(look.buckets.map(({ name }) => name));
    for (const name of look.isWhole ? before.keys() : []) {
      if (seen.has(name)) continue;
      gone.push(name);
      // One that is no longer asked for may still be there.
      if (!store.watches(name)) continue;
      const absent = { aspect: 'bucket', answer: { state: 'absent' }, observedMs: clock.nowMs() } as const;
      const region = store.buckets.regionOf(name) ?? '';
      lines.push(this.#lineOf({ name, region, account: '', observations: [] }, absent));
    }
    return { lines, known, gone };
  }

  /** The order of the first members is what tells the format. */
  #lineOf(bucket: ObservedBucket, { aspect, answer, observedMs }: Observation): string {
    const { store } = this.#parts;
    return JSON.stringify({
      aspect,
      bucket: store.idOf(bucket.name),
      store: store.name,
      account_id: bucket.account,
      endpoint: store.endpoint,
      region: bucket.region,
      state: answer.state,
      document: answer.state === 'present' ? answer.document : '',
      reason: 'reason' in answer ? answer.reason : '',
      observed_at: new Date(observedMs).toISOString(),
    });
  }
}

function isGone({ aspect, answer }: Observation): boolean {
  return aspect === 'bucket' && answer.state === 'absent';
}

function isNews(observation: Observation, last: Offered | undefined): boolean {
  if (last === undefined || observation.observedMs - last.atMs >= BEAT_MS) return true;
  return offered(observation).hash !== last.hash;
}

/** Why there is no answer is no change of it: the words differ from try to try. */
function offered({ answer, observedMs }: Observation): Offered {
  const content = answer.state === 'present' ? answer.document : '';
  return { hash: hashOf(answer.state, content), atMs: observedMs };
}

const NO_ANSWER = 'No answer to ';

/** What the store did not answer, or else what it denied; empty when neither. */
function messageOf({ buckets }: Look): string {
  const all = buckets.flatMap(({ name, observations }) => observations.map((one) => ({ name, ...one })));
  const saying = (state: 'failed' | 'denied', beginning: string): string => {
    const found = all.filter(({ answer }) => answer.state === state);
    const [first] = found;
    if (first === undefined || !('reason' in first.answer)) return '';
    const which = `the first is ${first.aspect} of ${first.name}: ${first.answer.reason}`;
    return `${beginning}${found.length} of ${all.length} questions; ${which}.`;
  };
  return saying('failed', NO_ANSWER) || saying('denied', 'Denied are ');
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
