/** What a link in a message does: shows an alarm, acknowledges it, silences it. */
import { randomUUID } from 'node:crypto';
import { saveAcknowledgement, saveSilence } from '../alarms/silences.ts';
import type { Engine } from '../engine/engine.ts';
import type { AlarmState, Severity } from '../notify/channel.ts';
import { evidenceText } from '../notify/stored-transitions.ts';
import type { LinkAct } from './alarm-links.ts';

const HOUR_MS = 3_600_000;
/** An acknowledgement ends when the alarm recovers, or then. */
const ACKNOWLEDGED_MS = 7 * 24 * HOUR_MS;

/** An alarm as its newest transition left it. */
export interface LinkedAlarm {
  readonly alarm: string;
  readonly sequence: number;
  readonly title: string;
  readonly state: AlarmState;
  readonly severity: Severity;
  readonly labels: Readonly<Record<string, string>>;
  readonly sentence: string;
  readonly firstStep: string;
  readonly evidence: readonly string[];
  readonly sinceMs: number;
}

export async function linkedAlarm(alarm: string, engine: Engine): Promise<LinkedAlarm | undefined> {
  const [row] = await engine.query<LinkedAlarm>(
    `select
       alarm, sequence, title, state, severity, labels, sentence, first_step as firstStep, evidence,
       toUnixTimestamp64Milli(since) as sinceMs
     from alarm_transitions
     where alarm = {alarm:String}
     order by sequence desc
     limit 1`,
    { params: { alarm } },
  );
  if (row === undefined) return undefined;
  return {
    ...row,
    sequence: Number(row.sequence),
    sinceMs: Number(row.sinceMs),
    evidence: row.evidence.map(evidenceText),
  };
}

/** How long somebody may silence by a link, by the value of the form. */
export const SILENCE_TIMES = {
  '1h': { text: '1 hour', ms: HOUR_MS },
  '4h': { text: '4 hours', ms: 4 * HOUR_MS },
  '1d': { text: '1 day', ms: 24 * HOUR_MS },
  '7d': { text: '7 days', ms: 7 * 24 * HOUR_MS },
} as const;
export type SilenceTime = keyof typeof SILENCE_TIMES;

export interface Said {
  readonly author: string;
  readonly reason: string;
  readonly time: SilenceTime;
}

/** Why this cannot be done with the alarm; empty when it can. */
export function objectionTo(act: LinkAct, { state, alarm }: Pick<LinkedAlarm, 'state' | 'alarm'>): string {
  switch (act) {
    case 'open':
      return '';
    case 'acknowledge':
      return state === 'ALARM' ? '' : 'It is not in ALARM: there is nothing to acknowledge.';
    case 'silence':
      // In a silence a star stands for anything, and there is no other way to write it.
      return /[*]|^!/.test(alarm)
        ? 'Its id has a star in it, so a silence would fit others too. Silence it on the page.'
        : '';
  }
}

/** Stores what somebody said of one alarm. */
export async function say(
  act: Exclude<LinkAct, 'open'>,
  { alarm, sequence }: Pick<LinkedAlarm, 'alarm' | 'sequence'>,
  { said, nowMs, engine }: { readonly said: Said; readonly nowMs: number; readonly engine: Engine },
): Promise<void> {
  const { author, reason, time } = said;
  if (act === 'acknowledge') {
    const endsMs = nowMs + ACKNOWLEDGED_MS;
    await saveAcknowledgement({ alarm, sequence, atMs: nowMs, endsMs, author, reason }, engine);
    return;
  }
  const silence = {
    id: randomUUID(),
    matchers: [{ label: 'alarm', values: [alarm] }],
    startsMs: nowMs,
    endsMs: nowMs + SILENCE_TIMES[time].ms,
    author,
    reason,
    createdMs: nowMs,
  };
  await saveSilence(silence, nowMs, engine);
}
