import { Skeleton } from '../lib/panel.tsx';
import { ProblemBox } from '../lib/problem-box.tsx';
import { usePairs } from '../lib/replication-queries.ts';
import { useView } from '../routes/view.tsx';
import { NoPairs } from './replication/no-pairs.tsx';
import { objectInAddress } from './replication/object-address.ts';
import { ObjectPanel } from './replication/object-panel.tsx';
import { PairView } from './replication/pair-view.tsx';
import { PairsView } from './replication/pairs-view.tsx';

/** Every pair of buckets that replicates, or the one the address names. */
export function Replication() {
  const { place } = useView();
  const pairs = usePairs();
  const asked = place.params.get('pair');
  const object = objectInAddress(place);
  const { data } = pairs;
  return (
    <div className="stack" data-panel-open={object !== null}>
      {pairs.error !== null && <ProblemBox problem={pairs.error} onRetry={() => void pairs.refetch()} />}
      {data === undefined && pairs.error === null && (
        <>
          <Skeleton heightPx={56} />
          <Skeleton heightPx={300} />
        </>
      )}
      {data !== undefined && asked !== null && <PairView id={asked} pairs={data} />}
      {data !== undefined && asked === null && data.rows.length === 0 && <NoPairs />}
      {data !== undefined && asked === null && data.rows.length > 0 && <PairsView pairs={data} />}
      {asked === null && object !== null && <ObjectPanel object={object} rows={[]} />}
    </div>
  );
}
