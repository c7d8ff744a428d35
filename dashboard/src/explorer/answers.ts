import type { Coverage } from '../../../src/serve/api.ts';
import type { FactRow } from '../lib/facts.ts';

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
