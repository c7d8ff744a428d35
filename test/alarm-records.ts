/** What was stored and received while alarms and notifications were simulated, as it happened. */
import type { Notification } from '../src/notify/channel.ts';

/** A transition as it was stored, and by which writing. */
export interface StoredTransition {
  readonly alarm: string;
  readonly revision: number;
  readonly sequence: number;
  readonly from: string;
  readonly state: string;
  readonly atMs: number;
  readonly role: string;
  readonly write: number;
}

/** A message that a receiver got, or refused. */
export interface Receipt {
  readonly channel: string;
  readonly notification: Notification;
  readonly isRefused: boolean;
  readonly sentBy: object;
  /** By alarm: up to which transition it was claimed for. */
  readonly upTo: ReadonlyMap<string, number>;
  /** How many transitions were stored when it came. */
  readonly storedBefore: number;
  /** The process that was told that it was delivered. */
  deliveredTo?: object;
  /** When it was delivered or refused, once the store knows; nothing while it does not. */
  recordedMs?: number;
}

interface StoredEntry {
  readonly kind: string;
  readonly id: string;
  readonly channel: string;
  readonly at: string;
  readonly covers: readonly { readonly alarm: string; readonly up_to: number }[];
}

export class Records {
  readonly transitions: StoredTransition[] = [];
  readonly receipts: Receipt[] = [];
  /** By channel and id, of every message that was claimed. */
  readonly #claims = new Map<string, Receipt['upTo']>();
  #writes = 0;

  /** Rows that the store took. */
  stored(table: string, rows: readonly Readonly<Record<string, unknown>>[]): void {
    this.#writes += 1;
    if (table === 'alarm_transitions')
      this.transitions.push(...rows.map((row) => storedOf(row, this.#writes)));
    if (table === 'notifications') for (const row of rows) this.#noted(row as unknown as StoredEntry);
  }

  /** A message came. Throws when nobody has claimed it. */
  received(came: Omit<Receipt, 'upTo' | 'storedBefore'>): Receipt {
    const { channel, notification } = came;
    const upTo = this.#claims.get(`${channel} ${notification.id}`);
    if (upTo === undefined) throw new Error('sent before it was claimed');
    const receipt = { ...came, upTo, storedBefore: this.transitions.length };
    this.receipts.push(receipt);
    return receipt;
  }

  #noted({ kind, id, channel, at, covers }: StoredEntry): void {
    if (kind === 'claimed')
      this.#claims.set(`${channel} ${id}`, new Map(covers.map(({ alarm, up_to }) => [alarm, up_to])));
    if (kind !== 'delivered' && kind !== 'refused') return;
    // Of two of the same id the last is meant, also when it is recorded twice.
    const receipt = this.receipts.findLast((one) => one.channel === channel && one.notification.id === id);
    if (receipt !== undefined) receipt.recordedMs ??= timeOf(at);
  }
}

function storedOf(row: Readonly<Record<string, unknown>>, write: number): StoredTransition {
  const {
    alarm,
    revision,
    sequence,
    from_state: from,
    state,
    at,
    labels,
  } = row as {
    readonly alarm: string;
    readonly revision: number;
    readonly sequence: number;
    readonly from_state: string;
    readonly state: string;
    readonly at: string;
    readonly labels: Readonly<Record<string, string>>;
  };
  const atMs = timeOf(at);
  return { alarm, revision, sequence, from, state, atMs, role: labels['role'] ?? '', write };
}

function timeOf(text: string): number {
  return Date.parse(`${text.replace(' ', 'T')}Z`);
}
