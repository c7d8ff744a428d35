/** Looks up single versions: at the source first, and where its answer leaves it open at the destination. */
import type { Clock } from '../../lib/clock.ts';
import type { HeadAnswer } from '../../s3/s3.ts';
import type { Candidate } from './confirm-candidates.ts';
import { headLine, type Observed } from './confirm-observation.ts';
import type { ConfirmPair } from './confirm-pairs.ts';
import { destinationsToAsk } from './confirm-plan.ts';
import type { Look, Stores } from './confirm-stores.ts';

/** A version and its pairs that are open. */
export interface Subject {
  readonly source: string;
  readonly key: string;
  readonly versionId: string;
  readonly writtenMs: number;
  readonly open: readonly ConfirmPair[];
}

/** Candidates of one version together, in order of the first. Those whose pair is no longer in force are left out. */
export function subjectsOf(
  candidates: readonly Candidate[],
  pairs: ReadonlyMap<string, ConfirmPair>,
): Subject[] {
  const subjects = new Map<string, Subject & { open: ConfirmPair[] }>();
  for (const candidate of candidates) {
    const { source, key, version_id: versionId, written_ms: writtenMs } = candidate;
    const pair = pairs.get(candidate.pair_id);
    if (pair === undefined) continue;
    const id = JSON.stringify([source, key, versionId]);
    const subject = subjects.get(id) ?? { source, key, versionId, writtenMs, open: [] };
    subject.open.push(pair);
    subjects.set(id, subject);
  }
  return [...subjects.values()];
}

/** The most requests a subject can take. */
export function requestsMax({ open }: Subject): number {
  return 1 + open.length;
}

export interface LookedUp {
  /** Of what was seen; none where a store did not say. */
  readonly lines: readonly string[];
  /** Whether any store answered, were it only to refuse. */
  readonly isAnswered: boolean;
}

/** Asks the stores about a version. When the source does not answer now, the destinations are not asked either. */
export async function lookUp(
  subject: Subject,
  parts: { readonly stores: Stores; readonly clock: Clock; readonly pairs: readonly ConfirmPair[] },
  signal: AbortSignal,
): Promise<LookedUp> {
  const { source, key, versionId, open } = subject;
  const lines: string[] = [];
  let isAnswered = false;
  const ask = async (observed: Observed): Promise<Look> => {
    const answer = await parts.stores.head(observed, signal);
    if (isSaid(answer)) lines.push(headLine(observed, answer, parts.clock.nowMs()));
    isAnswered ||= isSaid(answer) || answer.kind === 'refused';
    return answer;
  };
  const answer = await ask({ bucket: source, key, versionId });
  if (answer.kind === 'silent') return { lines, isAnswered };
  const all = parts.pairs.filter((pair) => pair.source === source && key.startsWith(pair.prefix));
  for (const bucket of destinationsToAsk(isSaid(answer) ? answer : undefined, open, all)) {
    const isByKey = open.some((pair) => pair.destination === bucket && pair.is_by_key === 1);
    await ask({ bucket, key, versionId: isByKey ? '' : versionId });
  }
  return { lines, isAnswered };
}

function isSaid(look: Look): look is HeadAnswer {
  return look.kind === 'present' || look.kind === 'missing' || look.kind === 'denied';
}
