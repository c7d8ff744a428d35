/** Publishes metrics to CloudWatch: each period once, when it is complete, within a budget. */
import type { MetricReading } from '../alarms/feed.ts';
import type { Clock } from '../lib/clock.ts';
import { Fault } from '../lib/fault.ts';
import type { Log } from '../lib/log.ts';
import { labelsKey } from '../metrics/evaluate.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { closedUntil } from '../metrics/closed.ts';
import { type Datum, type MetricSink, requestsOf } from '../s3/metric-data.ts';
import { Admission } from './admission.ts';
import { type Estimate, estimateOf, estimateText, MONTH_MS, PRICES_NOTE } from './prices.ts';
import type { Progress } from './progress.ts';
import { type Publication, publicationId, publishedSeries, questionOf } from './publication.ts';
import { type Step, stepOf } from './steps.ts';

export interface PublisherSettings {
  /** No two of one namespace and name. */
  readonly publications: readonly Publication[];
  readonly everyMs: number;
  /** How long after its end a period is waited for. */
  readonly delayMs: number;
  /** How far back is caught up at most. */
  readonly catchUpMs: number;
  readonly seriesMax: number;
  /** US dollars a month; absent: nothing is sent. */
  readonly budgetUsd?: number;
}

interface PublisherParts {
  readonly metrics: Pick<Metrics, 'catalogue' | 'completeUntil' | 'readMany'>;
  readonly sink: Pick<MetricSink, 'put'>;
  readonly progress: Progress;
  readonly clock: Clock;
  readonly log: Log;
}

/** How a publication stands. */
export interface PublicationLook {
  readonly publication: Publication;
  /** Series that had values yesterday or today. */
  readonly series: number;
  /** Periods that start before it are published; absent: none yet. */
  readonly untilMs?: number;
  /** Why it cannot be read; empty when it can. */
  readonly problem: string;
}

export interface PublisherLook {
  readonly publications: readonly PublicationLook[];
  /** What all of it would cost. */
  readonly estimate: Estimate;
  readonly budgetUsd?: number;
  /** Series that something was published of within a month. */
  readonly publishedSeries: number;
}

/** A value on its way. */
interface Sending extends Datum {
  readonly publication: string;
  /** Series and period. */
  readonly key: string;
}

interface Due extends Step {
  readonly publication: Publication;
  readonly id: string;
}

/** What comes of a pass. */
interface Pass {
  readonly nowMs: number;
  readonly admission: Admission;
  /** Namespaces and publications that are left alone until the next pass. */
  readonly stopped: Set<string>;
  readonly faults: Fault[];
  /** Which series of ours has a name in CloudWatch. */
  readonly owners: Map<string, string>;
  /** Series that have the name of another. */
  readonly alike: Set<string>;
  /** Series that were not even read, by publication. */
  readonly unread: Map<string, number>;
}

const DAY_MS = 86_400_000;
/** Two weeks of minutes, and some. */
const ROUNDS_MAX = 300;

export class Publisher {
  readonly #settings: PublisherSettings;
  readonly #parts: PublisherParts;

  constructor(settings: PublisherSettings, parts: PublisherParts) {
    this.#settings = settings;
    this.#parts = parts;
  }

