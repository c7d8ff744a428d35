/** Expressions over metrics. */

export type Expression =
  | { readonly kind: 'number'; readonly value: number; readonly place: Place }
  | {
      readonly kind: 'reference';
      readonly name: string;
      readonly where: Readonly<Record<string, string>>;
      /** Absent: that of the question. */
      readonly statistic?: string;
      readonly place: Place;
    }
  | {
      readonly kind: 'operation';
      readonly operator: Operator;
      readonly left: Expression;
      readonly right: Expression;
      readonly place: Place;
    }
  | { readonly kind: 'rate'; readonly of: Expression; readonly place: Place }
  | { readonly kind: 'fill'; readonly of: Expression; readonly value: number; readonly place: Place }
  | { readonly kind: 'band'; readonly of: Expression; readonly width: number; readonly place: Place };

export type Operator = '+' | '-' | '*' | '/';

export interface Place {
  /** From 1. */
  readonly line: number;
  readonly column: number;
}
