import type { Alarm, AlarmDefinition, AlarmSeverity, AlarmState, Silence } from './alarm-row.ts';
import { counted } from './format.ts';
import type { Verdict } from './verdict.ts';

type Words = Pick<Verdict, 'status' | 'word'> & { readonly meaning: string };

/** Each state, what is worst first, with the letter that stands for it where there is little room. */
export const STATE_WORDS: Readonly<Record<AlarmState, Words & { readonly letter: string }>> = {
  ALARM: { letter: 'A', status: 'alarm', word: 'ALARM', meaning: 'Its rule holds' },
  INSUFFICIENT_DATA: {
    letter: 'I',
    status: 'unknown',
    word: 'Not enough data',
    meaning: 'INSUFFICIENT_DATA: what would tell is missing',
  },
  OK: { letter: 'O', status: 'ok', word: 'OK', meaning: 'Its rule does not hold' },
};

/** What is worst first. */
export const SEVERITY_WORDS: Readonly<Record<AlarmSeverity, Words>> = {
  critical: { status: 'alarm', word: 'Critical', meaning: 'Somebody has to act now' },
  warning: { status: 'late', word: 'Warning', meaning: 'Somebody has to look today' },
  info: { status: 'info', word: 'Info', meaning: 'Worth knowing' },
};

export const KIND_WORDS: Readonly<Record<AlarmDefinition['kind'], Pick<Words, 'word' | 'meaning'>>> = {
  metric: { word: 'Metric', meaning: 'Points of a metric against a limit' },
  deadline: { word: 'Deadline', meaning: 'Something that was due has not happened' },
  status: { word: 'Status', meaning: 'A monitor says that it is wrong' },
  composite: { word: 'Composite', meaning: 'A rule over the states of other alarms' },
};

export const SILENCE_WORDS: Readonly<Record<Silence['state'], Words>> = {
  active: { status: 'info', word: 'Active', meaning: 'Alarms that fit it are told to nobody' },
  pending: { status: 'late', word: 'Pending', meaning: 'It has not begun' },
  ended: { status: 'unknown', word: 'Ended', meaning: 'It does nothing any more' },
};

const SEVERITIES = Object.keys(SEVERITY_WORDS);

/** The worst first, then what has been so for the shortest time. */
export function inOrder(alarms: readonly Alarm[]): readonly Alarm[] {
  const rank = ({ severity }: Alarm) => SEVERITIES.indexOf(severity);
  return alarms.toSorted(
    (one, other) =>
      rank(one) - rank(other) ||
      Date.parse(other.since) - Date.parse(one.since) ||
      one.alarm.localeCompare(other.alarm),
  );
}

export function inState(alarms: readonly Alarm[], state: AlarmState): readonly Alarm[] {
  return alarms.filter((alarm) => alarm.state === state);
}

/** True while somebody has it in hand: acknowledged or silenced. */
export function isInHand({ acknowledged, silences }: Pick<Alarm, 'acknowledged' | 'silences'>): boolean {
  return acknowledged !== null || silences.length > 0;
}

/** In ALARM, and nobody has it in hand. */
export function needsAttention(alarm: Alarm): boolean {
  return alarm.state === 'ALARM' && !isInHand(alarm);
}

/** True for alarms about the bucket, and those about none: what is wrong with a source may hide what is wrong with it. */
export function isAboutBucket({ labels }: Pick<Alarm, 'labels'>, bucket: string | null): boolean {
  // Only what has a destination has a source that is a bucket: of others it is where logs come from.
  const names = labels['destination'] === undefined ? ['bucket'] : ['bucket', 'source', 'destination'];
  const buckets = names.flatMap((name) => labels[name] ?? []);
  return bucket === null || buckets.length === 0 || buckets.includes(bucket);
}

/** How the alarms stand, for the mark before the sentence about them. */
export function standingOf(alarms: readonly Alarm[], isEvaluated: boolean): Pick<Words, 'status' | 'word'> {
  if (!isEvaluated) return { status: 'unknown', word: 'Not evaluated yet' };
  const [worst] = inOrder(alarms.filter(needsAttention));
  if (worst !== undefined) return SEVERITY_WORDS[worst.severity];
  if (inState(alarms, 'ALARM').length > 0) return { status: 'info', word: 'In hand' };
  return { status: 'ok', word: 'Fine' };
}

/** The sentence about the alarms of one bucket. */
export function bucketSentence(alarms: readonly Alarm[], bucket: string): string {
  const wrong = inState(alarms, 'ALARM');
  const open = wrong.filter(needsAttention).length;
  const about = `about ${bucket} or the sources`;
  if (wrong.length === 0) return `No alarm ${about} is in ALARM.`;
  const inHand = wrong.length - open;
  const rest = inHand === 0 ? '' : `, ${inHand} more ${inHand === 1 ? 'is' : 'are'} in hand`;
  return `${counted(open, 'alarm')} ${about} ${open === 1 ? 'needs' : 'need'} attention${rest}.`;
}
