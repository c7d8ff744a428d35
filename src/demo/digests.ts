/** CloudTrail's digests of the estate, as its log files are delivered; one file is altered behind CloudTrail's back. */
import { createHash, generateKeyPairSync } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { ACCOUNT_ID, REGION } from './company.ts';
import { type DeliveredLog, DigestWriter } from './digest.ts';
import type { EstateFile } from './estate.ts';

/** A public key as `trail_keys.public_keys` takes it. */
export interface DemoKey {
  readonly fingerprint: string;
  readonly value: string;
}

const HOUR_MS = 3_600_000;
const DELAY_MS = 600_000;
/** How long before the end of the history a log file is altered. */
const ALTERED_BEFORE_MS = 15 * HOUR_MS;

export class EstateDigests {
  /** The key they are signed with: a new one each time. */
  readonly publicKey: DemoKey;
  readonly #writer: DigestWriter;
  readonly #historyEndMs: number;
  #pending: (DeliveredLog & { readonly deliveredMs: number })[] = [];
  #hourMs: number | undefined;
  #isAltered = false;

  constructor(historyEndMs: number) {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const der = publicKey.export({ format: 'der', type: 'pkcs1' });
    const fingerprint = createHash('md5').update(der).digest('hex');
    this.publicKey = { fingerprint, value: der.toString('base64') };
    this.#historyEndMs = historyEndMs;
    this.#writer = new DigestWriter({
      accountId: ACCOUNT_ID,
      region: REGION,
      trail: 'estate',
      bucket: 'nimbus-trail',
      privateKey,
      fingerprint,
    });
  }

  /** The file as it is to be written; a log file is remembered for its digest. */
  take(file: EstateFile): EstateFile {
    if (!file.path.includes('/CloudTrail/')) return file;
    const content = gunzipSync(file.bytes).toString();
    const { Records: records } = JSON.parse(content) as { Records: { eventTime: string }[] };
    const times = records.map((record) => Date.parse(record.eventTime));
    this.#hourMs ??= file.deliveredMs - (file.deliveredMs % HOUR_MS);
    this.#pending.push({
      key: file.path,
      content,
      oldestEventMs: Math.min(...times),
      newestEventMs: Math.max(...times),
      deliveredMs: file.deliveredMs,
    });
    if (this.#isAltered || file.deliveredMs < this.#historyEndMs - ALTERED_BEFORE_MS) return file;
    this.#isAltered = true;
    return { ...file, bytes: gzipSync(JSON.stringify({ Records: records.slice(0, -1) })) };
  }

  /** Digests of the hours that are over, each ten minutes after its end. */
  *due(nowMs: number): Generator<EstateFile> {
    while (this.#hourMs !== undefined && this.#hourMs + HOUR_MS + DELAY_MS <= nowMs) {
      const startMs = this.#hourMs;
      const endMs = startMs + HOUR_MS;
      const logs = this.#pending.filter((log) => log.deliveredMs < endMs);
      this.#pending = this.#pending.filter((log) => log.deliveredMs >= endMs);
      const { key, bytes } = this.#writer.next({ startMs, endMs }, logs);
      this.#hourMs = endMs;
      yield { path: key, bytes, deliveredMs: endMs + DELAY_MS };
    }
  }
}
