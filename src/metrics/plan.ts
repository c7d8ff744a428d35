/** What has to be read to answer a question about metrics. Pure. */
import type { MetricQuestion } from '../alarms/feed.ts';
import { Fault } from '../lib/fault.ts';
import type { ValueUnit } from '../lib/value-text.ts';
import type { MetricDefinition } from '../monitors/metric.ts';
import { checkReference, type Reference } from './batch.ts';
import {
  type Catalogue,
  dimensionsOf,
  metricNamed,
  statisticOf,
  unitOfStatistic,
  usualStatistic,
} from './catalogue.ts';
import { needsOf, type Span } from './evaluate.ts';
import type { Expression } from './expression.ts';
import { faultAt, parseExpression, referencesOf } from './parse-expression.ts';
import { unitOfExpression } from './unit.ts';

export type ReferenceExpression = Extract<Expression, { kind: 'reference' }>;

/** A question with what has to be read for it. */
export interface Plan {
  readonly question: MetricQuestion;
  readonly expression: Expression;
  /** Series in the spans they are needed in. */
  readonly needs: readonly Need[];
}

export interface Need {
  readonly expression: ReferenceExpression;
  readonly span: Span;
  readonly reference: Reference;
}

export type Asked = Pick<MetricQuestion, 'metric' | 'statistic' | 'where' | 'by' | 'periodMs'>;

/** Throws `invalid` or `not_found`, with what is wrong, for a question that can have no answer. */
export function planOf(question: MetricQuestion, catalogue: Catalogue): Plan {
  const expression = expressionOf(question.metric, catalogue);
  const { startMs, endMs, periodMs } = question;
  const references = referencesOf(expression);
  checkLabels(question, metricsOf(references, question.metric, catalogue));
  const needs = needsOf(expression, { startMs, endMs }, periodMs).map(([one, span]) => {
    const reference = { ...referenceOf(one, question, catalogue), ...span };
    checkReference(reference);
    return { expression: one, span, reference };
  });
  return { question, expression, needs };
}

/** The metrics that a name or an expression is about. Throws `invalid` or `not_found`. */
export function metricsIn(text: string, catalogue: Catalogue): MetricDefinition[] {
  return metricsOf(referencesOf(expressionOf(text, catalogue)), text, catalogue);
}

/** The metrics of a question as they are asked for, in their order. Throws as `planOf()`. */
export function referencesIn(question: Asked, catalogue: Catalogue): Omit<Reference, 'startMs' | 'endMs'>[] {
  const references = referencesOf(expressionOf(question.metric, catalogue));
  return references.map((one) => referenceOf(one, question, catalogue));
}

function metricsOf(
  references: readonly ReferenceExpression[],
  text: string,
  catalogue: Catalogue,
): MetricDefinition[] {
  if (references.length === 0)
    throw new Fault('invalid', `Cannot read the metric: it names none, got "${text}".`);
  return references.map((one) => metricOf(one, catalogue));
}

/** Throws as `planOf()` does. */
export function checkQuestion(question: Asked, catalogue: Catalogue): void {
  planOf({ ...question, startMs: 0, endMs: question.periodMs }, catalogue);
}

/** What values are; nothing where that has no name, or there is no such metric. */
export function unitOfQuestion(
  { metric, statistic }: Pick<MetricQuestion, 'metric' | 'statistic'>,
  catalogue: Catalogue,
): ValueUnit | undefined {
  const expression = expressionIfAny(metric, catalogue);
  if (expression === undefined) return undefined;
  return unitOfExpression(expression, (reference) => {
    const found = catalogue.get(reference.name);
    if (found === undefined) return undefined;
    return unitOfStatistic(found, statisticText(reference, found, { metric, statistic }));
  });
}

function expressionIfAny(text: string, catalogue: Catalogue): Expression | undefined {
  try {
    return expressionOf(text, catalogue);
  } catch (error) {
    if (error instanceof Fault) return undefined;
    throw error;
  }
}

function expressionOf(text: string, catalogue: Catalogue): Expression {
  if (!catalogue.has(text)) return parseExpression(text);
  return { kind: 'reference', name: text, where: {}, place: { line: 1, column: 1 } };
}

function referenceOf(
  expression: ReferenceExpression,
  question: Asked,
  catalogue: Catalogue,
): Omit<Reference, 'startMs' | 'endMs'> {
  const metric = metricOf(expression, catalogue);
  const known = new Set(dimensionsOf(metric).map(({ name }) => name));
  const asked = Object.entries(question.where).filter(([name]) => known.has(name));
  return {
    metric,
    statistic: statisticOf(statisticText(expression, metric, question), metric),
    where: { ...Object.fromEntries(asked), ...expression.where },
    ...(question.by === undefined ? {} : { by: question.by }),
    periodMs: question.periodMs,
  };
}

function metricOf({ name, place }: ReferenceExpression, catalogue: Catalogue): MetricDefinition {
  try {
    return metricNamed(name, catalogue);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    throw faultAt(place, error.message.replace(/^Cannot find the metric: |\.$/g, ''));
  }
}

function checkLabels({ where, by = [], metric }: Asked, metrics: readonly MetricDefinition[]): void {
  const names = new Set(metrics.flatMap((one) => dimensionsOf(one).map((dimension) => dimension.name)));
  const checked = [
    ...Object.keys(where).map((name) => ({ name, verb: 'limit' })),
    ...by.map((name) => ({ name, verb: 'split' })),
  ];
  const unknown = checked.find(({ name }) => !names.has(name));
  if (unknown === undefined) return;
  throw new Fault(
    'invalid',
    `Cannot ${unknown.verb} ${metric} by "${unknown.name}": it has ${[...names].join(', ')}.`,
  );
}

/** A part of an expression has the statistic of the question where it can, else the one that says most of it. */
function statisticText(
  { statistic }: ReferenceExpression,
  metric: MetricDefinition,
  question: Pick<Asked, 'metric' | 'statistic'>,
): string {
  const text = statistic ?? (question.statistic === '' ? usualStatistic(metric) : question.statistic);
  if (statistic !== undefined || question.metric === metric.name) return text;
  try {
    return statisticOf(text, metric).name;
  } catch {
    return usualStatistic(metric);
  }
}
