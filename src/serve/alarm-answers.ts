/** What is known of alarms, in the shapes of the API. */
import type { z } from '@hono/zod-openapi';
import type { AlarmChange, AlarmNow } from '../alarms/alarm-queries.ts';
import type { KnownDefinition } from '../alarms/known-definition.ts';
import { ruleText } from '../alarms/rule-text.ts';
import { type Acknowledgement, type Silence, silenceState } from '../alarms/silences.ts';
import { fits } from '../notify/match.ts';
import type * as shapes from './alarm-api.ts';
import { isoOf } from './ledger-queries.ts';

/** What people said. */
export interface Said {
  readonly silences: readonly Silence[];
  readonly acknowledgements: ReadonlyMap<string, Acknowledgement>;
}

export function alarmAnswer(alarm: AlarmNow, said: Said, nowMs: number): shapes.Alarm {
  const { definition, kind, title, severity, state, sentence } = alarm;
  const acknowledged = said.acknowledgements.get(alarm.alarm);
  return {
    alarm: alarm.alarm,
    definition,
    kind,
    title,
    severity,
    state,
    sentence,
    labels: { ...alarm.labels },
    numbers: { ...alarm.numbers },
    evidence: evidenceOf(alarm),
    since: isoOf(alarm.sinceMs),
    first_step: alarm.firstStep,
    as_of: isoOf(alarm.asOfMs),
    evaluated_at: isoOf(alarm.evaluatedMs),
    acknowledged:
      acknowledged === undefined
        ? null
        : {
            author: acknowledged.author,
            reason: acknowledged.reason,
            at: isoOf(acknowledged.atMs),
            ends_at: isoOf(acknowledged.endsMs),
          },
    silences: said.silences
      .filter((silence) => silenceState(silence, nowMs) === 'active' && fits(silence.matchers, alarm))
      .map(({ id }) => id),
  };
}

export function transitionAnswer(change: AlarmChange): shapes.Transitions['rows'][number] {
  const { alarm, revision, from, state, title, severity, sentence } = change;
  return {
    alarm,
    revision,
    from,
    state,
    title,
    severity,
    sentence,
    at: isoOf(change.atMs),
    since: isoOf(change.sinceMs),
    labels: { ...change.labels },
    evidence: evidenceOf(change),
    first_step: change.firstStep,
  };
}

function evidenceOf({ evidence }: Pick<AlarmNow, 'evidence'>): shapes.Alarm['evidence'] {
  return evidence.map((row) => ({ ...row }));
}

type Definition = z.infer<typeof shapes.Definition>;

export function definitionAnswer(known: KnownDefinition, alarms: number): Definition {
  const { id, title, severity, labels, firstStep, rule } = known.definition;
  return {
    id,
    title,
    severity,
    alarms,
    kind: rule.kind,
    labels: { ...labels },
    first_step: firstStep,
    from: known.from,
    enabled: known.isEnabled,
    rule: ruleText(rule),
  };
}

export function silenceAnswer(silence: Silence, nowMs: number): z.infer<typeof shapes.Silence> {
  const { id, matchers, author, reason } = silence;
  return {
    id,
    author,
    reason,
    matchers: matchers.map(({ label, values }) => ({ label, values: [...values] })),
    starts_at: isoOf(silence.startsMs),
    ends_at: isoOf(silence.endsMs),
    state: silenceState(silence, nowMs),
  };
}

/** All alarms in a sentence: how many need attention; the muted ones do not. */
export function alarmsSentence(rows: readonly shapes.Alarm[], counts: shapes.Alarms['counts']): string {
  const { ALARM, OK, INSUFFICIENT_DATA: unsure } = counts;
  const total = ALARM + OK + unsure;
  if (total === 0) return 'There are no alarms yet.';
  const unsureText = unsure === 0 ? '' : ` Of ${countText(unsure)} too little is known.`;
  if (ALARM === 0)
    return unsure === 0
      ? `${total === 1 ? 'The only alarm is' : `All ${total.toLocaleString('en-US')} alarms are`} OK.`
      : `No alarm needs attention.${unsureText}`;
  const firing = rows.filter(({ state }) => state === 'ALARM');
  const isMuted = ({ acknowledged, silences }: shapes.Alarm): boolean =>
    acknowledged !== null || silences.length > 0;
  const muted = firing.filter(isMuted).length;
  const open = ALARM - muted;
  const critical = firing.filter((row) => row.severity === 'critical' && !isMuted(row)).length;
  const criticalText =
    critical === 0 ? '' : `, ${critical === open ? 'critical' : `${critical} of them critical`}`;
  const mutedText =
    muted === 0 ? '' : ` ${countText(muted)} ${muted === 1 ? 'is' : 'are'} silenced or acknowledged.`;
  const openText =
    open === 0
      ? 'No other alarm needs attention.'
      : `${countText(open)} ${open === 1 ? 'needs' : 'need'} attention${criticalText}.`;
  return `${open === 0 ? `${mutedText.trim()} ${openText}` : `${openText}${mutedText}`}${unsureText}`;
}

function countText(alarms: number): string {
  return `${alarms.toLocaleString('en-US')} ${alarms === 1 ? 'alarm' : 'alarms'}`;
}
