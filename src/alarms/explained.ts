/** Rows behind the points of metric alarms: asked for when one begins, and kept while it lasts. */
import { EVIDENCE_ROWS_MAX, type Evaluation, type EvidenceRow } from './alarm.ts';
import type { Said } from './alarm-store.ts';
import type { MetricReader } from './feed.ts';

/** Of one pass: a cause that makes thousands of alarms is not worth thousands of questions. */
const QUESTIONS_MAX = 20;
/** What takes longer is left out: an alarm does not wait for its explanation. */
const ASKING_MS_MAX = 2_000;

export class Explained {
  readonly #metrics: MetricReader | undefined;
  /** By the alarm: of those in ALARM. */
  readonly #rows = new Map<string, readonly EvidenceRow[]>();

  constructor(metrics: MetricReader | undefined) {
    this.#metrics = metrics;
  }

  /** The same, with rows behind the evidence of those in ALARM. */
  async with(said: readonly Said[], signal: AbortSignal): Promise<Said[]> {
    const asking = AbortSignal.any([signal, AbortSignal.timeout(ASKING_MS_MAX)]);
    let questions = 0;
    const explained: Said[] = [];
    for (const one of said) {
      const { alarm, evaluation } = one;
      if (alarm.rule.kind !== 'metric' || evaluation.state !== 'ALARM') {
        this.#rows.delete(alarm.id);
        explained.push(one);
        continue;
      }
      if (!this.#rows.has(alarm.id) && questions < QUESTIONS_MAX && !asking.aborted) {
        questions += 1;
        const rows = await this.#ask(one, asking);
        if (rows !== undefined) this.#rows.set(alarm.id, rows);
      }
      const evidence = [...evaluation.evidence, ...(this.#rows.get(alarm.id) ?? [])];
      explained.push({ alarm, evaluation: { ...evaluation, evidence: evidence.slice(-EVIDENCE_ROWS_MAX) } });
    }
    signal.throwIfAborted();
    return explained;
  }

  /** Nothing when they cannot be had now. */
  async #ask({ alarm, evaluation }: Said, signal: AbortSignal): Promise<readonly EvidenceRow[] | undefined> {
    const { rule, labels } = alarm;
    const times = breachingMs(evaluation);
    const [startMs, lastMs] = [times[0], times.at(-1)];
    if (rule.kind !== 'metric' || startMs === undefined || lastMs === undefined) return [];
    const { metric, statistic, periodMs } = rule;
    try {
      const question = { metric, statistic, periodMs, where: labels, startMs, endMs: lastMs + periodMs };
      return (await this.#metrics?.explain?.(question, signal)) ?? [];
    } catch {
      return undefined;
    }
  }
}

/** Starts of the periods that breach, in order. */
function breachingMs({ evidence }: Evaluation): number[] {
  return evidence.flatMap(({ standing, time }) =>
    standing === 'breaching' && typeof time === 'string' ? [Date.parse(time)] : [],
  );
}
