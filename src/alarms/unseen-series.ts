/** Series of metrics that were there before: their alarms go on without points for a while. */
import { alarmId, labelsOfId } from './alarm-id.ts';
import type { AlarmDefinition } from './definition.ts';
import type { MetricReading } from './feed.ts';
import type { StoredAlarm } from './state.ts';

/** After so long without points a series is no alarm any more, unless it is in ALARM. */
const UNSEEN_MS = 7 * 86_400_000;

export class UnseenSeries {
  /** When each alarm last had points. */
  readonly #seenMs = new Map<string, number>();
  #startedMs: number | undefined;

  /**
   * The readings, and one without points for each alarm of the definition that is not among them. A definition without any
   * series is one alarm: it was asked for, and somebody waits for it.
   */
  withUnseen(
    readings: readonly MetricReading[],
    { definition, known }: { readonly definition: AlarmDefinition; readonly known: readonly StoredAlarm[] },
    nowMs: number,
  ): readonly MetricReading[] {
    this.#startedMs ??= nowMs;
    const { id, where = {} } = definition;
    const seen = new Set(readings.map(({ labels }) => alarmId(id, labels)));
    for (const alarm of seen) this.#seenMs.set(alarm, nowMs);
    const whole = Object.fromEntries(Object.entries(where).filter(([, value]) => value !== '*'));
    const stand = alarmId(id, whole);
    const unseen = known.filter(
      (one) => !seen.has(one.alarm) && one.alarm !== stand && this.#isExpected(one, nowMs),
    );
    const all = [...readings, ...unseen.map(({ alarm }) => ({ labels: labelsOfId(alarm), points: [] }))];
    return all.length > 0 ? all : [{ labels: whole, points: [] }];
  }

  #isExpected({ alarm, state, sinceMs }: StoredAlarm, nowMs: number): boolean {
    if (state === 'ALARM') return true;
    const seenMs = this.#seenMs.get(alarm) ?? this.#startedMs ?? nowMs;
    return nowMs - (state === 'INSUFFICIENT_DATA' ? Math.min(seenMs, sinceMs) : seenMs) < UNSEEN_MS;
  }
}