  /** Publishes what is due. Throws a `Fault` when something was not published, after what could be was. */
  async run(signal: AbortSignal): Promise<void> {
    const { budgetUsd, seriesMax } = this.#settings;
    const { progress, clock } = this.#parts;
    if (budgetUsd === undefined) throw new Fault('invalid', refusalText((await this.look(signal)).estimate));
    await progress.read();
    const nowMs = clock.nowMs();
    progress.forget(nowMs - MONTH_MS);
    const limits = { budgetUsd, seriesMax, requestsMin: this.#requestsMin() };
    const pass: Pass = {
      nowMs,
      admission: new Admission(progress.series, limits, nowMs),
      stopped: new Set(),
      faults: [],
      owners: new Map(),
      alike: new Set(),
      unread: new Map(),
    };
    for (let round = 0; round < ROUNDS_MAX; round += 1) {
      signal.throwIfAborted();
      const due = await this.#due(pass);
      if (due.length === 0) break;
      await this.#publish(due, pass, signal);
    }
    const fault = faultOf(pass, limits);
    if (fault !== undefined) throw fault;
  }

  /** How it stands and what it would cost; nothing is sent. */
  async look(signal: AbortSignal): Promise<PublisherLook> {
    const { publications, budgetUsd } = this.#settings;
    const { progress, metrics, clock } = this.#parts;
    await progress.read();
    const todayMs = Math.floor(clock.nowMs() / DAY_MS) * DAY_MS;
    const range = { periodMs: DAY_MS, startMs: todayMs - DAY_MS, endMs: todayMs + DAY_MS };
    const questions = publications.map((one) => ({ ...questionOf(one), ...range }));
    const answers = await metrics.readMany(questions, signal);
    const looks = publications.map((publication, index): PublicationLook => {
      const answer = answers[index];
      const untilMs = progress.cursors.get(publicationId(publication))?.untilMs;
      const isRead = answer !== undefined && !(answer instanceof Fault);
      return {
        publication,
        series: isRead ? answer.readings.length + answer.omitted : 0,
        ...(untilMs === undefined ? {} : { untilMs }),
        problem: answer instanceof Fault ? answer.message : '',
      };
    });
    const series = looks.reduce((sum, one) => sum + one.series, 0);
    const data = looks.reduce((sum, one) => sum + (one.series * MONTH_MS) / one.publication.periodMs, 0);
    return {
      publications: looks,
      estimate: estimateOf({ series, data, requestsMin: this.#requestsMin() }),
      ...(budgetUsd === undefined ? {} : { budgetUsd }),
      publishedSeries: progress.series.size,
    };
  }

  /** Requests a month: one a namespace whenever something of it may be due. */
  #requestsMin(): number {
    const { publications, everyMs } = this.#settings;
    const byNamespace = Map.groupBy(publications, ({ namespace }) => namespace);
    return [...byNamespace.values()]
      .map((together) => Math.max(everyMs, Math.min(...together.map(({ periodMs }) => periodMs))))
      .reduce((sum, periodMs) => sum + MONTH_MS / periodMs, 0);
  }

  async #due({ nowMs, stopped, faults }: Pass): Promise<Due[]> {
    const due: Due[] = [];
    for (const publication of this.#settings.publications) {
      const id = publicationId(publication);
      if (stopped.has(id) || stopped.has(publication.namespace)) continue;
      try {
        const completeMs = await closedUntil(publication.metric, { metrics: this.#parts.metrics, nowMs });
        // Nothing is known of how late its records are.
        if (completeMs === undefined) continue;
        const closedMs = Math.min(completeMs, nowMs - this.#settings.delayMs);
        const untilMs = await this.#untilMs(publication, closedMs);
        const { periodMs } = publication;
        const step = stepOf({ periodMs, untilMs, closedMs, catchUpMs: this.#settings.catchUpMs, nowMs });
        if (step === undefined) continue;
        if (step.skippedMs > 0) this.#tellSkipped(publication, step);
        due.push({ publication, id, ...step });
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        stopped.add(id);
        faults.push(error);
      }
    }
    return due;
  }

  /** Where it goes on: what is new begins with the period that is under way, and what only changed where it was before. */
  async #untilMs(publication: Publication, closedMs: number): Promise<number> {
    const { progress } = this.#parts;
    const { cursors } = progress;
    const id = publicationId(publication);
    const cursor = cursors.get(id);
    if (cursor !== undefined) return cursor.untilMs;
    const { namespace, name: short, periodMs } = publication;
    const name = `${namespace}/${short}`;
    const begun = { name, untilMs: Math.floor(closedMs / periodMs) * periodMs, sent: [] };
    const before = [...cursors.values()]
      .filter((one) => one.name === name)
      .toSorted((one, other) => other.untilMs - one.untilMs)[0];
    cursors.set(id, before ?? begun);
    await progress.save();
    return (before ?? begun).untilMs;
  }

  #tellSkipped({ namespace, name }: Publication, { startMs, skippedMs }: Step): void {
    const facts = {
      namespace,
      metric: name,
      until: new Date(startMs).toISOString(),
      seconds: skippedMs / 1000,
    };
    this.#parts.log.warn(facts, 'periods are too old to be published to CloudWatch and are left out');
  }

  async #publish(due: readonly Due[], pass: Pass, signal: AbortSignal): Promise<void> {
    const { metrics, progress } = this.#parts;
    const questions = due.map(({ publication, startMs, endMs }) => ({
      ...questionOf(publication),
      startMs,
      endMs,
    }));
    const answers = await metrics.readMany(questions, signal);
    const data = due.flatMap((one, index) => {
      const answer = answers[index];
      if (answer === undefined || answer instanceof Fault) {
        pass.stopped.add(one.id);
        pass.faults.push(answer ?? new Fault('unavailable', 'Cannot read the metric: it has no answer.'));
        return [];
      }
      pass.unread.set(one.id, answer.omitted);
      const sent = new Set(progress.cursors.get(one.id)?.sent);
      return answer.readings
        .flatMap((reading) => sendingsOf(one, reading, pass))
        .filter(({ key }) => !sent.has(key));
    });
    const byNamespace = Map.groupBy(due, ({ publication }) => publication.namespace);
    for (const [namespace, together] of byNamespace) {
      const ids = new Set(together.map(({ id }) => id));
      const ours = data.filter(({ publication }) => ids.has(publication));
      await this.#putAll(
        namespace,
        ours.toSorted((one, other) => one.timeMs - other.timeMs),
        pass,
      );
    }
    for (const { id, publication, endMs } of due) {
      const cursor = progress.cursors.get(id);
      if (cursor === undefined || pass.stopped.has(id) || pass.stopped.has(publication.namespace)) continue;
      progress.cursors.set(id, { ...cursor, untilMs: endMs, sent: [] });
    }
    await progress.save();
  }

  /** Request after request until one is not taken: the namespace is then left alone until the next pass. */
  async #putAll(namespace: string, data: readonly Sending[], { stopped, faults }: Pass): Promise<void> {
    const { sink, progress } = this.#parts;
    for (const request of requestsOf(data)) {
      // Before it leaves: after a crash nobody knows whether it was taken, and it is not put again.
      this.#mark(request, true);
      await progress.save().catch((error: unknown) => {
        this.#mark(request, false);
        throw error;
      });
      const outcome = await sink.put(namespace, request);
      if (outcome.kind === 'taken') continue;
      stopped.add(namespace);
      if (outcome.kind === 'unknown') {
        faults.push(doubtOf(outcome.fault, request.length));
      } else {
        this.#mark(request, false);
        faults.push(outcome.fault);
      }
      return;
    }
  }

  #mark(request: readonly Sending[], isSent: boolean): void {
    const { cursors } = this.#parts.progress;
    for (const [id, data] of Map.groupBy(request, ({ publication }) => publication)) {
      const cursor = cursors.get(id);
      if (cursor === undefined) continue;
      const keys = new Set(data.map(({ key }) => key));
      const others = cursor.sent.filter((key) => !keys.has(key));
      cursors.set(id, { ...cursor, sent: isSent ? [...others, ...keys] : others });
    }
  }
}

