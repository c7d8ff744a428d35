import type { Pair, ReplicationObject } from './replication-row.ts';
import type { Verdict } from './verdict.ts';
import { visibleText } from './visible.ts';

type Words = Pick<Verdict, 'status' | 'word'> & { readonly meaning: string };

/** What is worst first: the order of the pairs on the page. */
export const PAIR_WORDS: Readonly<Record<Pair['verdict'], Words>> = {
  failing: { status: 'alarm', word: 'Failing', meaning: 'Objects failed, and are not tried again by S3' },
  lagging: { status: 'late', word: 'Lagging', meaning: 'Objects wait for longer than the target' },
  unknown: { status: 'unknown', word: 'Unknown', meaning: 'What would tell is missing' },
  ok: { status: 'ok', word: 'In target', meaning: 'Nothing waits for longer than the target' },
  idle: { status: 'info', word: 'Idle', meaning: 'Nothing was written for a while' },
  disabled: { status: 'unknown', word: 'Disabled', meaning: 'The rule is switched off' },
};

/** What each status of an object is. */
export const OBJECT_WORDS: Readonly<Record<ReplicationObject['status'], Words>> = {
  PENDING: { status: 'late', word: 'Pending', meaning: 'Written, and not yet there' },
  FAILED: { status: 'alarm', word: 'Failed', meaning: 'S3 gave up, and will not try again by itself' },
  UNKNOWN: { status: 'unknown', word: 'Unknown', meaning: 'Nothing says whether it arrived' },
  COMPLETED: { status: 'ok', word: 'Arrived', meaning: 'It is there' },
  REPLICA: { status: 'info', word: 'Replica', meaning: 'It came from another bucket' },
  NOT_TRACKED: { status: 'unknown', word: 'Not replicated', meaning: 'No rule replicates it' },
};

const RANK = Object.keys(PAIR_WORDS);

/** The worst first, then by name. */
export function inOrder(pairs: readonly Pair[]): readonly Pair[] {
  const rank = ({ verdict }: Pair) => RANK.indexOf(verdict);
  return pairs.toSorted((one, other) => rank(one) - rank(other) || one.id.localeCompare(other.id));
}

/** The worst of them. */
export function worstOf(pairs: readonly Pair[]): Pair['verdict'] | null {
  return inOrder(pairs)[0]?.verdict ?? null;
}

/** `media → media-replica`, what is invisible spelled out. */
export function pairTitle({ source, destination }: Pick<Pair, 'source' | 'destination'>): string {
  return `${visibleText(source)} → ${visibleText(destination)}`;
}

/** True for pairs somebody has to look at. */
export function isWrong({ verdict }: Pair): boolean {
  return verdict === 'failing' || verdict === 'lagging';
}

/** Those with the bucket at one end; all where none is chosen. */
export function pairsOfBucket(pairs: readonly Pair[], bucket: string | null): readonly Pair[] {
  return pairs.filter((pair) => bucket === null || pair.source === bucket || pair.destination === bucket);
}
