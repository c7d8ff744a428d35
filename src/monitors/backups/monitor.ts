/** What others may ask of the running monitor, and tell it. */
import type { DeclaredSeries, Grouping } from './series.ts';
import type { ContentKind } from './content.ts';
import type { Proposal } from './learn.ts';

/** A series by its bucket id and its name there. */
export interface SeriesId {
  readonly bucket: string;
  readonly series: string;
}

/** A series that is expected, and where. */
export interface ExpectedSeries extends DeclaredSeries {
  readonly bucket: string;
  /** What its files are read for at both ends; absent: they are not. */
  readonly content?: ContentKind | 'auto';
  /** How long runs are promised to be kept, milliseconds. */
  readonly keepMs?: number;
}

/** Buckets in which series are looked for. */
export interface Discovery {
  /** Bucket id, with `*` for anything. */
  readonly bucket: string;
  readonly prefix: string;
  readonly grouping: Grouping;
  readonly isAccepted: boolean;
}

/** What the monitor watches. */
export interface BackupsSettings {
  readonly expected: readonly ExpectedSeries[];
  readonly discover: readonly Discovery[];
  readonly timezone: string;
}

/** What the history of a series that nobody declared proposes. */
export interface SeriesProposal extends SeriesId {
  /** Of its keys, as `backups.series` takes it. */
  readonly pattern: string;
  readonly files: number;
  readonly proposal: Proposal;
}

export const ACTS = ['pause', 'resume', 'retire', 'expect', 'accept-size', 'renew-link'] as const;
export type ActKind = (typeof ACTS)[number];

/** Something a person says of a series. */
export interface Act extends SeriesId {
  readonly act: ActKind;
  /** When a pause ends by itself, milliseconds since 1970 UTC. */
  readonly untilMs?: number;
  readonly author: string;
  readonly reason: string;
}

export interface LookOutcome {
  readonly requests: number;
  readonly keys: number;
  /** Files that were not known before. */
  readonly files: number;
  /** Why it could not be listed; empty when it was. */
  readonly problem: string;
}

export interface BackupsControl {
  /** Proposals for series that nobody declared, with the runs of so long a history; empty `ids`: all. */
  proposals(request: {
    readonly ids: readonly SeriesId[];
    readonly historyMs: number;
  }): Promise<SeriesProposal[]>;
  /** Stores what was said and judges by it at once. Throws `not_found` for a series that is not known. */
  act(act: Act, signal: AbortSignal): Promise<void>;
  /** Watches something else from now on. */
  configure(settings: BackupsSettings, signal: AbortSignal): Promise<void>;
  /** Lists a bucket now and judges what was found. Throws `not_found` when it is not watched. */
  look(bucket: string, signal: AbortSignal): Promise<LookOutcome>;
  /** Takes in what is stored and judges it, as of now. */
  catchUp(signal: AbortSignal): Promise<void>;
}
