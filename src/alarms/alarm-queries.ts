/** What the store says of alarms, for who asks. Times in milliseconds since 1970 UTC. */
import type { Engine } from '../engine/engine.ts';
import type { AlarmState, EvidenceRow, Labels } from './alarm.ts';
import type { Alarm, AlarmRule } from './definition.ts';

interface AlarmColumns {
  readonly alarm: string;
  readonly definition: string;
  readonly kind: AlarmRule['kind'];
  readonly title: string;
  readonly severity: Alarm['severity'];
  readonly labels: Labels;
  readonly state: AlarmState;
  readonly sinceMs: number;
  readonly revision: number;
  readonly sequence: number;
  readonly sentence: string;
  readonly numbers: Readonly<Record<string, number>>;
  readonly evidence: readonly EvidenceRow[];
  readonly firstStep: string;
  readonly asOfMs: number;
}

export interface AlarmNow extends AlarmColumns {
  readonly evaluatedMs: number;
}

export interface AlarmChange extends AlarmColumns {
  readonly atMs: number;
  /** Null when the alarm was new. */
  readonly from: AlarmState | null;
}

const COLUMNS = `alarm, definition, kind, title, severity, labels, state, revision, sentence, numbers, evidence,
  toInt64(sequence) as sequence, first_step as firstStep,
  toUnixTimestamp64Milli(since) as sinceMs, toUnixTimestamp64Milli(as_of) as asOfMs`;

type Read<Kind> = Omit<Kind, 'evidence'> & { readonly evidence: readonly string[] };

export interface AlarmsQuery {
  readonly alarm?: string | undefined;
  readonly state?: string | undefined;
  readonly severity?: string | undefined;
  /** Label `monitor`. */
  readonly monitor?: string | undefined;
}

const WORST_FIRST = `transform(state, ['ALARM', 'INSUFFICIENT_DATA'], [0, 1], 2),
  transform(severity, ['critical', 'warning'], [0, 1], 2), since desc, alarm`;

/** Alarms, the worst first. */
export async function alarmsNow(
  query: AlarmsQuery & { readonly limit: number },
  engine: Engine,
): Promise<AlarmNow[]> {
  const { isMeant, params } = conditionOf(query);
  const rows = await engine.query<Read<AlarmNow>>(
    `select ${COLUMNS}, toUnixTimestamp64Milli(evaluated_at) as evaluatedMs
     from alarm_states
     where ${isMeant}
     order by ${WORST_FIRST}
     limit ${query.limit}`,
    { params },
  );
  return rows.map(withEvidence);
}

/** What answers count: alarms in each state, of each severity. */
export function alarmCounts(
  query: AlarmsQuery,
  engine: Engine,
): Promise<{ readonly state: AlarmState; readonly definition: string; readonly alarms: number }[]> {
  const { isMeant, params } = conditionOf({ ...query, state: undefined });
  return engine.query(
    `select state, definition, count() as alarms from alarm_states where ${isMeant} group by state, definition`,
    { params },
  );
}

interface ChangesQuery {
  readonly startMs: number;
  readonly endMs: number;
  readonly alarm?: string | undefined;
  /** Only those with a smaller sequence. */
  readonly before?: number | undefined;
  readonly limit: number;
}

/** Transitions that were noticed in the range, latest first. */
export async function alarmChanges(query: ChangesQuery, engine: Engine): Promise<AlarmChange[]> {
  const { startMs, endMs, alarm, before, limit } = query;
  const conditions = [
    'at >= fromUnixTimestamp64Milli({startMs:Int64})',
    'at < fromUnixTimestamp64Milli({endMs:Int64})',
    ...(alarm === undefined ? [] : ['alarm = {alarm:String}']),
    ...(before === undefined ? [] : ['alarm_transitions.sequence < {before:UInt64}']),
  ];
  const rows = await engine.query<Omit<Read<AlarmChange>, 'from'> & { readonly from: AlarmState | '' }>(
    `select ${COLUMNS}, from_state as from, toUnixTimestamp64Milli(at) as atMs
     from alarm_transitions
     where ${conditions.join(' and ')}
     order by alarm_transitions.sequence desc
     limit ${limit}`,
    {
      params: {
        startMs,
        endMs,
        ...(alarm === undefined ? {} : { alarm }),
        ...(before === undefined ? {} : { before }),
      },
    },
  );
  return rows.map((row) => ({ ...withEvidence(row), from: row.from === '' ? null : row.from }));
}

function conditionOf(query: AlarmsQuery): { readonly isMeant: string; readonly params: Labels } {
  const columns = { alarm: 'alarm', state: 'state', severity: 'severity', monitor: "labels['monitor']" };
  const params: Record<string, string> = {};
  const conditions = ['1'];
  for (const name of ['alarm', 'state', 'severity', 'monitor'] as const) {
    const value = query[name];
    if (value === undefined) continue;
    params[name] = value;
    conditions.push(`${columns[name]} = {${name}:String}`);
  }
  return { isMeant: conditions.join(' and '), params };
}

function withEvidence<Kind extends { readonly evidence: readonly string[] }>(
  row: Kind,
): Omit<Kind, 'evidence'> & { readonly evidence: readonly EvidenceRow[] } {
  return { ...row, evidence: row.evidence.map((text) => JSON.parse(text) as EvidenceRow) };
}
