/** Points of metrics and of expressions over them, as alarms, the API and Prometheus ask for them. */
import type { EvidenceRow, MetricQuestion, MetricReader, MetricReading } from '../alarms/feed.ts';
import type { Engine } from '../engine/engine.ts';
import type { Clock } from '../lib/clock.ts';
import { Fault } from '../lib/fault.ts';
import type { ValueUnit } from '../lib/value-text.ts';
import type { BackupMetricNames } from '../monitors/backups/metrics.ts';
import type { MetricDefinition } from '../monitors/metric.ts';
import { readReferences, type Reference, type ReferenceAnswer } from './batch.ts';
import { type Catalogue, catalogueOf, dimensionsOf } from './catalogue.ts';
import { evaluate, type LabelledPoints, type Span } from './evaluate.ts';
import {
  type Need,
  type Plan,
  planOf,
  type ReferenceExpression,
  referencesIn,
  unitOfQuestion,
} from './plan.ts';
import type { Labels } from './points.ts';
import { conditionOf } from './query.ts';

export interface MetricsParts {
  readonly engine: Engine;
  readonly clock: Clock;
  /** Names the configuration gives. */
  readonly names: { readonly backups: BackupMetricNames };
  /** Up to when records of these formats have usually arrived; nothing when that is not known. */
  readonly completeUntil: (formats: readonly string[]) => Promise<number | undefined>;
}

export interface MetricAnswer {
  readonly readings: readonly MetricReading[];
  /** How many series more there are that were not read. */
  readonly omitted: number;
}

export interface Metrics extends MetricReader {
  readonly catalogue: Catalogue;
  /** Up to when values are complete; nothing: it is never late, or that is not known. */
  completeUntil(metric: MetricDefinition): Promise<number | undefined>;
  /**
   * Answers in the order of the questions, a fault in the place of a question that has none. Questions about one metric,
   * statistic and period are one query.
   */
  readMany(
    questions: readonly MetricQuestion[],
    signal: AbortSignal,
  ): Promise<readonly (MetricAnswer | Fault)[]>;
}

export function openMetrics(parts: MetricsParts): Metrics {
  return new EngineMetrics(parts);
}

/** Questions of one moment. */
interface Together {
  readonly signal: AbortSignal;
  readonly questions: MetricQuestion[];
  readonly answers: ReturnType<Metrics['readMany']>;
}

class EngineMetrics implements Metrics {
  readonly catalogue: Catalogue;
  readonly #parts: MetricsParts;
  #together: Together | undefined;

  constructor(parts: MetricsParts) {
    this.#parts = parts;
    this.catalogue = catalogueOf(parts.names);
  }

  /** Questions that are asked in the same moment are read together; each has its own answer or fault. */
  async read(question: MetricQuestion, signal: AbortSignal): Promise<readonly MetricReading[]> {
    const together = this.#together?.signal === signal ? this.#together : this.#begin(signal);
    const index = together.questions.push(question) - 1;
    const answer = (await together.answers)[index];
    if (answer instanceof Fault) throw answer;
    return answer?.readings ?? [];
  }

  #begin(signal: AbortSignal): Together {
    const questions: MetricQuestion[] = [];
    const answers = Promise.resolve().then(() => {
      if (this.#together?.questions === questions) this.#together = undefined;
      return this.readMany(questions, signal);
    });
    this.#together = { signal, questions, answers };
    return this.#together;
  }

