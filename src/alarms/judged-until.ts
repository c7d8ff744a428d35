/** Up to when the periods of a metric are judged: that never goes back, and what was passed over is looked at. */
import type { MetricReading } from './feed.ts';
import type { SkippedPeriods } from './look.ts';
import { latest, lookedUntil, type MetricGroup } from './metric-looks.ts';

/** Looks at periods that were passed over, over all series of a question: about a second. */
const LOOKS_MAX = 200_000;
const PERIODS_MAX = 1440;

interface Known {
  readonly untilMs: number;
  /** Alarms that have changed after this, by our clock, are past what was passed over. */
  readonly atMs: number;
}

export class JudgedUntil {
  readonly #group: MetricGroup;
  #known: Known | undefined;
  #next: Known | undefined;

  constructor(group: MetricGroup) {
    this.#group = group;
  }

  /** What an earlier run has judged, at the first look of this one; while it settles alarms change by what is there. */
  begin(untilMs: number | undefined, nowMs: number): void {
    if (this.#known !== undefined || untilMs === undefined) return;
    this.#known = { untilMs: lookedUntil(this.#group, nowMs, untilMs), atMs: nowMs - 1 };
  }

  /** The first end of a period that nobody looked at; nothing when nothing is judged yet. */
  firstMs(nowMs: number): number | undefined {
    if (this.#known === undefined) return undefined;
    const { periodMs } = this.#group.question;
    const oldestMs = lookedUntil(this.#group, nowMs) - PERIODS_MAX * periodMs;
    return Math.max(this.#known.untilMs + periodMs, oldestMs);
  }

  /** A source that turns out to be later than it seemed is judged no further back than it was. */
  notBefore(readings: readonly MetricReading[], nowMs: number): readonly MetricReading[] {
    const untilMs = this.#known?.untilMs;
    // A clock that was set back says nothing of sources.
    if (untilMs === undefined || untilMs > nowMs) return readings;
    return readings.map((reading) =>
      reading.completeUntilMs === undefined || reading.completeUntilMs >= untilMs
        ? reading
        : { ...reading, completeUntilMs: untilMs },
    );
  }

  /** The periods before the newest that nobody looked at, as far as there is time for all series; `done` makes them judged. */
  skipped(readings: readonly MetricReading[], nowMs: number): SkippedPeriods | undefined {
    const { question } = this.#group;
    const untilMs = lookedUntil(this.#group, nowMs, latest(readings));
    this.#next = { untilMs: Math.max(untilMs, this.#known?.untilMs ?? 0), atMs: Number.POSITIVE_INFINITY };
    const firstMs = this.firstMs(nowMs);
    if (firstMs === undefined || this.#known === undefined) return undefined;
    const periods = Math.floor(LOOKS_MAX / Math.max(1, readings.length));
    const startMs = Math.max(firstMs, untilMs - periods * question.periodMs);
    return startMs >= untilMs ? undefined : { startMs, endMs: untilMs, knownMs: this.#known.atMs };
  }

  /** What was looked at last is stored. */
  done(): void {
    this.#known = this.#next ?? this.#known;
    this.#next = undefined;
  }
}
