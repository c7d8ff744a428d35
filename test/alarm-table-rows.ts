/** Transitions as rows of the store, for tests of what comes after them. */
import type { Engine } from '../src/engine/engine.ts';
import { engineTime } from '../src/lib/engine-time.ts';
import type { Transition } from '../src/notify/book.ts';

/** As the evaluator stores it; `revision` is told apart by the sequence. */
export async function storeTransition(
  transition: Pick<Transition, 'sequence' | 'alarm' | 'from' | 'to' | 'atMs'> & Partial<Transition>,
  engine: Engine,
): Promise<void> {
  const { sequence, alarm, from, to, atMs, sinceMs = atMs, labels = {} } = transition;
  const row = {
    alarm,
    revision: sequence,
    sequence,
    at: engineTime(atMs),
    since: engineTime(sinceMs),
    from_state: from === 'OK' ? '' : from,
    state: to,
    definition: alarm,
    kind: 'status',
    title: transition.title ?? alarm,
    severity: transition.severity ?? 'warning',
    labels,
    sentence: transition.sentence ?? `${alarm} is ${to}`,
    numbers: {},
    evidence: [],
    first_step: '',
    as_of: engineTime(atMs),
  };
  await engine.insertRows({ table: 'alarm_transitions', rows: [row] });
}

export async function storeSilence(
  silence: { readonly id: string; readonly bucket: string; readonly startMs: number; readonly endMs: number },
  engine: Engine,
): Promise<void> {
  const row = {
    id: silence.id,
    matchers: [{ label: 'bucket', values: [silence.bucket] }],
    starts_at: engineTime(silence.startMs),
    ends_at: engineTime(silence.endMs),
    author: 'alice',
    reason: 'a move',
    created_at: engineTime(silence.startMs),
    changed_at: engineTime(silence.startMs),
  };
  await engine.insertRows({ table: 'silences', rows: [row] });
}

export async function storeAcknowledgement(
  said: {
    readonly alarm: string;
    readonly sequence: number;
    readonly atMs: number;
    readonly endMs: number;
  },
  engine: Engine,
): Promise<void> {
  const { alarm, sequence, atMs, endMs } = said;
  const row = {
    alarm,
    sequence,
    at: engineTime(atMs),
    ends_at: engineTime(endMs),
    author: 'bob',
    reason: '',
  };
  await engine.insertRows({ table: 'alarm_acknowledgements', rows: [row] });
}
