import type { Delivery, NotifyChannel, NotifyTarget } from '../../lib/notify-row.ts';
import { STATE_WORDS } from '../../lib/alarm-words.ts';
import { counted, durationText } from '../../lib/format.ts';
import type { Verdict } from '../../lib/verdict.ts';

type Words = Pick<Verdict, 'status' | 'word'> & { readonly meaning: string };

export const OUTCOME_WORDS: Readonly<Record<Delivery['outcome'], Words>> = {
  delivered: { status: 'ok', word: 'Delivered', meaning: 'The other side has it' },
  failed: { status: 'late', word: 'Failed', meaning: 'It is tried again' },
  refused: {
    status: 'alarm',
    word: 'Given up',
    meaning: 'The other side will never take it: the next change or reminder is a new try',
  },
  settled: {
    status: 'unknown',
    word: 'Not sent',
    meaning: 'Nothing was to be sent, for the reason beside it',
  },
  claimed: {
    status: 'info',
    word: 'Under way',
    meaning: 'It is being sent; one that was cut short by a crash is sent again',
  },
};

const TOLD = { reminder: 'Reminder', digest: 'Digest', acknowledgement: 'Taken on' } as const;

/** What a message is about in a word or two. */
export function toldText({ told, alarms }: Pick<Delivery, 'told' | 'alarms'>): string {
  if (told === null) return '–';
  if (told !== 'changes') return TOLD[told];
  if (alarms.every(({ state }) => state === 'OK')) return 'Recovery';
  return alarms.some(({ state }) => state === 'ALARM') ? 'ALARM' : 'Change';
}

/** How a channel does. */
export function standingOf(channel: NotifyChannel): Pick<Words, 'status' | 'word'> {
  if (channel.failures_in_row > 0) return { status: 'alarm', word: 'Failing' };
  if (channel.last_delivered_at !== null) return { status: 'ok', word: 'Delivers' };
  const isUsed = channel.routes.length + channel.escalations.length > 0;
  return isUsed
    ? { status: 'unknown', word: 'Nothing sent yet' }
    : { status: 'late', word: 'No route leads to it' };
}

/** `at once`, `after 15 min in ALARM that nobody acknowledged`, `in a digest (0 8 * * 1)`. */
export function whenText({ after_seconds, digest }: Pick<NotifyTarget, 'after_seconds' | 'digest'>): string {
  if (digest !== null) return `in a digest (${digest})`;
  return after_seconds === 0
    ? 'at once'
    : `after ${durationText(after_seconds * 1000)} in ALARM that nobody acknowledged`;
}

/** `only ALARM`; nothing where it is what is usual, ALARM and OK. */
export function statesText({ states }: Pick<NotifyTarget, 'states'>): string | null {
  if (states.length === 2 && states.includes('ALARM') && states.includes('OK')) return null;
  return `only ${states.map((state) => STATE_WORDS[state].word).join(', ')}`;
}

/** `3 failures in a row`. */
export function inRowText({ failures_in_row }: Pick<NotifyChannel, 'failures_in_row'>): string {
  return `${counted(failures_in_row, 'failure')} in a row`;
}
