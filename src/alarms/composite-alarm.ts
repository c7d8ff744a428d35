/** Alarms made of other alarms: read and ordered once, evaluated in one pass. */
import { Fault } from '../lib/fault.ts';
import { type AlarmState, capped, type Evaluation, EVIDENCE_ROWS_MAX } from './alarm.ts';
import { type CompositeExpression, holds, parseCompositeRule, referencesOf } from './composite-rule.ts';
import type { SuppressionRule } from './suppression.ts';

export interface CompositeRule {
  readonly kind: 'composite';
  /** E.g. `ALARM(failed) AND NOT ALARM(maintenance)`. */
  readonly rule: string;
  /** Holds back its changes while it is in ALARM. */
  readonly suppressor?: SuppressionRule & {
    /** Id of an alarm. */
    readonly alarm: string;
  };
}

export interface Composite {
  readonly id: string;
  readonly expression: CompositeExpression;
}

/** The state of an alarm that is no composite, or of a composite as it was. */
export interface KnownState {
  readonly id: string;
  /** Id of its definition: a rule may name that, and means all of its alarms. */
  readonly definition: string;
  readonly state: AlarmState;
}

const NAMED_MAX = 5;

/**
 * The composites in an order in which each comes after those it is made of. Throws `invalid` for a rule that cannot
 * be read, and for composites that are made of one another.
 */
export function orderedComposites(
  definitions: readonly { readonly id: string; readonly rule: CompositeRule }[],
): Composite[] {
  const composites = new Map(
    definitions.map(({ id, rule }) => [id, { id, expression: parsedRule(id, rule.rule) }]),
  );
  const ordered = new Map<string, Composite>();
  for (const id of composites.keys()) visit(id, [], { composites, ordered });
  return [...ordered.values()];
}

interface Ordering {
  readonly composites: ReadonlyMap<string, Composite>;
  readonly ordered: Map<string, Composite>;
}

function visit(id: string, trail: readonly string[], into: Ordering): void {
  const composite = into.composites.get(id);
  if (composite === undefined || into.ordered.has(id)) return;
  if (trail.includes(id)) {
    const cycle = [...trail.slice(trail.indexOf(id)), id].join(' -> ');
    throw new Fault(
      'invalid',
      `Cannot order the composite alarms: they are made of one another, got ${cycle}.`,
    );
  }
  for (const next of referencesOf(composite.expression)) visit(next, [...trail, id], into);
  into.ordered.set(id, composite);
}

function parsedRule(id: string, rule: string): CompositeExpression {
  try {
    return parseCompositeRule(rule);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    throw new Fault(error.code, `Alarm ${id}: ${error.message}`, { cause: error });
  }
}

/** Every composite as of now, from `orderedComposites` and the states of all other alarms. */
export function evaluateComposites(
  composites: readonly Composite[],
  { known, nowMs }: { readonly known: readonly KnownState[]; readonly nowMs: number },
): Map<string, Evaluation> {
  const own = new Set(composites.map(({ id }) => id));
  const states = statesByName(known.filter(({ id }) => !own.has(id)));
  const evaluations = new Map<string, Evaluation>();
  for (const composite of composites) {
    const evaluation = evaluateComposite(composite, states, nowMs);
    evaluations.set(composite.id, evaluation);
    states.set(composite.id, evaluation.state);
  }
  return evaluations;
}

/** By id of the alarm, and the worst of them by id of their definition. */
function statesByName(known: readonly KnownState[]): Map<string, AlarmState> {
  const states = new Map<string, AlarmState>();
  for (const { definition, state } of known) states.set(definition, worse(states.get(definition), state));
  for (const { id, definition, state } of known) if (id !== definition) states.set(id, state);
  return states;
}

function worse(one: AlarmState | undefined, other: AlarmState): AlarmState {
  const order: readonly AlarmState[] = ['OK', 'INSUFFICIENT_DATA', 'ALARM'];
  return one !== undefined && order.indexOf(one) > order.indexOf(other) ? one : other;
}

function evaluateComposite(
  { expression }: Composite,
  states: ReadonlyMap<string, AlarmState>,
  nowMs: number,
): Evaluation {
  const isHolding = holds(expression, (id) => states.get(id));
  const parts = referencesOf(expression).map((id) => ({ id, state: states.get(id) }));
  const unknown = parts.filter(({ state }) => state === undefined).length;
  return {
    state: isHolding === undefined ? 'INSUFFICIENT_DATA' : isHolding ? 'ALARM' : 'OK',
    sentence: capped(sentenceOf(isHolding, parts)),
    numbers: {
      alarms: parts.length,
      inAlarm: parts.filter(({ state }) => state === 'ALARM').length,
      unknown,
    },
    evidence: parts
      .slice(0, EVIDENCE_ROWS_MAX)
      .map(({ id, state }) => ({ alarm: id, state: state ?? 'unknown' })),
    asOfMs: nowMs,
    leansOnGaps: unknown > 0,
  };
}

interface Part {
  readonly id: string;
  readonly state: AlarmState | undefined;
}

function sentenceOf(isHolding: boolean | undefined, parts: readonly Part[]): string {
  const unknown = parts.filter(({ state }) => state === undefined);
  if (isHolding === undefined) {
    const names = listText(unknown.map(({ id }) => id));
    return `Whether its rule holds cannot be told: the state of ${names} is not known.`;
  }
  const states = listText(parts.map(({ id, state }) => `${id} is ${state ?? 'not known'}`));
  const holding = isHolding ? 'Its rule holds' : 'Its rule does not hold';
  return states === '' ? `${holding}.` : `${holding}: ${states}.`;
}

function listText(texts: readonly string[]): string {
  const more = texts.length - NAMED_MAX;
  return `${texts.slice(0, NAMED_MAX).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
