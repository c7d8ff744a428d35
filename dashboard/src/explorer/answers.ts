import type { Coverage } from '../../../src/serve/api.ts';
import type { FactRow } from '../lib/facts.ts';

/** What matches, counted by steps of time. Steps without a record are left out. */
export interface Histogram {
  readonly coverage: Coverage;
  readonly step_seconds: number;
  readonly total: number;
  /** True when the counts are worked out from a part of the records. */
  readonly estimated?: boolean;
  readonly points: readonly HistogramPoint[];
}

export interface HistogramPoint {
  readonly time: string;
  readonly total: number;
  readonly errors: number;
}

/** The most frequent values of one dimension among what matches; empty where the record has none. */
export interface Facet {
  readonly estimated?: boolean;
  readonly rows: readonly { readonly value: string; readonly count: number }[];
}

/** A question with a name, ready to be asked. */
export interface Analysis {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly parameters: readonly {
    readonly name: string;
    readonly required: boolean;
    readonly description: string;
  }[];
  readonly feed: string;
}

export interface Analyses {
  readonly rows: readonly Analysis[];
}

export interface AnalysisResult {
  readonly coverage: Coverage;
  readonly columns: readonly string[];
  readonly rows: readonly FactRow[];
}
