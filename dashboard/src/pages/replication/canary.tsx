import { durationText, secondsText } from '../../lib/format.ts';
import { Ago, Moment } from '../../lib/moment.tsx';
import { OutsideText } from '../../lib/outside-text.tsx';
import { Panel } from '../../lib/panel.tsx';
import { PlainTable, type PlainColumn } from '../../lib/plain-table.tsx';
import { useCanaries } from '../../lib/replication-queries.ts';
import type { Canaries, Pair } from '../../lib/replication-row.ts';
import { StatusMark } from '../../lib/status-mark.tsx';
import { Link } from '../../routes/link.tsx';
import { hrefWith, type Place } from '../../routes/place.ts';
import { useView } from '../../routes/view.tsx';
import { objectParams } from './object-address.ts';

type Sent = Canaries['rows'][number];

const STATES = {
  'under-way': { status: 'info', word: 'Under way' },
  arrived: { status: 'ok', word: 'Arrived' },
  lost: { status: 'alarm', word: 'Lost' },
  refused: { status: 'alarm', word: 'Refused' },
} as const;
const SHOWN = 6;

const columnsOf = (place: Place, pair: Pair): readonly PlainColumn<Sent>[] => [
  {
    title: 'Sent',
    cell: (row) => (
      <Link
        href={hrefWith(place, objectParams({ bucket: pair.source, key: row.key, version: row.version_id }))}
      >
        <Moment time={row.sent} />
      </Link>
    ),
  },
  { title: 'State', cell: (row) => <StatusMark {...STATES[row.state]} /> },
  {
    title: 'Took',
    align: 'end',
    cell: (row) =>
      row.latency_ms === null ? <span className="muted">–</span> : durationText(row.latency_ms),
  },
  {
    title: 'Problem',
    cell: (row) =>
      row.problem === '' ? <span className="muted">none</span> : <OutsideText text={row.problem} />,
  },
];

/** Small objects that are written to see when they arrive. */
export function CanaryPanel({ pair }: { readonly pair: Pair }) {
  const { place } = useView();
  const canaries = useCanaries(pair.id);
  return (
    <Panel title="Canary" answer={canaries} skeletonPx={180}>
      {({ rows }) =>
        pair.canary === null && rows.length === 0 ? (
          <NoCanary />
        ) : (
          <>
            {pair.canary !== null && <CanaryNow canary={pair.canary} />}
            {rows.length > 0 && (
              <PlainTable
                label="Canaries"
                columns={columnsOf(place, pair)}
                rows={rows.slice(0, SHOWN)}
                idOf={(row) => `${row.key} ${row.version_id}`}
              />
            )}
          </>
        )
      }
    </Panel>
  );
}

function NoCanary() {
  return (
    <div className="panel-empty">
      <p>
        None is written. A small object every few minutes tells how long replication takes even when nothing
        else is written: <code>replication.canaries</code> in the configuration.
      </p>
    </div>
  );
}

function CanaryNow({ canary }: { readonly canary: NonNullable<Pair['canary']> }) {
  if (canary.problem !== '')
    return (
      <p>
        <StatusMark status="alarm" word="None can be written" /> <OutsideText text={canary.problem} />
      </p>
    );
  return (
    <p>
      {canary.last_latency_ms === null
        ? 'None has arrived yet'
        : `The newest took ${durationText(canary.last_latency_ms)}`}
      , sent <Ago time={canary.last_sent} />
      {canary.waiting_seconds !== null && `; one is under way for ${secondsText(canary.waiting_seconds)}`}.
    </p>
  );
}
