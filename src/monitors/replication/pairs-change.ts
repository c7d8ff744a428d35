/** What changes of the pairs when rules changed. */
import type { Pair, PairRule } from './pairs.ts';

export interface PairsFound {
  /** Rules of the stores and of the configuration. */
  readonly wanted: readonly PairRule[];
  /** Buckets whose rules are known now, with or without any; of others nothing is known that would change a pair. */
  readonly answered: ReadonlySet<string>;
}

/** Pairs as they are to be from now on; only those that differ. `isNew` of one that was not there, or not in force. */
export interface PairChange {
  readonly pair: Pair;
  readonly isNew: boolean;
}

/**
 * A rule that was not enabled before begins anew; one that changes otherwise keeps its beginning. A pair is gone when its
 * bucket answered and has no such rule any more, or the configuration does not declare it.
 */
export function changesOf(found: PairsFound, existing: readonly Pair[]): PairChange[] {
  const before = new Map(existing.map((pair) => [pair.id, pair]));
  const wanted = new Map(found.wanted.map((rule) => [rule.id, rule]));
  const made = [...wanted.values()].flatMap((rule): PairChange[] => {
    const old = before.get(rule.id);
    const isNew = rule.isEnabled && (old === undefined || old.isGone || !old.isEnabled);
    const pair = { ...ruleAlone(rule), activeFromMs: old?.activeFromMs ?? 0, isGone: false };
    return old !== undefined && isSame(old, pair) ? [] : [{ pair, isNew }];
  });
  const gone = existing
    .filter(({ id, isGone }) => !isGone && !wanted.has(id))
    .filter(({ source, isDeclared }) => isDeclared || found.answered.has(source))
    .map((pair) => ({ pair: { ...pair, isGone: true }, isNew: false }));
  return [...made, ...gone];
}

/** The rule without what else is known of it. */
function ruleAlone(rule: PairRule): PairRule {
  const { id, ruleId, source, destination, prefix, tags, priority, isEnabled, isDeclared } = rule;
  const { matchBy, takesDeleteMarkers, takesExisting, targetSeconds } = rule;
  return {
    id,
    ruleId,
    source,
    destination,
    prefix,
    tags,
    priority,
    isEnabled,
    isDeclared,
    matchBy,
    takesDeleteMarkers,
    takesExisting,
    targetSeconds,
  };
}

function isSame(a: Pair, b: Pair): boolean {
  return textOf(a) === textOf(b);
}

function textOf({ tags, ...pair }: Pair): string {
  const byName = Object.entries(pair).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([byName, Object.entries(tags).toSorted(([a], [b]) => (a < b ? -1 : 1))]);
}

/** What the rules of a bucket were at a time. */
export interface RulesThen {
  readonly observedMs: number;
  /** Ids of the pairs that were enabled. */
  readonly enabled: ReadonlySet<string>;
}

/**
 * Since when a rule is enabled without a break, as the looks at its bucket tell, in order of time: after `afterMs` (it
 * was not yet then; 0 when there was no look before), and no later than `byMs`.
 */
export function enabledSince(
  id: string,
  history: readonly RulesThen[],
): { readonly afterMs: number; readonly byMs: number } | undefined {
  const last = history.findLastIndex(({ enabled }) => !enabled.has(id));
  const first = history[last + 1];
  if (first === undefined) return undefined;
  return { afterMs: history[last]?.observedMs ?? 0, byMs: first.observedMs };
}

export interface DeclaredPair {
  readonly source: string;
  readonly destination: string;
  readonly prefix: string;
  readonly match_by: 'version' | 'key';
  readonly target?: number | undefined;
}

/** The id that stands for the rule of pairs of the configuration. */
const DECLARED_RULE = 'declared';

/** Pairs of the configuration; two between the same buckets are told apart by their place. */
export function declaredRules(pairs: readonly DeclaredPair[], targetMs: number): PairRule[] {
  const seen = new Map<string, number>();
  return pairs.map(({ source, destination, prefix, match_by: matchBy, target }) => {
    const between = `${source}/${destination}`;
    const place = (seen.get(between) ?? 0) + 1;
    seen.set(between, place);
    const ruleId = place === 1 ? DECLARED_RULE : `${DECLARED_RULE}-${place}`;
    return {
      id: `${between}/${ruleId}`,
      ruleId,
      source,
      destination,
      prefix,
      tags: {},
      priority: 0,
      isEnabled: true,
      isDeclared: true,
      matchBy,
      takesDeleteMarkers: false,
      takesExisting: true,
      targetSeconds: Math.round((target ?? targetMs) / 1000),
    };
  });
}
