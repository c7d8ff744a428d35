/** What is wrong with the section `alarms`, and where. */
import { type AlarmDefinition, definitionProblems } from '../alarms/definition.ts';
import { parseCompositeRule, referencesOf } from '../alarms/composite-rule.ts';
import { Fault } from '../lib/fault.ts';
import { nearest } from '../lib/nearest.ts';
import { HEALTH_ALARMS } from '../health/health-feed.ts';
import { catalogueOf } from '../metrics/catalogue.ts';
import { checkQuestion } from '../metrics/plan.ts';
import { DEFAULT_ALARMS } from '../monitors/default-alarms.ts';
import { metricDefinition, ownDefinitions } from './alarm-definitions.ts';
import type { AlarmsSection } from './alarms.ts';

const DEFAULTS = [...DEFAULT_ALARMS, ...HEALTH_ALARMS];

export interface SectionProblem {
  /** Within the section. */
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Settings by the fields of rules that they become. */
const SETTINGS: Readonly<Record<string, string>> = {
  periodMs: 'period',
  evaluationPeriods: 'evaluation_periods',
  datapointsToAlarm: 'datapoints_to_alarm',
  recoveryPeriods: 'recovery_periods',
  lateWaitMs: 'wait',
  extraPeriods: 'extra_periods',
  lowSamples: 'statistic',
  limit: 'threshold',
};

/** Nothing when all of it can be used. */
export function alarmProblems(section: AlarmsSection): SectionProblem[] {
  return [...defaultProblems(section), ...ownProblems(section), ...referenceProblems(section)];
}

/** What is wrong with the metrics that alarms name; nothing while something else is. */
export function metricProblems(section: AlarmsSection, names: MetricNames): SectionProblem[] {
  if (alarmProblems(section).length > 0) return [];
  const catalogue = catalogueOf(names);
  return section.metrics.flatMap((one, index) => {
    const { rule, where = {} } = metricDefinition(one);
    try {
      checkQuestion({ ...rule, where }, catalogue);
      return [];
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      return [{ path: ['metrics', index, 'metric'], message: `is wrong: ${error.message}` }];
    }
  });
}

type MetricNames = Parameters<typeof catalogueOf>[0];

function defaultProblems({ defaults }: AlarmsSection): SectionProblem[] {
  const byId = new Map(DEFAULTS.map((definition) => [definition.id, definition]));
  return Object.entries(defaults).flatMap(([id, { hold, threshold }]): SectionProblem[] => {
    const definition = byId.get(id);
    if (definition === undefined) {
      const meant = nearest(id, [...byId.keys()]);
      const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
      return [{ path: ['defaults', id], message: `is the id of no default${hint}` }];
    }
    const { rule } = definition;
    const holds = rule.kind === 'status' || rule.kind === 'deadline';
    const isLimited = rule.kind === 'metric' && rule.limit.kind === 'threshold';
    const useless = (name: string, why: string) => ({
      path: ['defaults', id, name],
      message: `is of no use: ${why}`,
    });
    return [
      ...(hold === undefined || holds ? [] : [useless('hold', 'it has no time to hold')]),
      ...(threshold === undefined || isLimited ? [] : [useless('threshold', 'it has none')]),
    ];
  });
}

function ownProblems(section: AlarmsSection): SectionProblem[] {
  const own = ownDefinitions(section);
  const found = definitionProblems([...DEFAULTS, ...own]);
  return [
    ...found.flatMap(({ definition, path, message }) => {
      // Of two with one id the later is the one too many.
      const index = own.findLastIndex(({ id }) => id === definition);
      if (index === -1) return [];
      return [{ path: [...placeOf(index, section), settingOf(path, own[index])], message }];
    }),
    ...section.metrics.flatMap(thresholdProblems),
  ];
}

/** A name that is none would leave a composite without a state for ever. */
function referenceProblems(section: AlarmsSection): SectionProblem[] {
  const ids = [...DEFAULTS, ...ownDefinitions(section)].map(({ id }) => id);
  const messageOf = (alarm: string): string | undefined => {
    const definition = alarm.split('{', 1)[0] ?? '';
    if (section.defaults[definition]?.enabled === false) return `names ${alarm}, which is turned off`;
    if (ids.includes(definition)) return undefined;
    const meant = nearest(definition, ids);
    return `names ${alarm}, and there is no such alarm${meant === undefined ? '' : `; did you mean ${meant}?`}`;
  };
  return section.composites.flatMap(({ rule, suppressor }, index) => [
    ...namesOf(rule).flatMap((alarm) => problemAt(['composites', index, 'rule'], messageOf(alarm))),
    ...(suppressor === undefined
      ? []
      : problemAt(['composites', index, 'suppressor', 'alarm'], messageOf(suppressor.alarm))),
  ]);
}

function problemAt(path: SectionProblem['path'], message: string | undefined): SectionProblem[] {
  return message === undefined ? [] : [{ path, message }];
}

/** None where the rule cannot be read, which is told already. */
function namesOf(rule: string): string[] {
  try {
    return referencesOf(parseCompositeRule(rule));
  } catch (error) {
    if (error instanceof Fault) return [];
    throw error;
  }
}

function placeOf(index: number, { metrics }: AlarmsSection): (string | number)[] {
  return index < metrics.length ? ['metrics', index] : ['composites', index - metrics.length];
}

function settingOf(field: string, definition: AlarmDefinition | undefined): string {
  const rule = definition?.rule;
  const hasRecovery =
    rule?.kind === 'metric' && rule.limit.kind === 'threshold' && !Number.isNaN(rule.limit.threshold);
  if (field === 'limit' && hasRecovery) return 'recovery_threshold';
  return SETTINGS[field] ?? field;
}

/** A band has no threshold of its own. */
function thresholdProblems(section: AlarmsSection['metrics'][number], index: number): SectionProblem[] {
  const isBand = metricDefinition(section).rule.limit.kind === 'band';
  const given = (['threshold', 'recovery_threshold'] as const).filter((name) => section[name] !== undefined);
  if (!isBand) return [];
  return given.map((name) => ({
    path: ['metrics', index, name],
    message: `does not go with ${section.comparison_operator}: points bring their band`,
  }));
}
