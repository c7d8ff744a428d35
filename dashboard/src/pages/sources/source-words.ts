import type { SourceRow } from '../../lib/source-row.ts';
import type { Verdict } from '../../lib/verdict.ts';

interface SourceWords {
  readonly status: Verdict['status'];
  readonly word: string;
  readonly meaning: string;
}

/** How a source's verdict is said. */
export const SOURCE_VERDICTS: Readonly<Record<SourceRow['verdict'], SourceWords>> = {
  fresh: { status: 'ok', word: 'Fresh', meaning: 'It delivers as it usually does' },
  quiet: {
    status: 'info',
    word: 'Quiet',
    meaning: 'Nothing for longer than usual, but such gaps occur: no traffic is believable',
  },
  silent: { status: 'alarm', word: 'Silent', meaning: 'Nothing for far longer than its gaps usually last' },
  failing: { status: 'alarm', word: 'Failing', meaning: 'It cannot be read' },
  unknown: { status: 'unknown', word: 'Unknown', meaning: 'Not followed, or too few deliveries to tell' },
};

/** What a source does at the moment. */
export const SOURCE_STATES: Readonly<Record<SourceRow['state'], string>> = {
  idle: 'nobody reads it at the moment',
  reading: 'reading',
  waiting: 'waiting for more',
  failing: 'failing',
  done: 'read to its end',
};
