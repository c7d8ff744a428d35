/** Composites after all other alarms, and what suppresses their changes. */
import type { AlarmState, Evaluation } from './alarm.ts';
import type { Said } from './alarm-store.ts';
import { type Composite, evaluateComposites, type KnownState, orderedComposites } from './composite-alarm.ts';
import { type Alarm, type AlarmDefinition, expand } from './definition.ts';
import { type Suppression, suppressionStep } from './suppression.ts';

interface Standing {
  readonly suppression: Suppression;
  /** The change that is no longer held back. */
  readonly acted?: AlarmState;
}

interface Others {
  readonly states: ReadonlyMap<string, AlarmState>;
  /** Alarms in ALARM, and the definitions they are of. */
  readonly alarming: ReadonlySet<string>;
  readonly nowMs: number;
}

/** A change that waits or is suppressed is no change yet: after a restart its wait begins anew. */
export class CompositePass {
  readonly #composites: readonly Composite[];
  readonly #alarms = new Map<string, Alarm>();
  readonly #standings = new Map<string, Standing>();

  /** Throws `invalid` for rules that cannot be read or ordered. */
  constructor(definitions: readonly AlarmDefinition[]) {
    this.#composites = orderedComposites(
      definitions.flatMap(({ id, rule }) => (rule.kind === 'composite' ? [{ id, rule }] : [])),
    );
    for (const definition of definitions)
      if (definition.rule.kind === 'composite')
        for (const alarm of expand(definition, []).alarms) this.#alarms.set(alarm.id, alarm);
  }

  get ids(): readonly string[] {
    return [...this.#alarms.keys()];
  }

  /** What is said of each, from the states of all alarms as they are stored. */
  run(known: readonly KnownState[], nowMs: number): Said[] {
    const evaluations = evaluateComposites(this.#composites, { known, nowMs });
    const states = new Map(known.map(({ id, state }) => [id, state]));
    const inAlarm = known.filter(({ state }) => state === 'ALARM');
    const alarming = new Set(inAlarm.flatMap(({ id, definition }) => [id, definition]));
    return [...evaluations].flatMap(([id, evaluation]) => {
      const alarm = this.#alarms.get(id);
      if (alarm === undefined) return [];
      return [{ alarm, evaluation: this.#heldBack(alarm, evaluation, { states, alarming, nowMs }) }];
    });
  }

  #heldBack({ id, rule }: Alarm, evaluation: Evaluation, { states, alarming, nowMs }: Others): Evaluation {
    if (rule.kind !== 'composite' || rule.suppressor === undefined) return evaluation;
    const { suppressor } = rule;
    const stored = states.get(id) ?? 'OK';
    const before = this.#standings.get(id) ?? { suppression: { state: stored, isSuppressed: false } };
    const { suppression, acts = before.acted } = suppressionStep(suppressor, before.suppression, {
      state: evaluation.state,
      suppressor: alarming.has(suppressor.alarm) ? 'ALARM' : 'OK',
      nowMs,
    });
    this.#standings.set(id, { suppression, ...(acts === undefined ? {} : { acted: acts }) });
    if (evaluation.state === stored || evaluation.state === acts) return evaluation;
    return {
      ...evaluation,
      state: stored,
      sentence: `Held back by ${suppressor.alarm}: ${evaluation.sentence}`,
    };
  }
}
