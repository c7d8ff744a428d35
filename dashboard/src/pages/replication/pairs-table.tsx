import { useState } from 'react';
import { Sparkline } from '../../charts/sparkline.tsx';
import { bytesText, counted, exactCount, percentText, shortCount } from '../../lib/format.ts';
import { Ago } from '../../lib/moment.tsx';
import { OutsideText } from '../../lib/outside-text.tsx';
import { PlainTable, type PlainColumn } from '../../lib/plain-table.tsx';
import { usePairSeries } from '../../lib/replication-queries.ts';
import type { Pair } from '../../lib/replication-row.ts';
import { inOrder, PAIR_WORDS } from '../../lib/replication-words.ts';
import { StatusMark } from '../../lib/status-mark.tsx';
import { Link } from '../../routes/link.tsx';
import { hrefTo, type Place } from '../../routes/place.ts';
import { useView } from '../../routes/view.tsx';
import { PairLink } from './pair-name.tsx';
import { RpoBar } from './rpo-bar.tsx';
import { valuesOf } from './series-values.ts';

/** Each line is an answer of its own: further pairs are told by their figures. */
const LINES_MAX = 24;
/** The worst; the others are shown when asked for. */
const ROWS_MAX = 100;

/** Every pair in a row, the worst first. */
export function PairsTable({ pairs }: { readonly pairs: readonly Pair[] }) {
  const { place } = useView();
  const [isWhole, setWhole] = useState(false);
  const all = inOrder(pairs);
  const rows = isWhole ? all : all.slice(0, ROWS_MAX);
  const drawn = new Set(all.slice(0, LINES_MAX).map(({ id }) => id));
  return (
    <>
      <PlainTable label="Pairs" columns={columnsOf(place, drawn)} rows={rows} idOf={(pair) => pair.id} />
      {rows.length < all.length && (
        <p className="panel-empty">
          <button type="button" className="button" onClick={() => setWhole(true)}>
            All {counted(all.length, 'pair')}
          </button>
        </p>
      )}
    </>
  );
}

function columnsOf(place: Place, drawn: ReadonlySet<string>): readonly PlainColumn<Pair>[] {
  const objects = (pair: Pair, status: string) =>
    hrefTo(place, '/replication', { pair: pair.id, status, part: 'objects' });
  return [
    {
      title: 'Pair',
      cell: (pair) => (
        <>
          <PairLink pair={pair} place={place} />
          <span className="advice">
            {pair.declared ? 'declared' : 'rule'} <OutsideText text={pair.rule_id} />
            {pair.prefix !== '' && (
              <>
                {' for '}
                <OutsideText text={pair.prefix} />
              </>
            )}
          </span>
        </>
      ),
    },
    {
      title: 'Verdict',
      cell: (pair) => {
        const { status, word, meaning } = PAIR_WORDS[pair.verdict];
        return (
          <span data-tip={meaning}>
            <StatusMark status={status} word={word} />
          </span>
        );
      },
    },
    {
      title: 'RPO',
      meaning: 'How old the oldest object that waits is, against the target',
      cell: (pair) => <RpoBar pair={pair} />,
    },
    {
      title: 'Oldest pending',
      cell: (pair) => <Ago time={pair.oldest_pending} none="none" />,
    },
    {
      title: 'Backlog',
      meaning: 'Objects that wait, and their bytes',
      align: 'end',
      cell: (pair) =>
        pair.pending_objects === 0 ? (
          <span className="muted">0</span>
        ) : (
          <span>
            <Link href={objects(pair, 'PENDING')} data-tip={counted(pair.pending_objects, 'object')}>
              {shortCount(pair.pending_objects)}
            </Link>
            <span className="advice" data-tip={`${exactCount(pair.pending_bytes)} bytes`}>
              {bytesText(pair.pending_bytes)}
            </span>
          </span>
        ),
    },
    {
      title: 'Failed',
      meaning: 'Objects that failed as things stand',
      align: 'end',
      cell: (pair) =>
        pair.failed_objects === 0 ? (
          <span className="muted">0</span>
        ) : (
          <Link href={objects(pair, 'FAILED')} data-tip={counted(pair.failed_objects, 'object')}>
            {shortCount(pair.failed_objects)}
          </Link>
        ),
    },
    {
      title: 'In target',
      meaning: 'Of what arrived, failed or fell due in the last 24 h',
      align: 'end',
      cell: (pair) => <ShareText share={pair.within_target.day} />,
    },
    {
      title: 'Backlog over time',
      meaning: 'Objects that waited, over the range',
      cell: (pair) => (drawn.has(pair.id) ? <BacklogLine pair={pair} /> : <span className="muted">–</span>),
    },
  ];
}

/** A share from 0 to 1; a dash where nothing says it. */
export function ShareText({ share }: { readonly share: number | null }) {
  if (share === null)
    return (
      <span className="muted" data-tip="Nothing arrived, failed or fell due">
        –
      </span>
    );
  return <span>{percentText(share)}</span>;
}

/** How many objects waited, over the range. */
function BacklogLine({ pair }: { readonly pair: Pair }) {
  const series = usePairSeries(pair.id);
  if (series.data === undefined)
    return <span className="sparkline-room">{series.error === null ? '' : 'not known'}</span>;
  const values = valuesOf(series.data, 'OperationsPendingReplication');
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return <span className="muted">not known</span>;
  return <Sparkline values={values} label={`At most ${counted(Math.max(...known), 'object')} waited`} />;
}
