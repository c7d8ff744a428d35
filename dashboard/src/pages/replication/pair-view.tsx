import { useEffect } from 'react';
import { OutsideText } from '../../lib/outside-text.tsx';
import { usePairObjects, usePairSeries } from '../../lib/replication-queries.ts';
import type { Pair, Pairs } from '../../lib/replication-row.ts';
import { PAIR_WORDS, pairTitle } from '../../lib/replication-words.ts';
import { StatusMark } from '../../lib/status-mark.tsx';
import { Link } from '../../routes/link.tsx';
import { hrefTo, hrefWith } from '../../routes/place.ts';
import { useView } from '../../routes/view.tsx';
import { CanaryPanel } from './canary.tsx';
import { FailuresPanel } from './failures.tsx';
import { JudgedUntil } from './judged-until.tsx';
import { LookUp } from './look-up.tsx';
import { objectInAddress } from './object-address.ts';
import { ObjectPanel } from './object-panel.tsx';
import { ObjectList, statusInAddress } from './objects.tsx';
import { BacklogPanel, LatencyPanel, ThroughputPanel } from './pair-charts.tsx';
import { PairEvidence } from './pair-evidence.tsx';
import { PairTotals } from './pair-totals.tsx';

const OBJECTS = 25;

interface PairViewProps {
  readonly id: string;
  readonly pairs: Pairs;
}

/** One pair: its verdict, how it did, what failed and why, and its objects. */
export function PairView({ id, pairs }: PairViewProps) {
  const { place } = useView();
  const pair = pairs.rows.find((row) => row.id === id);
  return (
    <>
      <p className="back-link">
        <Link href={hrefTo(place, '/replication')}>All pairs</Link>
      </p>
      {pair === undefined ? (
        <section className="panel empty">
          <p>
            No pair is called <OutsideText text={id} />
            {place.params.has('bucket') && ' among those of the chosen bucket'}. Its rule may be gone.
          </p>
          <Link className="button" href={hrefWith(place, { pair: null, bucket: null })}>
            Look at all pairs
          </Link>
        </section>
      ) : (
        <OnePair pair={pair} pairs={pairs} />
      )}
    </>
  );
}

function OnePair({ pair, pairs }: { readonly pair: Pair; readonly pairs: Pairs }) {
  const { place, isLive } = useView();
  const series = usePairSeries(pair.id);
  const status = statusInAddress(place.params, pair);
  const object = objectInAddress(place);
  const list = usePairObjects({
    pair: pair.id,
    status,
    limit: OBJECTS,
    isLive: isLive && object === null,
  });
  const words = PAIR_WORDS[pair.verdict];
  useObjectsInSight(place.params.get('part') === 'objects');
  return (
    <>
      <div className="verdict">
        <StatusMark status={words.status} word={words.word} />
        <div>
          <h2 className="pair-title">{pairTitle(pair)}</h2>
          <p>{pair.sentence}</p>
        </div>
      </div>
      <PairTotals pair={pair} />
      <LatencyPanel answer={series} pair={pair} />
      <div className="grid halves">
        <BacklogPanel answer={series} />
        <ThroughputPanel answer={series} />
      </div>
      <FailuresPanel pair={pair} />
      <ObjectList pair={pair} status={status} list={list} />
      <div className="grid halves">
        <PairEvidence pair={pair} />
        <CanaryPanel pair={pair} />
      </div>
      <LookUp key={pair.id} buckets={[pair.source, pair.destination]} />
      <p className="panel-foot">
        <JudgedUntil pairs={pairs} />
      </p>
      {object !== null && <ObjectPanel object={object} rows={list.rows} />}
    </>
  );
}

/** A link to the objects of a pair begins there. */
function useObjectsInSight(isAsked: boolean): void {
  useEffect(() => {
    if (isAsked) document.querySelector('#objects')?.scrollIntoView({ block: 'start' });
  }, [isAsked]);
}
