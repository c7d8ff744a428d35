import { CutText } from '../../lib/outside-text.tsx';
import type { Pair } from '../../lib/replication-row.ts';
import { Link } from '../../routes/link.tsx';
import { hrefTo, type Place } from '../../routes/place.ts';

/** The view of one pair. */
export function pairHref(place: Place, id: string): string {
  return hrefTo(place, '/replication', { pair: id });
}

/** Source and destination below each other, each whole where there is room. */
export function PairName({ pair }: { readonly pair: Pick<Pair, 'source' | 'destination'> }) {
  return (
    <span className="pair-name">
      <CutText text={pair.source} />
      <span className="pair-destination">
        <span aria-hidden="true">→</span>
        <span className="unseen"> to </span>
        <CutText text={pair.destination} />
      </span>
    </span>
  );
}

interface PairLinkProps {
  readonly pair: Pair;
  readonly place: Place;
}

export function PairLink({ pair, place }: PairLinkProps) {
  return (
    <Link href={pairHref(place, pair.id)}>
      <PairName pair={pair} />
    </Link>
  );
}
