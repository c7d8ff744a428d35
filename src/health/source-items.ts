/** What each source says of itself, and what the ledger says of it. */
import { spanText } from '../lib/span-text.ts';
import { stateBy } from './machine-items.ts';
import type { HealthItem } from './own-health.ts';

export interface SourceReading {
  readonly name: string;
  /** Whether it cannot read what it is to read. */
  readonly isFailing: boolean;
  /** Why, when it is. */
  readonly message: string;
  /** p95 of stored minus delivered, in seconds; absent when nothing was delivered lately. */
  readonly lagSeconds?: number;
  /** Of the last hour. */
  readonly records: number;
  readonly rejects: number;
  readonly rejectedBatches: number;
  readonly queue?: {
    /** Age of the oldest message received and not stored yet. */
    readonly oldestAgeMs?: number;
    readonly deadLetters?: number;
    readonly deadLetterQueue?: string;
  };
}

const LAG_S = { warn: 900, bad: 3600 } as const;
const AGE_MS = { warn: 900_000, bad: 3_600_000 } as const;
/** Of all records; single odd lines are usual. */
const REJECTS = { warn: 0.01, bad: 0.2 } as const;
/** Where little comes, few records are a large share. */
const REJECTS_BAD_MIN = 10;

/** Those items of a source for which there is something to say. */
export function sourceItems(reading: SourceReading): HealthItem[] {
  return [failureItem(reading), rejectsItem(reading), ...lagItems(reading), ...queueItems(reading)];
}

function failureItem({ name, isFailing, message }: SourceReading): HealthItem {
  return {
    check: 'source',
    of: name,
    state: stateBy(isFailing, false),
    sentence: isFailing ? `Source ${name} cannot be read: ${message}` : `Source ${name} can be read.`,
    firstStep: isFailing
      ? 'bucketwatch doctor says which permission is missing, or what does not answer.'
      : '',
    numbers: {},
  };
}

function rejectsItem({ name, records, rejects, rejectedBatches }: SourceReading): HealthItem {
  const share = rejects / Math.max(1, records + rejects);
  const isBad = share > REJECTS.bad && rejects >= REJECTS_BAD_MIN;
  const state = stateBy(isBad, share > REJECTS.warn || rejectedBatches > 0);
  return {
    check: 'rejects',
    of: name,
    state,
    sentence: `Source ${name}: ${rejects} of ${records + rejects} records and ${rejectedBatches} batches rejected in the last hour.`,
    firstStep:
      state === 'good' ? '' : 'bucketwatch sources --rejects and --batches show them with the reason.',
    numbers: { records, rejects, rejected_batches: rejectedBatches },
  };
}

function lagItems({ name, lagSeconds }: SourceReading): HealthItem[] {
  if (lagSeconds === undefined) return [];
  const state = stateBy(lagSeconds > LAG_S.bad, lagSeconds > LAG_S.warn);
  return [
    {
      check: 'intake-lag',
      of: name,
      state,
      sentence: `Source ${name}: 95 % of the last hour's batches were stored within ${spanText(lagSeconds)} of their delivery.`,
      firstStep:
        state === 'good'
          ? ''
          : 'Look for more often (poll), give more receivers, or see whether the spool is full.',
      numbers: { lag_seconds: lagSeconds },
    },
  ];
}

function queueItems({ name, queue }: SourceReading): HealthItem[] {
  if (queue === undefined) return [];
  const { oldestAgeMs = 0, deadLetters = 0, deadLetterQueue = 'the dead-letter queue' } = queue;
  const age = stateBy(oldestAgeMs > AGE_MS.bad, oldestAgeMs > AGE_MS.warn);
  return [
    {
      check: 'queue-age',
      of: name,
      state: age,
      sentence: `Source ${name}: the oldest message that is not stored yet is ${spanText(oldestAgeMs / 1000)} old.`,
      firstStep:
        age === 'good'
          ? ''
          : 'See whether what the messages announce can be read, and whether the spool is full.',
      numbers: { oldest_age_seconds: Math.round(oldestAgeMs / 1000) },
    },
    {
      check: 'dead-letters',
      of: name,
      state: stateBy(false, deadLetters > 0),
      sentence: `Source ${name}: ${deadLetters} messages in ${deadLetterQueue}.`,
      firstStep:
        deadLetters === 0 ? '' : 'Mend what they failed of, then start the redrive of the dead-letter queue.',
      numbers: { dead_letters: deadLetters },
    },
  ];
}
