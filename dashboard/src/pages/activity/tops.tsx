import { TOP_ORDERS } from '../../lib/activity-queries.ts';
import { Segments } from '../../lib/segments.tsx';
import { currentPlace, go, hrefWith } from '../../routes/place.ts';
import { useView } from '../../routes/view.tsx';
import { DIMENSIONS } from './dimensions.ts';
import { TopPanel } from './top-panel.tsx';

const LIMIT = 12;
const ORDERS = [
  { id: 'requests', title: 'Requests' },
  { id: 'bytes_sent', title: 'Bytes sent' },
  { id: 'errors', title: 'Errors' },
] as const;

/** Who and what, by requests, bytes or errors. */
export function Tops() {
  const { place } = useView();
  const by = TOP_ORDERS.find((known) => known === place.params.get('by')) ?? 'requests';
  return (
    <>
      <p className="section-bar">
        <span className="muted">Ordered by</span>
        <Segments
          label="Ordered by"
          choices={ORDERS}
          chosen={by}
          onChoose={(id) =>
            go(hrefWith(currentPlace(), { by: id === 'requests' ? null : id }), { replace: true })
          }
        />
      </p>
      <div className="grid tops">
        {DIMENSIONS.map(({ id }) => (
          <TopPanel key={id} dimension={id} by={by} limit={LIMIT} />
        ))}
      </div>
    </>
  );
}
