/** What other programs send over HTTP: notifications of S3-compatible stores, or records of another format. */
import { createHash, createHmac } from 'node:crypto';
import type { FormatName } from '../formats/format.ts';
import { Channel } from '../lib/channel.ts';
import type { Clock } from '../lib/clock.ts';
import { isSameSecret } from '../lib/secret.ts';
import { planOf } from './queue-message.ts';
import type { Inlet, InletAnswer, OfferedBatch, Parking, Source, SourceRun, SourceStatus } from './source.ts';

export interface WebhookRequest {
  readonly name: string;
  readonly secret: string;
  /** Header with the HMAC-SHA256 of the body under the secret; absent when senders show the secret itself. */
  readonly signatureHeader?: string;
  readonly format: FormatName;
}

export interface WebhookParts {
  readonly clock: Clock;
  readonly parking: Parking;
}

/** Bodies taken in and not in the ledger yet; beyond it senders are asked to come again. */
const WAITING_MAX = 1_000;

export function openWebhook(request: WebhookRequest, parts: WebhookParts): Source {
  return new WebhookSource(request, parts);
}

class WebhookSource implements Source, Inlet {
  readonly kind = 'webhook';
  readonly name: string;
  readonly location: string;
  readonly signatureHeader?: string;
  readonly inlet = this;
  readonly #request: WebhookRequest;
  readonly #parts: WebhookParts;
  #offers: Channel<OfferedBatch> | undefined;
  #waiting = 0;
  #lastCheckedMs = 0;
  #problem = '';

  constructor(request: WebhookRequest, parts: WebhookParts) {
    this.name = request.name;
    this.location = `POST /api/v1/ingest/${request.name}`;
    if (request.signatureHeader !== undefined) this.signatureHeader = request.signatureHeader;
    this.#request = request;
    this.#parts = parts;
  }

  async *batches({ follow, signal }: SourceRun): AsyncGenerator<OfferedBatch> {
    if (!follow) return;
    const offers = new Channel<OfferedBatch>();
    this.#offers = offers;
    try {
      yield* offers.read(signal);
    } finally {
      this.#offers = undefined;
      for (const unread of offers.drain()) unread.failed('the server is stopping');
    }
  }

  status(): SourceStatus {
    const idle = this.#offers === undefined ? 'idle' : 'waiting';
    const state = this.#waiting > 0 ? 'reading' : idle;
    return {
      state: this.#problem === '' ? state : 'failing',
      message: this.#problem,
      lastCheckedMs: this.#lastCheckedMs,
      requests: {},
    };
  }

  isSecret(given: string): boolean {
    return isSameSecret(given, this.#request.secret);
  }

  isSignature(given: string, body: Uint8Array): boolean {
    const expected = createHmac('sha256', this.#request.secret).update(body).digest('hex');
    return isSameSecret(given.replace(/^sha256=/, '').toLowerCase(), expected);
  }

  async take(body: Uint8Array): Promise<InletAnswer> {
    const receivedMs = this.#parts.clock.nowMs();
    this.#lastCheckedMs = receivedMs;
    const messageId = createHash('sha256').update(body).digest('hex');
    const { name, format } = this.#request;
    if (format !== 's3-event') return this.#offer({ messageId, format, bytes: body });
    const text = Buffer.from(body).toString('utf8');
    const { batch, parked } = planOf(text, { mode: 'events', isLog: () => false });
    if (parked === undefined) {
      const bytes = batch === undefined ? body : Buffer.from(batch.text);
      return this.#offer({ messageId, format: batch?.format ?? format, bytes });
    }
    await this.#parts.parking.park({ source: name, messageId, reason: parked, body: text, receivedMs });
    return { kind: 'parked', reason: parked };
  }

  /**
   * The same bytes are the same batch: records carry ids and times of their own, so that equal bytes are a body sent
   * again and never something that happened twice.
   */
  async #offer(sent: { messageId: string; format: FormatName; bytes: Uint8Array }): Promise<InletAnswer> {
    const offers = this.#offers;
    if (offers === undefined) return { kind: 'refused', reason: 'this source is not running' };
    if (this.#waiting >= WAITING_MAX)
      return { kind: 'refused', reason: `${WAITING_MAX} bodies wait for the ledger already` };
    const origin = `webhook:${this.name}`;
    this.#waiting += 1;
    const answer = await new Promise<InletAnswer>((resolve) => {
      offers.push({
        origin,
        etag: sent.messageId,
        format: sent.format,
        content: { kind: 'stream', open: async () => bytesOf(sent.bytes) },
        acknowledge: async () => resolve({ kind: 'settled', identity: `${origin}#${sent.messageId}` }),
        failed: (reason) => resolve({ kind: 'refused', reason }),
      });
    });
    this.#waiting -= 1;
    this.#problem = answer.kind === 'refused' ? answer.reason : '';
    return answer;
  }
}

async function* bytesOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
