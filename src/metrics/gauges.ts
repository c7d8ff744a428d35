/** The newest complete value of each metric, as gauges for Prometheus. */
import type { MetricQuestion } from '../alarms/feed.ts';
import type { Clock } from '../lib/clock.ts';
import { Fault } from '../lib/fault.ts';
import type { MetricDefinition } from '../monitors/metric.ts';
import { usualStatistic } from './catalogue.ts';
import { expositionOf, type FamilySample, type MetricFamily } from './exposition.ts';
import { type GaugeName, gaugeNames } from './gauge-names.ts';
import { fitting, type GaugeSeries } from './gauge-others.ts';
import type { MetricAnswer, Metrics } from './metrics.ts';

export interface GaugesParts {
  readonly metrics: Metrics;
  readonly clock: Clock;
  /** What is told beside the metrics. */
  readonly others?: () => Promise<readonly MetricFamily[]>;
  /** Series of each metric beside the one of all others. */
  readonly seriesMax?: number;
}

const SERIES_MAX = 200;
/** Scrapes that come together are one question. */
const FRESH_MS = 10_000;
const FIVE_MINUTES_S = 300;
const DAY_S = 86_400;

/** Gauges, asked once for scrapes that come together. */
export class Gauges {
  readonly #parts: GaugesParts;
  /** The series of each metric that were shown last: they stay, so that what is shown does not come and go. */
  readonly #shown = new Map<string, ReadonlySet<string>>();
  #last: { readonly text: string; readonly atMs: number } | undefined;
  #asking: Promise<string> | undefined;

  constructor(parts: GaugesParts) {
    this.#parts = parts;
  }

  /** The gauges in the text form of OpenMetrics, some seconds old at most. */
  async text(): Promise<string> {
    const nowMs = this.#parts.clock.nowMs();
    if (this.#last !== undefined && nowMs - this.#last.atMs < FRESH_MS) return this.#last.text;
    this.#asking ??= this.#ask(nowMs).finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #ask(nowMs: number): Promise<string> {
    const families = await this.#families(nowMs, new AbortController().signal);
    const others = (await this.#parts.others?.()) ?? [];
    const text = expositionOf([...families, ...others]);
    this.#last = { text, atMs: nowMs };
    return text;
  }

  /** A family for each metric, then what is to be said of them. */
  async #families(nowMs: number, signal: AbortSignal): Promise<MetricFamily[]> {
    const { metrics, seriesMax = SERIES_MAX } = this.#parts;
    const catalogue = [...metrics.catalogue.values()];
    const names = gaugeNames(catalogue);
    const asked = await Promise.all(
      catalogue.map(async (metric) => ({ metric, window: await windowOf(metric, metrics, nowMs) })),
    );
    const questions = asked.flatMap(({ metric, window }) =>
      statisticsOf(metric).map((statistic) => ({ metric: metric.name, statistic, where: {}, ...window })),
    );
    const answers = await metrics.readMany(questions, signal);
    const told = asked.map(({ metric, window }) => {
      const ours = questions.map((question, index) => ({ question, answer: answers[index] }));
      const found = ours.filter(({ question }) => question.metric === metric.name);
      const series = found.flatMap(seriesOf);
      const { shown, samples, others } = fitting(series, {
        seriesMax,
        before: this.#shown.get(metric.name) ?? new Set(),
      });
      this.#shown.set(metric.name, shown);
      const isRead = !found.some(({ answer }) => answer === undefined || answer instanceof Fault);
      const omitted = Math.max(0, ...found.map(({ answer }) => (isAnswer(answer) ? answer.omitted : 0)));
      return { metric, samples, others: others + omitted, isRead, endMs: window.endMs };
    });
    return [
      ...told.flatMap(({ metric, samples }) => familyOf(names.get(metric), { metric, samples })),
      ...aboutMetrics(told),
    ];
  }
}

/** Those that Prometheus gets: what says most, and of times also the 99th percentile. */
function statisticsOf(metric: MetricDefinition): readonly string[] {
  const isTime = metric.unit === 'Seconds' || metric.unit === 'Milliseconds';
  return isTime && metric.percentileMax !== undefined
    ? [usualStatistic(metric), 'p99']
    : [usualStatistic(metric)];
}

type Window = Pick<MetricQuestion, 'startMs' | 'endMs' | 'periodMs'>;

/** The newest period that is complete; of what comes once a day some more, for the newest value. */
async function windowOf(metric: MetricDefinition, metrics: Metrics, nowMs: number): Promise<Window> {
  const isDaily = metric.group === 'backups' || metric.finestS === DAY_S;
  const periodMs = (isDaily ? DAY_S : FIVE_MINUTES_S) * 1000;
  const untilMs = Math.min(nowMs, (await metrics.completeUntil(metric)) ?? nowMs);
  const endMs = Math.max(periodMs, Math.floor(untilMs / periodMs) * periodMs);
  return { periodMs, endMs, startMs: Math.max(0, endMs - (isDaily ? DAYS : 1) * periodMs) };
}

/** How far back the newest value of a day is looked for. */
const DAYS = 8;

function isAnswer(answer: MetricAnswer | Fault | undefined): answer is MetricAnswer {
  return answer !== undefined && !(answer instanceof Fault);
}

function seriesOf({
  question,
  answer,
}: {
  readonly question: MetricQuestion;
  readonly answer: MetricAnswer | Fault | undefined;
}): GaugeSeries[] {
  if (!isAnswer(answer)) return [];
  return answer.readings.flatMap(({ labels, points }) => {
    const newest = points.at(-1);
    return newest === undefined ? [] : [{ statistic: question.statistic, labels, point: newest }];
  });
}

interface Filled {
  readonly metric: MetricDefinition;
  readonly samples: readonly GaugeSeries[];
}

function familyOf(name: GaugeName | undefined, { metric, samples }: Filled): MetricFamily[] {
  if (name === undefined) return [];
  const labelsOf = ({ labels, statistic }: GaugeSeries): FamilySample['labels'] => ({
    ...Object.fromEntries(
      Object.entries(labels).map(([label, value]) => [name.labels.get(label) ?? label, value]),
    ),
    statistic,
  });
  return [
    {
      name: name.name,
      ...(name.unit === undefined ? {} : { unit: name.unit }),
      help: `${metric.name}: ${metric.description}`,
      samples: samples.map((one) => ({ labels: labelsOf(one), value: one.point.value * name.factor })),
    },
  ];
}

interface Told extends Filled {
  readonly others: number;
  readonly isRead: boolean;
  readonly endMs: number;
}

function aboutMetrics(told: readonly Told[]): MetricFamily[] {
  const samples = (value: (one: Told) => number): FamilySample[] =>
    told.map((one) => ({ labels: { metric: one.metric.name }, value: value(one) }));
  return [
    {
      name: 'bucketwatch_metric_complete_until_timestamp_seconds',
      unit: 'seconds',
      help: 'End of the newest period that is complete; its values are shown.',
      samples: samples(({ endMs }) => endMs / 1000),
    },
    {
      name: 'bucketwatch_metric_other_series',
      help: 'Series that have none of their own here.',
      samples: samples(({ others }) => others),
    },
    {
      name: 'bucketwatch_metric_is_read',
      help: '1 when the metric could be read, 0 when not.',
      samples: samples(({ isRead }) => (isRead ? 1 : 0)),
    },
  ];
}
