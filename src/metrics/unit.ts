/** What the values of an expression are. */
import type { ValueUnit } from '../lib/value-text.ts';
import type { Expression } from './expression.ts';

type ReferenceExpression = Extract<Expression, { kind: 'reference' }>;
type UnitOf = (reference: ReferenceExpression) => ValueUnit | undefined;

/** Nothing where it is none that has a name here: a product, a rate, a share. */
export function unitOfExpression(expression: Expression, unitOf: UnitOf): ValueUnit | undefined {
  switch (expression.kind) {
    case 'number':
    case 'rate':
      return undefined;
    case 'reference':
      return unitOf(expression);
    case 'fill':
    case 'band':
      return unitOfExpression(expression.of, unitOf);
    case 'operation':
      return unitOfOperation(expression, unitOf);
  }
}

/** Of a sum that of both sides, a number alone having any. */
function unitOfOperation(
  { operator, left, right }: Extract<Expression, { kind: 'operation' }>,
  unitOf: UnitOf,
): ValueUnit | undefined {
  if (operator === '*' || operator === '/') return undefined;
  const units = [left, right].flatMap((side) =>
    side.kind === 'number' ? [] : [unitOfExpression(side, unitOf)],
  );
  return units.every((unit) => unit === units[0]) ? units[0] : undefined;
}
