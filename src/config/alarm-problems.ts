/** What is wrong with the section `alarms`, and where. */
import { type AlarmDefinition, definitionProblems } from '../alarms/definition.ts';
import { nearest } from '../lib/nearest.ts';
import { HEALTH_ALARMS } from '../health/health-feed.ts';
import { DEFAULT_ALARMS } from '../monitors/default-alarms.ts';
import { ownDefinitions } from './alarm-definitions.ts';
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
  limit: 'threshold',
};

/** Nothing when all of it can be used. */
export function alarmProblems(section: AlarmsSection): SectionProblem[] {
  return [...defaultProblems(section), ...ownProblems(section)];
}

function defaultProblems({ defaults }: AlarmsSection): SectionProblem[] {
  const byId = new Map(DEFAULTS.map((definition) => [definition.id, definition]));
  return Object.entries(defaults).flatMap(([id, { hold }]): SectionProblem[] => {
    const definition = byId.get(id);
    if (definition === undefined) {
      const meant = nearest(id, [...byId.keys()]);
      const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
      return [{ path: ['defaults', id], message: `is the id of no default${hint}` }];
    }
    const { kind } = definition.rule;
    if (hold === undefined || kind === 'status' || kind === 'deadline') return [];
    return [{ path: ['defaults', id, 'hold'], message: 'is of no use: it has no time to hold' }];
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
  const isBand = ['outside', 'below', 'above'].includes(section.comparison_operator);
  const given = (['threshold', 'recovery_threshold'] as const).filter((name) => section[name] !== undefined);
  if (!isBand) return [];
  return given.map((name) => ({
    path: ['metrics', index, name],
    message: `does not go with ${section.comparison_operator}: points bring their band`,
  }));
}
