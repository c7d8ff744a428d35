import type { Sources } from '../../../src/serve/api.ts';

/** A page of messages that nothing can be made of. */
export interface Parked {
  readonly rows: readonly {
    readonly parked_id: string;
    readonly source: string;
    readonly reason: string;
    readonly body: string;
    readonly message_id: string;
    readonly received_at: string;
  }[];
  readonly next_cursor: string | null;
}

/** A source; a queue tells what waits in it. */
export type SourceRow = Sources['rows'][number] & {
  readonly queue?: {
    readonly waiting: number;
    readonly in_flight: number;
    readonly delayed: number;
    readonly oldest_age_seconds: number | null;
    readonly dead_letter_queue: string | null;
    readonly dead_letters: number | null;
  } | null;
  /** Messages that are no announcement of a log and no event. */
  readonly parked?: number;
};
