/** Definitions of alarms as plain values, which configuration and monitors fill in, and the alarms that come of them. */
import { reasonOf } from '../lib/fault.ts';
import type { Labels } from './alarm.ts';
import { alarmId, DEFINITION_ID } from './alarm-id.ts';
import { type CompositeRule, orderedComposites } from './composite-alarm.ts';
import type { DeadlineRule } from './deadline-alarm.ts';
import { type MetricRule, metricRuleProblems, type RuleProblem } from './metric-rule.ts';
import type { StatusRule } from './status-alarm.ts';

export const SEVERITIES = ['critical', 'warning', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

export type AlarmRule = MetricRule | DeadlineRule | StatusRule | CompositeRule;

export interface AlarmDefinition {
  /** Unique, stable: letters, digits and `_./-`. */
  readonly id: string;
  /** With `{label}` for the value of a label. */
  readonly title: string;
  readonly severity: Severity;
  /** What to do first, with `{label}` as in the title. */
  readonly firstStep: string;
  /** Go with every alarm of it, for routing; they are no part of its identity. */
  readonly labels: Labels;
  /** An alarm for each series that has these labels, `*` for any value; of a composite: none, it is one alarm. */
  readonly where?: Labels;
  readonly rule: AlarmRule;
}

export interface Alarm {
  readonly id: string;
  readonly definition: string;
  readonly title: string;
  readonly severity: Severity;
  readonly firstStep: string;
  /** Those of its series, and over them those of its definition. */
  readonly labels: Labels;
  readonly rule: AlarmRule;
}

export interface Expansion {
  /** In the order of their ids. */
  readonly alarms: readonly Alarm[];
  /** How many more there would be without the limit: never left unsaid. */
  readonly omitted: number;
}

const ALARMS_PER_DEFINITION_MAX = 10_000;
const TITLE_CHARACTERS_MAX = 500;

interface Choice {
  /** How many there may be. */
  readonly limit?: number;
  /** Those that come first where there are too many: else a new series would put an end to an alarm. */
  readonly isThere?: (id: string) => boolean;
}

/** One alarm for each different set of labels that the definition is for, at most `limit`. */
export function expand(
  definition: AlarmDefinition,
  series: readonly Labels[],
  { limit = ALARMS_PER_DEFINITION_MAX, isThere = () => false }: Choice = {},
): Expansion {
  const sets = definition.rule.kind === 'composite' ? [{}] : series.filter(isWithin(definition.where));
  const byId = new Map(sets.map((labels) => [alarmId(definition.id, labels), labels]));
  const ids = [...byId.keys()].sort();
  const chosen = ids.length <= limit ? ids : chosenOf(ids, { limit, isThere });
  return {
    alarms: chosen.map((id) => alarmOf(definition, id, byId.get(id) ?? {})),
    omitted: ids.length - chosen.length,
  };
}

function chosenOf(ids: readonly string[], { limit, isThere }: Required<Choice>): string[] {
  const first = ids.filter(isThere);
  return [...first, ...ids.filter((id) => !isThere(id))].slice(0, limit).sort();
}

function isWithin(where: Labels = {}): (labels: Labels) => boolean {
  const wanted = Object.entries(where);
  return (labels) =>
    wanted.every(([name, value]) => Object.hasOwn(labels, name) && (value === '*' || labels[name] === value));
}

function alarmOf(definition: AlarmDefinition, id: string, labels: Labels): Alarm {
  const { severity, rule } = definition;
  return {
    id,
    definition: definition.id,
    title: filled(definition.title, labels),
    severity,
    firstStep: filled(definition.firstStep, labels),
    labels: { ...labels, ...definition.labels },
    rule,
  };
}

/** A part in braces that is no label stays as it is. */
function filled(template: string, labels: Labels): string {
  const text = template.replace(/\{([^{}]+)\}/g, (whole, name: string) =>
    Object.hasOwn(labels, name) ? (labels[name] ?? whole) : whole,
  );
  return text.slice(0, TITLE_CHARACTERS_MAX).toWellFormed();
}

export interface DefinitionProblem extends RuleProblem {
  /** Id of the definition. */
  readonly definition: string;
}

/** What is wrong with these definitions together; nothing when all can be evaluated. */
export function definitionProblems(definitions: readonly AlarmDefinition[]): DefinitionProblem[] {
  const seen = new Set<string>();
  const found: DefinitionProblem[] = [];
  for (const { id, rule } of definitions) {
    if (!DEFINITION_ID.test(id))
      found.push({ definition: id, path: 'id', message: 'is not letters, digits and _./-' });
    if (seen.has(id)) found.push({ definition: id, path: 'id', message: 'is there twice' });
    seen.add(id);
    found.push(...ruleProblems(rule).map((problem) => ({ definition: id, ...problem })));
  }
  return [...found, ...compositeProblems(definitions)];
}

function ruleProblems(rule: AlarmRule): RuleProblem[] {
  switch (rule.kind) {
    case 'metric':
      return metricRuleProblems(rule);
    case 'deadline':
      return rule.graceMs >= 0 ? [] : [{ path: 'graceMs', message: 'is below 0' }];
    case 'status': {
      const both = rule.alarmOn.filter((word) => rule.okOn.includes(word));
      const problems = both.map((word) => ({ path: 'alarmOn', message: `has "${word}", as okOn has` }));
      return rule.alarmOn.length > 0 ? problems : [{ path: 'alarmOn', message: 'has no word' }];
    }
    case 'composite':
      return [];
  }
}

function compositeProblems(definitions: readonly AlarmDefinition[]): DefinitionProblem[] {
  const composites = definitions.flatMap(({ id, rule }) => (rule.kind === 'composite' ? [{ id, rule }] : []));
  const broken = composites.flatMap(({ id, rule }) => {
    const message = faultOf([{ id, rule }]);
    return message === undefined ? [] : [{ definition: id, path: 'rule', message }];
  });
  if (broken.length > 0) return broken;
  const message = faultOf(composites);
  return message === undefined ? [] : [{ definition: composites[0]?.id ?? '', path: 'rule', message }];
}

function faultOf(composites: Parameters<typeof orderedComposites>[0]): string | undefined {
  try {
    orderedComposites(composites);
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
}
