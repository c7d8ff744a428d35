/** Many questions with few queries: those about one metric, statistic and period are asked together. */
import type { Engine } from '../engine/engine.ts';
import { Fault } from '../lib/fault.ts';
import type { Dimension, MetricDefinition, Statistic } from '../monitors/metric.ts';
import { dimensionNamed, dimensionsOf } from './catalogue.ts';
import { type Limited, querySeries, type Series, type SeriesFound } from './query.ts';
import type { Labels, Point } from './points.ts';

/** A question about one metric. */
export interface Reference {
  readonly metric: MetricDefinition;
  readonly statistic: Statistic;
  /** `*` stands for any value. */
  readonly where: Labels;
  /** Labels that series are split by, beside those of `where`; absent: all that the metric is always split by. */
  readonly by?: readonly string[];
  readonly periodMs: number;
  readonly startMs: number;
  readonly endMs: number;
}

export interface ReferenceSeries {
  readonly labels: Labels;
  readonly points: readonly Point[];
}

export interface ReferenceAnswer {
  readonly series: readonly ReferenceSeries[];
  /** How many series more there are that were not read. */
  readonly omitted: number;
}

interface BatchParts {
  readonly engine: Engine;
  readonly nowMs: number;
  readonly signal?: AbortSignal;
}

/** Questions whose ranges are so near to one another that one query spans them. */
const PERIODS_MAX = 2_000;
/** Queries under way at a time. */
const AT_ONCE = 4;

/** Throws `invalid` when the metric cannot be asked like this. */
export function checkReference({ metric, where, periodMs }: Reference): void {
  for (const name of Object.keys(where)) dimensionNamed(name, metric);
  if (periodMs > 0 && periodMs % (metric.finestS * 1000) === 0) return;
  throw new Fault(
    'invalid',
    `Cannot give ${metric.name} by ${periodMs / 1000} s: its periods are multiples of ${metric.finestS} s.`,
  );
}

/** Answers in the order of the questions; a fault in the place of those it is of. */
export async function readReferences(
  references: readonly Reference[],
  parts: BatchParts,
): Promise<(ReferenceAnswer | Fault)[]> {
  const answers = new Map<Reference, ReferenceAnswer | Fault>();
  const groups = groupsOf(references);
  const next = groups.values();
  const work = async (): Promise<void> => {
    for (const group of next) {
      for (const [reference, answer] of await readGroup(group, parts)) answers.set(reference, answer);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return references.map((reference) => {
    const answer = answers.get(reference);
    if (answer === undefined) throw new Error('a question without an answer');
    return answer;
  });
}

interface Group {
  readonly references: readonly [Reference, ...Reference[]];
  /** What its series are split by. */
  readonly by: readonly Dimension[];
}

function groupsOf(references: readonly Reference[]): Group[] {
  const alike = new Map<string, { by: readonly Dimension[]; references: Reference[] }>();
  for (const reference of references) {
    const by = splitOf(reference);
    const { metric, statistic, periodMs } = reference;
    const key = JSON.stringify([metric.name, statistic.name, periodMs, by.map(({ name }) => name)]);
    const group = alike.get(key) ?? { by, references: [] };
    group.references.push(reference);
    alike.set(key, group);
  }
  return [...alike.values()].flatMap(({ by, references: ours }) =>
    near(ours).map((together) => ({ by, references: together })),
  );
}

/** All dimensions of the metric, or those asked for, and any that the question limits it to. */
function splitOf({ metric, where, by }: Reference): Dimension[] {
  const split = new Set(by ?? metric.dimensions.map(({ name }) => name));
  return dimensionsOf(metric).filter(({ name }) => split.has(name) || where[name] !== undefined);
}

/** Runs of questions that one range spans without becoming long. */
function near(references: readonly Reference[]): [Reference, ...Reference[]][] {
  const runs: [Reference, ...Reference[]][] = [];
  let endMs = 0;
  for (const reference of references.toSorted((one, other) => one.startMs - other.startMs)) {
    const run = runs.at(-1);
    const spanMs = Math.max(endMs, reference.endMs) - (run?.[0].startMs ?? 0);
    if (run !== undefined && spanMs <= PERIODS_MAX * reference.periodMs) {
      run.push(reference);
      endMs = Math.max(endMs, reference.endMs);
    } else {
      runs.push([reference]);
      endMs = reference.endMs;
    }
  }
  return runs;
}

async function readGroup(
  { references, by }: Group,
  parts: BatchParts,
): Promise<[Reference, ReferenceAnswer | Fault][]> {
  const [{ metric, statistic, periodMs, startMs }] = references;
  const endMs = references.reduce((most, one) => Math.max(most, one.endMs), 0);
  const stepS = periodMs / 1000;
  try {
    const query = { metric, statistic, by, limits: limitsOf(references, by), startMs, endMs, stepS };
    const found = await querySeries(query, parts);
    if (found.omitted > 0 && references.length > 1) return await readEach({ references, by }, parts);
    const choose = chooser(found, by);
    return references.map((reference) => [reference, choose(reference)]);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    if (error.code === 'limit' && references.length > 1) return readEach({ references, by }, parts);
    return references.map((reference) => [reference, error]);
  }
}

/** Each by itself: what is too much for all together may be enough for each. */
async function readEach(
  { references, by }: Group,
  parts: BatchParts,
): Promise<[Reference, ReferenceAnswer | Fault][]> {
  const answers: [Reference, ReferenceAnswer | Fault][] = [];
  for (const reference of references)
    answers.push(...(await readGroup({ references: [reference], by }, parts)));
  return answers;
}

/** What all of the questions are limited to; each is limited exactly when its series are chosen. */
function limitsOf(references: readonly Reference[], by: readonly Dimension[]): Limited[] {
  return by.flatMap((dimension) => {
    const values = new Set<string>();
    for (const { where } of references) {
      const value = where[dimension.name];
      if (value === undefined || value === '*') return [];
      values.add(value);
    }
    return [{ dimension, values: [...values] }];
  });
}

/** Chooses the series of a question, by an index for each set of labels that questions name. */
function chooser(
  { series, omitted }: SeriesFound,
  by: readonly Dimension[],
): (reference: Reference) => ReferenceAnswer {
  const indexes = new Map<string, Map<string, Series[]>>();
  const indexOf = (places: readonly number[]): Map<string, Series[]> => {
    const known = indexes.get(places.join());
    if (known !== undefined) return known;
    const index = Map.groupBy(series, ({ values }) => JSON.stringify(places.map((place) => values[place])));
    indexes.set(places.join(), index);
    return index;
  };
  return ({ where, startMs, endMs }) => {
    const places = by.flatMap(({ name }, place) =>
      where[name] === undefined || where[name] === '*' ? [] : [place],
    );
    const key = JSON.stringify(places.map((place) => where[by[place]?.name ?? '']));
    const chosen = indexOf(places).get(key) ?? [];
    return {
      series: chosen.map(({ values, points }) => ({
        labels: Object.fromEntries(by.map(({ name }, place) => [name, values[place] ?? ''])),
        points: points.filter((point) => point.startMs >= startMs && point.startMs < endMs),
      })),
      omitted,
    };
  };
}