  async readMany(
    questions: readonly MetricQuestion[],
    signal: AbortSignal,
  ): Promise<readonly (MetricAnswer | Fault)[]> {
    const nowMs = this.#parts.clock.nowMs();
    const plans = questions.map((question) => faultOr(() => planOf(question, this.catalogue)));
    const needs = plans.flatMap((plan) => (plan instanceof Fault ? [] : plan.needs));
    const found = await readReferences(
      needs.map(({ reference }) => reference),
      { engine: this.#parts.engine, nowMs, signal },
    );
    const answers = new Map(needs.map((need, index) => [need, found[index]]));
    const completeUntil = await this.#completeUntil(needs);
    return plans.map((plan) =>
      plan instanceof Fault ? plan : faultOr(() => answerOf(plan, { answers, completeUntil, nowMs })),
    );
  }

  /** Of the first metric of an expression that has any. */
  async explain(question: MetricQuestion, signal: AbortSignal): Promise<readonly EvidenceRow[]> {
    const { startMs, endMs } = question;
    for (const { metric, where } of referencesIn(question, this.catalogue)) {
      const limits = dimensionsOf(metric).flatMap((dimension) => {
        const value = where[dimension.name];
        return value === undefined || value === '*' ? [] : [{ dimension, values: [value] }];
      });
      const ask = { startMs, endMs, signal, ...conditionOf(limits) };
      const rows = (await metric.rows?.(ask, this.#parts.engine)) ?? [];
      if (rows.length > 0) return rows;
    }
    return [];
  }

  unitOf(question: Pick<MetricQuestion, 'metric' | 'statistic'>): ValueUnit | undefined {
    return unitOfQuestion(question, this.catalogue);
  }

  completeUntil({ formats }: MetricDefinition): Promise<number | undefined> {
    return formats.length === 0 ? Promise.resolve(undefined) : this.#parts.completeUntil(formats);
  }

  /** By metric. */
  async #completeUntil(needs: readonly Need[]): Promise<Map<MetricDefinition, number>> {
    const metrics = new Set(needs.map(({ reference }) => reference.metric));
    const complete = new Map<MetricDefinition, number>();
    for (const metric of metrics) {
      const untilMs = await this.completeUntil(metric);
      if (untilMs !== undefined) complete.set(metric, untilMs);
    }
    return complete;
  }
}

function faultOr<Value>(work: () => Value): Value | Fault {
  try {
    return work();
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
}

interface Found {
  readonly answers: ReadonlyMap<Need, ReferenceAnswer | Fault | undefined>;
  readonly completeUntil: ReadonlyMap<MetricDefinition, number>;
  readonly nowMs: number;
}

function answerOf(
  { question, expression, needs }: Plan,
  { answers, completeUntil, nowMs }: Found,
): MetricAnswer {
  const { startMs, endMs, periodMs } = question;
  const answerTo = (one: ReferenceExpression, span: Span): ReferenceAnswer => {
    const need = needs.find(
      (each) =>
        each.expression === one && each.span.startMs === span.startMs && each.span.endMs === span.endMs,
    );
    const answer = need === undefined ? undefined : answers.get(need);
    if (answer === undefined) throw new Error('a reference that was not read');
    if (answer instanceof Fault) throw answer;
    return answer;
  };
  const series = evaluate(
    expression,
    { startMs, endMs },
    {
      periodMs,
      nowMs,
      seriesOf: (one, span) => answerTo(one, span).series,
      wholeLabelsOf: (one) => wholeLabels(needs.find((need) => need.expression === one)?.reference),
    },
  );
  const untilMs = needs.flatMap(({ reference }) => completeUntil.get(reference.metric) ?? []);
  const complete = untilMs.length === 0 ? {} : { completeUntilMs: Math.min(...untilMs) };
  return {
    readings: series
      .filter((one) => one.points.length > 0 && isIn(one, question.where))
      .map((one) => ({ ...one, ...complete })),
    omitted: Math.max(0, ...needs.map(({ expression: one, span }) => answerTo(one, span).omitted)),
  };
}

function wholeLabels(reference: Reference | undefined): Labels | undefined {
  if (reference === undefined) return undefined;
  const { metric, where, by = metric.dimensions.map(({ name }) => name) } = reference;
  const isWhole = by.every((name) => where[name] !== undefined && where[name] !== '*');
  return isWhole && !Object.values(where).includes('*') ? where : undefined;
}

function isIn({ labels }: LabelledPoints, where: Labels): boolean {
  return Object.entries(where).every(
    ([name, value]) => value === '*' || labels[name] === undefined || labels[name] === value,
  );
}
