import { Skeleton } from '../../lib/panel.tsx';
import { ProblemBox } from '../../lib/problem-box.tsx';
import { useAllPairs } from '../../lib/queries.ts';
import { inOrder, PAIR_WORDS, pairsOfBucket } from '../../lib/replication-words.ts';
import { StatusMark } from '../../lib/status-mark.tsx';
import { Link } from '../../routes/link.tsx';
import { hrefTo } from '../../routes/place.ts';
import { useView } from '../../routes/view.tsx';
import { PairLink } from './pair-name.tsx';
import { RpoBar } from './rpo-bar.tsx';

const SHOWN = 8;

/** The sentence about replication, and the RPO of the pairs that are worst. */
export function ReplicationStrip() {
  const { place, bucket } = useView();
  const answer = useAllPairs();
  const pairs = inOrder(pairsOfBucket(answer.data?.rows ?? [], bucket));
  return (
    <section className="panel" aria-label="Replication" aria-busy={answer.isPending}>
      <header className="panel-head">
        <h2>Replication</h2>
        <span className="panel-actions">
          <Link href={hrefTo(place, '/replication')}>
            {pairs.length > SHOWN ? `All ${pairs.length} pairs` : 'All about it'}
          </Link>
        </span>
      </header>
      {answer.error !== null && <ProblemBox problem={answer.error} onRetry={() => void answer.refetch()} />}
      {answer.data === undefined && answer.error === null && <Skeleton heightPx={110} />}
      {answer.data !== undefined && (
        <>
          {bucket === null && <p className="strip-sentence">{answer.data.sentence}</p>}
          {pairs.length === 0 && (
            <p className="muted">
              {bucket === null ? (
                <Link href={hrefTo(place, '/replication')}>What makes pairs visible</Link>
              ) : (
                'No pair has this bucket at either end.'
              )}
            </p>
          )}
          <ul className="pair-strip">
            {pairs.slice(0, SHOWN).map((pair) => (
              <li key={pair.id}>
                <PairLink pair={pair} place={place} />
                <StatusMark status={PAIR_WORDS[pair.verdict].status} word={PAIR_WORDS[pair.verdict].word} />
                <RpoBar pair={pair} />
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
