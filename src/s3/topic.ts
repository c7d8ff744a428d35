/** What we need of SNS: to publish to one topic. */

export interface TopicMessage {
  /** What a FIFO topic tells repetitions by. */
  readonly id: string;
  /** What a FIFO topic keeps in order. */
  readonly group: string;
  /** ASCII, 100 characters at most. */
  readonly subject: string;
  readonly text: string;
  /** What subscribers filter by. */
  readonly attributes: Readonly<Record<string, string>>;
}

export interface Topic {
  /** Gives the id of the message. Throws a `Fault`; the signal's reason when it aborts. */
  publish(message: TopicMessage, signal: AbortSignal): Promise<string>;
  close(): void;
}
