/** Reads timelines, and names what is wrong with the line it stands in. */
import { nearest } from '../lib/nearest.ts';
import { type AlarmDefinition, type AlarmRule, definitionProblems } from './definition.ts';
import {
  TIMELINE_LINES_MAX,
  TIMELINE_POINTS_MAX,
  type TimelineAlarm,
  type TimelineProblem,
  type TimelineReading,
} from './timeline.ts';
import { type AlarmKind, type Draft, FIRST_WORDS, FORMS, isSetting, newSettings } from './timeline-lines.ts';

const HEADER = /^(metric|deadline|status|composite)\s+alarm\s+(\S+)$/;

/**
 * The alarms of a timeline, or everything that is wrong with it.
 *
 * @example
 * readTimeline('metric alarm errors\n  threshold > 3\n  at 1m value 5\n  by 1m state is ALARM\n');
 */
export function readTimeline(text: string): TimelineReading {
  const lines = text.split(/\r?\n/);
  if (lines.length > TIMELINE_LINES_MAX)
    return { ok: false, problems: [{ line: 0, message: `more than ${TIMELINE_LINES_MAX} lines` }] };
  const drafts: Draft[] = [];
  const problems: TimelineProblem[] = [];
  for (const [index, whole] of lines.entries()) {
    const message = lineProblem(whole.trim(), drafts, index + 1);
    if (message !== undefined) problems.push({ line: index + 1, message });
  }
  const points = drafts.flatMap(({ events }) => events.filter(({ kind }) => kind === 'point')).length;
  if (points > TIMELINE_POINTS_MAX)
    problems.push({ line: 0, message: `more than ${TIMELINE_POINTS_MAX} points` });
  if (problems.length > 0) return { ok: false, problems };
  return checked(drafts);
}

function lineProblem(text: string, drafts: Draft[], line: number): string | undefined {
  if (text === '' || text.startsWith('#')) return undefined;
  const header = HEADER.exec(text);
  if (header !== null) {
    const [, kind, id = ''] = header;
    drafts.push({
      line,
      id,
      kind: kind as AlarmKind,
      settings: newSettings(),
      events: [],
      expectations: [],
    });
    return undefined;
  }
  const draft = drafts.at(-1);
  if (draft === undefined) return `the first line is an alarm, such as "metric alarm errors", got "${text}"`;
  return formProblem(text, draft, line);
}

function formProblem(text: string, draft: Draft, line: number): string | undefined {
  const matching = FORMS.filter(({ pattern }) => pattern.test(text));
  const form = matching.find(({ kinds }) => kinds.includes(draft.kind));
  if (form === undefined) {
    if (matching.length > 0) return `a ${draft.kind} alarm has no such line, got "${text}"`;
    return `${suggestion(text)}, got "${text}"`;
  }
  if (isSetting(form) && draft.events.length + draft.expectations.length > 0)
    return `settings stand before everything that happens, got "${text}"`;
  return form.read(form.pattern.exec(text)?.groups ?? {}, draft, line);
}

function suggestion(text: string): string {
  const [word = ''] = text.split(/\s/);
  if (FIRST_WORDS.includes(word)) return `a line that begins with "${word}" reads otherwise`;
  const meant = nearest(word, FIRST_WORDS);
  return meant === undefined ? 'no line reads so' : `no line begins with "${word}"; is "${meant}" meant?`;
}

function checked(drafts: readonly Draft[]): TimelineReading {
  const problems: TimelineProblem[] = [];
  const alarms: TimelineAlarm[] = [];
  for (const draft of drafts) {
    const rule = ruleOf(draft);
    const message = draftProblem(draft, rule);
    if (message !== undefined) problems.push({ line: draft.line, message });
    if (rule !== undefined) alarms.push(alarmOf(draft, rule));
  }
  if (drafts.length === 0) problems.push({ line: 1, message: 'there is no alarm' });
  for (const { definition, path, message } of definitionProblems(alarms.map((one) => one.definition))) {
    const line = drafts.findLast(({ id }) => id === definition)?.line ?? 0;
    problems.push({ line, message: `${path}: ${message}` });
  }
  return problems.length === 0 ? { ok: true, alarms } : { ok: false, problems };
}

function draftProblem({ settings, expectations }: Draft, rule: AlarmRule | undefined): string | undefined {
  if (rule === undefined) return 'it has no threshold and no band';
  if (settings.limit?.kind === 'band' && settings.recoveryThreshold !== undefined)
    return 'a recovery threshold goes with a threshold, not with a band';
  return expectations.length === 0 ? 'nothing is expected of it' : undefined;
}

function alarmOf(draft: Draft, rule: AlarmRule): TimelineAlarm {
  const definition: AlarmDefinition = {
    id: draft.id,
    title: draft.id,
    severity: 'warning',
    firstStep: '',
    labels: {},
    rule,
  };
  const { line, settings, events, expectations } = draft;
  return {
    line,
    definition,
    settleMs: settings.settleMs,
    events: events.toSorted((a, b) => a.atMs - b.atMs),
    expectations,
  };
}

/** Nothing for a metric without a limit. */
function ruleOf({ kind, id, settings }: Draft): AlarmRule | undefined {
  const wait = settings.lateWaitMs === undefined ? {} : { lateWaitMs: settings.lateWaitMs };
  switch (kind) {
    case 'metric':
      return metricRule(id, settings, wait);
    case 'deadline':
      return { kind, graceMs: settings.graceMs, ...wait };
    case 'status':
      return { kind, alarmOn: settings.alarmOn, okOn: settings.okOn, holdMs: settings.holdMs };
    case 'composite':
      return { kind, rule: settings.rule };
  }
}

function metricRule(
  metric: string,
  settings: Draft['settings'],
  wait: { readonly lateWaitMs?: number },
): AlarmRule | undefined {
  const { limit, recoveryThreshold, extraPeriods, recoveryPeriods, lowSamples } = settings;
  if (limit === undefined) return undefined;
  const { periodMs, evaluationPeriods, datapointsToAlarm, missing } = settings;
  const recovery = recoveryThreshold === undefined ? {} : { recoveryThreshold };
  return {
    kind: 'metric',
    metric,
    statistic: 'Sum',
    periodMs,
    evaluationPeriods,
    datapointsToAlarm,
    missing,
    limit: limit.kind === 'threshold' ? { ...limit, ...recovery } : limit,
    ...(extraPeriods === undefined ? {} : { extraPeriods }),
    ...(recoveryPeriods === undefined ? {} : { recoveryPeriods }),
    ...(lowSamples === undefined ? {} : { lowSamples }),
    ...wait,
  };
}
