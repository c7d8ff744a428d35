import type { Deliveries, Delivery } from '../../lib/notify-row.ts';
import { RowMoment } from '../../lib/moment.tsx';
import { CutText } from '../../lib/outside-text.tsx';
import type { Pages } from '../../lib/pages-query.ts';
import { Skeleton } from '../../lib/panel.tsx';
import { ProblemBox } from '../../lib/problem-box.tsx';
import { Segments } from '../../lib/segments.tsx';
import { StatusMark } from '../../lib/status-mark.tsx';
import { visibleText } from '../../lib/visible.ts';
import { Link } from '../../routes/link.tsx';
import { currentPlace, go, hrefWith } from '../../routes/place.ts';
import { useView } from '../../routes/view.tsx';
import { ExportButtons } from '../../tables/export-buttons.tsx';
import { MoreRows } from '../../tables/more-rows.tsx';
import { RecordTable, type Column } from '../../tables/record-table.tsx';
import { deliveryInAddress, outcomeInAddress, OUTCOMES } from './delivery-address.ts';
import { OUTCOME_WORDS, toldText } from './delivery-words.ts';

/** Titles of alarms by their ids, as far as they are known. */
export type Titles = ReadonlyMap<string, string>;

interface DeliveriesTableProps {
  readonly list: Pages<Deliveries>;
  /** Of the channels that are configured. */
  readonly names: readonly string[];
  readonly titles: Titles;
}

/** Each try of a message, newest first. */
export function DeliveriesTable({ list, names, titles }: DeliveriesTableProps) {
  const { place } = useView();
  const open = deliveryInAddress(place);
  const isFiltered = ['channel', 'outcome', 'of'].some((name) => place.params.has(name));
  return (
    <section className="panel flush alarm-list" aria-label="Messages" data-stale={list.isStale}>
      <header className="panel-head">
        <h2>Messages</h2>
        <span className="panel-actions">
          <Filters names={names} titles={titles} />
          <ExportButtons rows={list.rows} name="notifications" />
        </span>
      </header>
      {list.problem !== null && <ProblemBox problem={list.problem} onRetry={list.retry} />}
      {list.isPending && list.problem === null && <Skeleton heightPx={240} />}
      {!list.isPending && list.rows.length === 0 && (
        <p className="panel-empty">
          {isFiltered
            ? 'No message is like this.'
            : 'Nothing was sent yet. Alarms that were there before their channels are told when they change.'}
        </p>
      )}
      {list.rows.length > 0 && (
        <>
          <RecordTable
            label="Messages"
            columns={columnsOf(titles)}
            rows={list.rows}
            ids={list.rows.map(({ number }) => number)}
            openId={open}
            onOpen={(id) =>
              go(hrefWith(currentPlace(), { open: id, alarm: null }), { replace: open !== null })
            }
          />
          <MoreRows list={list} noun="message" />
        </>
      )}
    </section>
  );
}

function columnsOf(titles: Titles): readonly Column<Delivery>[] {
  return [
    { id: 'at', title: 'When', widthPx: 150, cell: ({ at }) => <RowMoment time={at} /> },
    {
      id: 'outcome',
      title: 'Outcome',
      widthPx: 120,
      cell: ({ outcome }) => <StatusMark {...OUTCOME_WORDS[outcome]} />,
    },
    { id: 'channel', title: 'Channel', widthPx: 130, cell: (row) => <ChannelName row={row} /> },
    { id: 'told', title: 'Told', widthPx: 90, cell: toldText },
    {
      id: 'headline',
      title: 'Message',
      widthPx: 360,
      cell: (row) => <CutText text={messageText(row, titles)} />,
    },
    { id: 'reason', title: 'Why', widthPx: 280, cell: ({ reason }) => <CutText text={reason} /> },
    {
      id: 'attempt',
      title: 'Try',
      widthPx: 50,
      align: 'end',
      cell: ({ attempt }) => (attempt === 0 ? '–' : attempt),
    },
  ];
}

/** Empty where no route takes the alarms. */
export function ChannelName({ row: { channel } }: { readonly row: Pick<Delivery, 'channel'> }) {
  return channel === '' ? <span className="muted">nobody</span> : <CutText text={channel} />;
}

/** Its headline; of what was not sent, which alarms it is about. */
export function messageText({ headline, alarms }: Delivery, titles: Titles): string {
  return headline === '' ? alarms.map(({ alarm }) => titles.get(alarm) ?? alarm).join(', ') : headline;
}

function Filters({ names, titles }: Pick<DeliveriesTableProps, 'names' | 'titles'>) {
  const { place } = useView();
  const channel = place.params.get('channel');
  const alarm = place.params.get('of');
  const set = (changes: Readonly<Record<string, string | null>>) =>
    go(hrefWith(currentPlace(), { ...changes, open: null }), { replace: true });
  return (
    <>
      {alarm !== null && (
        <span className="chip">
          <span className="muted">Of</span> <CutText text={titles.get(alarm) ?? alarm} />
          <Link
            className="chip-close"
            href={hrefWith(place, { of: null, open: null })}
            aria-label="Messages of all alarms"
          >
            ×
          </Link>
        </span>
      )}
      <Segments
        label="Outcome"
        choices={OUTCOMES}
        chosen={outcomeInAddress(place).id}
        onChoose={(outcome) => set({ outcome })}
      />
      <select
        aria-label="Channel"
        value={channel ?? ''}
        onChange={({ target }) => set({ channel: target.value === '' ? null : target.value })}
      >
        <option value="">All channels</option>
        {[...new Set(channel === null ? names : [...names, channel])].map((name) => (
          <option key={name} value={name}>
            {visibleText(name)}
          </option>
        ))}
      </select>
    </>
  );
}
