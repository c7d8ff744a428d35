/** What a bench is given and what it gives back. */
import type { Inputs } from './inputs.ts';

export interface Bench {
  readonly name: string;
  /** Throws when a program fails or did not read every record. */
  run(setup: Setup): Promise<Report>;
}

export interface Setup {
  /** Lines of the access log; everything else is scaled with it. */
  readonly lines: number;
  /** Versions of objects that are tracked when the status of pairs is asked for. */
  readonly tracked: number;
  /** Where everything is written; removed at the end. */
  readonly folder: string;
  readonly inputs: Inputs;
  say(text: string): void;
}

export interface Report {
  readonly findings: readonly Finding[];
  /** Markdown: what was measured, how, and every figure. */
  readonly details: readonly string[];
  /** What could not be measured, as `what: reason`. */
  readonly leftOut: readonly string[];
}

/** One row of the table of results. */
export interface Finding {
  readonly what: string;
  readonly measured: string;
  readonly target: string;
  readonly isReached: boolean;
}
