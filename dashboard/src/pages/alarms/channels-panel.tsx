import { useState } from 'react';
import { exactCount } from '../../lib/format.ts';
import { Ago } from '../../lib/moment.tsx';
import type { NotifyChannel, NotifyChannels } from '../../lib/notify-row.ts';
import { OutsideText } from '../../lib/outside-text.tsx';
import { PlainTable, type PlainColumn } from '../../lib/plain-table.tsx';
import { StatusMark } from '../../lib/status-mark.tsx';
import { Link } from '../../routes/link.tsx';
import { hrefWith, type Place } from '../../routes/place.ts';
import { useView } from '../../routes/view.tsx';
import { inRowText, standingOf } from './delivery-words.ts';

const WAITING_SHOWN = 5;

interface ChannelsProps {
  readonly channels: NotifyChannels;
}

/** How each channel does. */
export function ChannelsPanel({ channels: { rows } }: ChannelsProps) {
  return (
    <section className="panel flush alarm-list" aria-label="Channels">
      <header className="panel-head">
        <h2>Channels</h2>
      </header>
      <PlainTable label="Channels" columns={COLUMNS} rows={rows} idOf={({ channel }) => channel} />
    </section>
  );
}

const COLUMNS: readonly PlainColumn<NotifyChannel>[] = [
  {
    title: 'Channel',
    cell: ({ channel, kind }) => (
      <>
        <OutsideText text={channel} />
        <span className="advice">{kind}</span>
      </>
    ),
  },
  { title: 'Standing', cell: (row) => <Standing row={row} /> },
  {
    title: 'Last delivered',
    cell: ({ last_delivered_at }) => <Ago time={last_delivered_at} />,
  },
  {
    title: 'Told by',
    meaning: 'Routes that tell it at once, and those that tell it later',
    cell: ({ routes, escalations }) => (
      <>
        {routes.length > 0 && <OutsideText text={routes.join(', ')} />}
        {escalations.length > 0 && (
          <span className="advice">
            later by <OutsideText text={escalations.join(', ')} />
          </span>
        )}
      </>
    ),
  },
  {
    title: 'Waiting',
    meaning: 'Alarms of which something is not told yet',
    align: 'end',
    cell: ({ waiting }) => exactCount(waiting),
  },
];

function Standing({ row }: { readonly row: NotifyChannel }) {
  return (
    <>
      <StatusMark {...standingOf(row)} />
      {row.failures_in_row > 0 && (
        <span className="advice">
          {inRowText(row)}, since <Ago time={row.failing_since} />: <OutsideText text={row.reason} />
        </span>
      )}
    </>
  );
}

type Waiting = NotifyChannels['waiting'][number];

/** What is not told now, and why; nothing where nothing waits. */
export function WaitingPanel({ channels: { waiting } }: ChannelsProps) {
  const { place } = useView();
  const [isWhole, setWhole] = useState(false);
  if (waiting.length === 0) return null;
  const shown = isWhole ? waiting : waiting.slice(0, WAITING_SHOWN);
  return (
    <section className="panel flush alarm-list" aria-label="Waiting">
      <header className="panel-head">
        <h2>Waiting</h2>
        <span className="panel-actions muted">what is new and not told now, and why</span>
      </header>
      <PlainTable
        label="Waiting"
        columns={waitingColumns(place)}
        rows={shown}
        idOf={({ alarm, channel }) => JSON.stringify([alarm, channel])}
      />
      {waiting.length > WAITING_SHOWN && (
        <button type="button" className="link-button more" onClick={() => setWhole(!isWhole)}>
          {isWhole ? 'Fewer' : `${exactCount(waiting.length - WAITING_SHOWN)} more`}
        </button>
      )}
    </section>
  );
}

function waitingColumns(place: Place): readonly PlainColumn<Waiting>[] {
  return [
    {
      title: 'Alarm',
      cell: ({ alarm, title }) => (
        <Link href={hrefWith(place, { alarm, open: null })}>
          <OutsideText text={title} />
        </Link>
      ),
    },
    { title: 'Channel', cell: ({ channel }) => <OutsideText text={channel} /> },
    { title: 'Why', cell: ({ why }) => <OutsideText text={why} /> },
  ];
}
