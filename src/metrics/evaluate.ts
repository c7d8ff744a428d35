/** Works out an expression from the series of its references. Pure. */
import { weeksBefore, withBands } from './band.ts';
import type { Expression, Operator } from './expression.ts';
import { faultAt, referencesOf } from './parse-expression.ts';
import type { Labels, Point } from './points.ts';

type ReferenceExpression = Extract<Expression, { kind: 'reference' }>;

export interface Span {
  /** Multiples of the period, milliseconds since 1970 UTC; the end is exclusive. */
  readonly startMs: number;
  readonly endMs: number;
}

export interface LabelledPoints {
  readonly labels: Labels;
  readonly points: readonly Point[];
}

export interface Evaluating {
  readonly periodMs: number;
  readonly nowMs: number;
  /** The series of a reference in a span. */
  readonly seriesOf: (reference: ReferenceExpression, span: Span) => readonly LabelledPoints[];
  /** The labels a reference has when it names each of its dimensions. */
  readonly wholeLabelsOf: (reference: ReferenceExpression) => Labels | undefined;
}

/** What has to be read: each reference, and in which spans. */
export function needsOf(
  expression: Expression,
  span: Span,
  periodMs: number,
): (readonly [ReferenceExpression, Span])[] {
  switch (expression.kind) {
    case 'number':
      return [];
    case 'reference':
      return [[expression, span]];
    case 'operation':
      return [...needsOf(expression.left, span, periodMs), ...needsOf(expression.right, span, periodMs)];
    case 'rate':
    case 'fill':
      return needsOf(expression.of, span, periodMs);
    case 'band':
      return [span, ...weeksBefore(span, periodMs)].flatMap((one) => needsOf(expression.of, one, periodMs));
  }
}

/** A number alone has no points: it is of no period. */
type Value = number | readonly LabelledPoints[];

/** The series an expression comes to. */
export function evaluate(expression: Expression, span: Span, parts: Evaluating): readonly LabelledPoints[] {
  const value = valueOf(expression, span, parts);
  return typeof value === 'number' ? [] : value;
}

function valueOf(expression: Expression, span: Span, parts: Evaluating): Value {
  switch (expression.kind) {
    case 'number':
      return expression.value;
    case 'reference':
      return parts.seriesOf(expression, span);
    case 'operation':
      return combined(expression, span, parts);
    case 'rate': {
      const rate = (value: number): number => value / (parts.periodMs / 1000);
      return mapped(valueOf(expression.of, span, parts), rate);
    }
    case 'fill':
      return filled(expression, span, parts);
    case 'band':
      return banded(expression, span, parts);
  }
}

function mapped(value: Value, change: (value: number) => number): Value {
  if (typeof value === 'number') return change(value);
  return value.map(({ labels, points }) => ({
    labels,
    points: points
      .map((point) => ({ ...point, value: change(point.value) }))
      .filter((point) => Number.isFinite(point.value)),
  }));
}

const WORK_OUT: Readonly<Record<Operator, (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
};

function combined(
  expression: Extract<Expression, { kind: 'operation' }>,
  span: Span,
  parts: Evaluating,
): Value {
  const work = WORK_OUT[expression.operator];
  const left = valueOf(expression.left, span, parts);
  const right = valueOf(expression.right, span, parts);
  if (typeof right === 'number') return mapped(left, (value) => work(value, right));
  if (typeof left === 'number') return mapped(right, (value) => work(left, value));
  return joined(left, right, { expression, work });
}

interface Joining {
  readonly expression: Extract<Expression, { kind: 'operation' }>;
  readonly work: (left: number, right: number) => number;
}

/** Each series of the left with each of the right that has the same values of the labels both have. */
function joined(
  left: readonly LabelledPoints[],
  right: readonly LabelledPoints[],
  { expression, work }: Joining,
): LabelledPoints[] {
  const common = commonLabels(left, right);
  if (common.length === 0 && left.length > 0 && right.length > 0 && !isSingle(left) && !isSingle(right))
    throw faultAt(
      expression.place,
      `the two sides of ${expression.operator} have many series each and no label in common`,
    );
  const keyOf = ({ labels }: LabelledPoints): string => JSON.stringify(common.map((name) => labels[name]));
  const partners = Map.groupBy(right, keyOf);
  return left.flatMap((one) =>
    (partners.get(keyOf(one)) ?? []).map((other) => ({
      labels: { ...one.labels, ...other.labels },
      points: pointsOfBoth(one.points, other.points, work),
    })),
  );
}

function isSingle(series: readonly LabelledPoints[]): boolean {
  return series.length === 1;
}

function commonLabels(left: readonly LabelledPoints[], right: readonly LabelledPoints[]): string[] {
  const others = right[0]?.labels ?? {};
  return Object.keys(left[0]?.labels ?? {}).filter((name) => Object.hasOwn(others, name));
}

function pointsOfBoth(
  left: readonly Point[],
  right: readonly Point[],
  work: (left: number, right: number) => number,
): Point[] {
  const others = new Map(right.map((point) => [point.startMs, point]));
  return left.flatMap((point) => {
    const other = others.get(point.startMs);
    const value = other === undefined ? Number.NaN : work(point.value, other.value);
    if (other === undefined || !Number.isFinite(value)) return [];
    const samples = [point.samples, other.samples].filter((count) => count !== undefined);
    return [
      { startMs: point.startMs, value, ...(samples.length === 0 ? {} : { samples: Math.min(...samples) }) },
    ];
  });
}

/** Those of all its references, when each names all of its own. */
function wholeLabels(expression: Expression, parts: Evaluating): Labels | undefined {
  const whole = referencesOf(expression).map((one) => parts.wholeLabelsOf(one));
  return whole.includes(undefined) ? undefined : Object.assign({}, ...whole);
}

/** Periods up to now; where a series is named by all its labels, also when it has no point at all. */
function filled({ of, value }: Extract<Expression, { kind: 'fill' }>, span: Span, parts: Evaluating): Value {
  const found = valueOf(of, span, parts);
  if (typeof found === 'number') return found;
  const labels = found.length === 0 ? wholeLabels(of, parts) : undefined;
  const series = labels === undefined ? found : [{ labels, points: [] }];
  const endMs = Math.min(span.endMs, Math.floor(parts.nowMs / parts.periodMs) * parts.periodMs);
  const starts = Array.from(
    { length: Math.max(0, Math.ceil((endMs - span.startMs) / parts.periodMs)) },
    (_, index) => span.startMs + index * parts.periodMs,
  );
  return series.map((one) => {
    const isThere = new Set(one.points.map(({ startMs }) => startMs));
    const gaps = starts.filter((startMs) => !isThere.has(startMs)).map((startMs) => ({ startMs, value }));
    return {
      labels: one.labels,
      points: [...one.points, ...gaps].sort((a, b) => a.startMs - b.startMs),
    };
  });
}

function banded({ of, width }: Extract<Expression, { kind: 'band' }>, span: Span, parts: Evaluating): Value {
  const found = valueOf(of, span, parts);
  if (typeof found === 'number') return found;
  const weeks = weeksBefore(span, parts.periodMs).map((week) => {
    const value = valueOf(of, week, parts);
    const series = typeof value === 'number' ? [] : value;
    return new Map(series.map(({ labels, points }) => [labelsKey(labels), points]));
  });
  return found.map(({ labels, points }) => ({
    labels,
    points: withBands(
      points,
      weeks.map((week) => week.get(labelsKey(labels)) ?? []),
      width,
    ),
  }));
}

/** Labels as one text, whatever their order. */
export function labelsKey(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
