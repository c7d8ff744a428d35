/** Alarms as the tables `alarm_states` and `alarm_transitions` keep them. */
import type { Engine } from '../engine/engine.ts';
import { engineTime } from '../lib/engine-time.ts';
import type { AlarmState, Evaluation, Labels } from './alarm.ts';
import type { Alarm, AlarmRule } from './definition.ts';
import type { StoredAlarm, Transition } from './state.ts';

/** What a row says of an alarm whatever its state. */
export interface AlarmFacts {
  readonly id: string;
  readonly definition: string;
  readonly kind: AlarmRule['kind'];
  readonly title: string;
  readonly severity: Alarm['severity'];
  readonly labels: Labels;
  readonly firstStep: string;
}

export type Row = Readonly<Record<string, unknown>>;

export function factsOf({ rule, ...alarm }: Alarm): AlarmFacts {
  return { ...alarm, kind: rule.kind };
}

function factColumns({ id, definition, kind, title, severity, labels }: AlarmFacts): Row {
  return { alarm: id, definition, kind, title, severity, labels };
}

export function transitionRow(
  facts: AlarmFacts,
  transition: Transition & { readonly sequence: number },
): Row {
  return {
    ...factColumns(facts),
    revision: transition.revision,
    sequence: transition.sequence,
    at: engineTime(transition.atMs),
    since: engineTime(transition.sinceMs),
    from_state: transition.from ?? '',
    state: transition.state,
    sentence: transition.sentence,
    numbers: transition.numbers,
    evidence: transition.evidence.map((row) => JSON.stringify(row)),
    first_step: transition.firstStep,
    as_of: engineTime(transition.asOfMs),
  };
}

/** What is said now; the sentence of the transition where the evaluation changed nothing. */
export function stateRow(
  facts: AlarmFacts,
  stored: StoredAlarm & { readonly sequence: number },
  evaluation: Evaluation,
): Row {
  return {
    ...factColumns(facts),
    state: stored.state,
    since: engineTime(stored.sinceMs),
    revision: stored.revision,
    sequence: stored.sequence,
    sentence: evaluation.state === stored.state ? evaluation.sentence : stored.sentence,
    numbers: evaluation.numbers,
    evidence: evaluation.evidence.map((row) => JSON.stringify(row)),
    first_step: stored.state === 'OK' ? '' : facts.firstStep,
    as_of: engineTime(evaluation.asOfMs),
    is_deleted: 0,
  };
}

/** An alarm that is there no more. */
export function goneRow({ id }: AlarmFacts): Row {
  const never = engineTime(0);
  return { alarm: id, since: never, as_of: never, is_deleted: 1 };
}

/** An alarm as the store has it. */
export interface ReadAlarm extends Omit<AlarmFacts, 'id'>, StoredAlarm {
  readonly sequence: number;
  /** When its row was written; 0 for what transitions alone tell. */
  readonly writtenMs: number;
  /** Up to when data was looked at when it was written. */
  readonly asOfMs: number;
}

type Read = Omit<ReadAlarm, 'sequence' | 'state' | 'severity'> & {
  readonly sequence: number | string;
  readonly state: AlarmState;
  readonly severity: Alarm['severity'];
};

const COLUMNS = `alarm, definition, kind, title, severity, labels, state, revision, sequence, sentence,
  first_step as firstStep, toUnixTimestamp64Milli(since) as sinceMs, toUnixTimestamp64Milli(as_of) as asOfMs`;
const ALARMS_MAX = 2_000_000;

/** The alarms there are. */
export function readStates(engine: Engine): Promise<ReadAlarm[]> {
  return readRows(
    `select ${COLUMNS}, asOfMs as atMs, toUnixTimestamp64Milli(evaluated_at) as writtenMs
     from alarm_states`,
    engine,
  );
}

/** The newest transition of every alarm there ever was, as far as they are kept. */
export function readNewestTransitions(engine: Engine): Promise<ReadAlarm[]> {
  return readRows(
    `select ${COLUMNS}, toUnixTimestamp64Milli(at) as atMs, 0 as writtenMs
     from alarm_transitions
     order by alarm, revision desc
     limit 1 by alarm`,
    engine,
  );
}

async function readRows(sql: string, engine: Engine): Promise<ReadAlarm[]> {
  const rows = await engine.query<Read>(sql, { limits: { resultRows: ALARMS_MAX } });
  return rows.map((row) => ({ ...row, sequence: Number(row.sequence) }));
}
