/** What we ask of a queue of SQS, in our words; everything that names the AWS SDK is behind it. */

/** A connection to one queue. Failures are `Fault`s that name the queue and never hold a secret. */
export interface Queue {
  /** URL of the queue once it is known, its name before. */
  readonly location: string;
  /** Waits up to 20 seconds for the first message; gives at most 10, none when none came. */
  receive(visibleAfterS: number, signal: AbortSignal): Promise<ReceivedMessage[]>;
  /** Asks for a message without waiting, and keeps none from others: one that was there was given out once more. */
  glance(signal: AbortSignal): Promise<void>;
  /** Finds the URL of a queue that is named. */
  find(signal: AbortSignal): Promise<void>;
  /** Deletes messages, ten in a request. Gives the receipts that were refused: they have run out, the message comes again. */
  remove(receipts: readonly string[]): Promise<Refused[]>;
  /** Keeps messages from being given out again for so many seconds from now; gives the receipts that were refused. */
  hold(receipts: readonly string[], seconds: number): Promise<Refused[]>;
  /** How many messages there are; approximate, as SQS says itself. */
  depth(signal: AbortSignal): Promise<QueueDepth>;
  /** Requests sent so far by kind, repeats included. */
  readonly requests: Readonly<Record<string, number>>;
  close(): void;
}

export interface ReceivedMessage {
  readonly messageId: string;
  /** What this delivery is deleted and held by; a later delivery of the message has another. */
  readonly receipt: string;
  readonly body: string;
  /** When the queue got it, milliseconds since 1970 UTC; 0 when it does not say. */
  readonly sentMs: number;
  /** How often it was given out, this time included. */
  readonly receiveCount: number;
}

export interface Refused {
  readonly receipt: string;
  /** SQS's code: `ReceiptHandleIsInvalid`. */
  readonly code: string;
}

export interface QueueDepth {
  readonly waiting: number;
  readonly inFlight: number;
  readonly delayed: number;
  /** Name of the dead-letter queue; absent when the queue has none. */
  readonly deadLetterQueue?: string;
  /** Messages in it; absent when we may not ask. */
  readonly deadLetters?: number;
  /** JSON of the queue's own policy; empty when it has none. */
  readonly policy: string;
}