/** Values of a series; none when it is not to be published. */
function sendingsOf({ publication, id }: Due, reading: MetricReading, pass: Pass): Sending[] {
  const series = publishedSeries(publication, reading);
  if (series.data.length === 0) return [];
  const owner = `${id} ${labelsKey(reading.labels)}`;
  const first = pass.owners.get(series.id) ?? owner;
  pass.owners.set(series.id, first);
  if (first !== owner) {
    pass.alike.add(owner);
    return [];
  }
  if (!pass.admission.admits(series.id, publication.periodMs)) return [];
  return series.data.map((datum) => ({
    ...datum,
    publication: id,
    key: `${series.id}@${datum.timeMs}`,
  }));
}

function doubtOf({ code, message }: Fault, values: number): Fault {
  const what = values === 1 ? '1 value was' : `${values.toLocaleString('en-US')} values were`;
  const more = `Whether ${what} taken is not known: none is put again, for it might count twice.`;
  return new Fault(code, `${message} ${more}`);
}

function refusalText(estimate: Estimate): string {
  const line = `budget: ${Math.max(1, Math.ceil(estimate.usd))}`;
  return (
    'Cannot publish to CloudWatch: nothing says what it may cost. ' +
    `As things are it is ${estimateText(estimate)} (${PRICES_NOTE}). Write the most it may cost in USD a month below cloudwatch: ${line}`
  );
}

/** Everything that was not published, in one. */
function faultOf(
  { faults, admission, alike, unread }: Pass,
  { budgetUsd, seriesMax }: { readonly budgetUsd: number; readonly seriesMax: number },
): Fault | undefined {
  const { budget, limit } = admission.leftOut;
  const omitted = [...unread.values()].reduce((sum, count) => sum + count, 0);
  const reasons = [
    ...(budget.size > 0
      ? [
          `${budget.size} beyond cloudwatch.budget of ${budgetUsd} USD a month (what is published is ${estimateText(admission.estimate())})`,
        ]
      : []),
    ...(limit.size > 0 ? [`${limit.size} beyond cloudwatch.series, which is ${seriesMax}`] : []),
    ...(omitted > 0 ? [`${omitted} more than are read at once`] : []),
    ...(alike.size > 0
      ? [`${alike.size} with the name and dimensions of another (split them by more dimensions)`]
      : []),
  ];
  const leftOut =
    reasons.length === 0
      ? []
      : [
          `Cannot publish every series to CloudWatch; left out are ${reasons.join(', ')}. All others are published.`,
        ];
  const messages = [...new Set(faults.map(({ message }) => message)), ...leftOut];
  if (messages.length === 0) return undefined;
  return new Fault(faults[0]?.code ?? 'limit', messages.join(' '));
}
