import type { ReactNode } from 'react';
import { bytesText, durationText, exactCount, secondsText } from '../../lib/format.ts';
import { RowMoment } from '../../lib/moment.tsx';
import { CutText, OutsideText } from '../../lib/outside-text.tsx';
import type { Pages } from '../../lib/pages-query.ts';
import { Skeleton } from '../../lib/panel.tsx';
import { ProblemBox } from '../../lib/problem-box.tsx';
import type { Pair, ReplicationObject, ReplicationObjects } from '../../lib/replication-row.ts';
import { OBJECT_WORDS } from '../../lib/replication-words.ts';
import { Segments } from '../../lib/segments.tsx';
import { StatusMark } from '../../lib/status-mark.tsx';
import { currentPlace, go, hrefWith } from '../../routes/place.ts';
import { useView } from '../../routes/view.tsx';
import { ExportButtons } from '../../tables/export-buttons.tsx';
import { MoreRows } from '../../tables/more-rows.tsx';
import { RecordTable, type Column } from '../../tables/record-table.tsx';
import { objectInAddress, objectParams } from './object-address.ts';

const STATUSES = [
  { id: 'PENDING', title: 'Pending' },
  { id: 'FAILED', title: 'Failed' },
  { id: 'UNKNOWN', title: 'Unknown' },
  { id: 'COMPLETED', title: 'Arrived' },
  { id: 'NOT_TRACKED', title: 'Not replicated' },
] as const;

type ListedStatus = (typeof STATUSES)[number]['id'];

/** The status the address asks for; else that of what is wrong. */
export function statusInAddress(params: URLSearchParams, pair: Pair): ListedStatus {
  const asked = STATUSES.find(({ id }) => id === params.get('status'));
  return asked?.id ?? (pair.failed_objects > 0 ? 'FAILED' : 'PENDING');
}

/** A name for a row that stays the same when others are added. */
export function objectRowId({ key, version_id }: Pick<ReplicationObject, 'key' | 'version_id'>): string {
  return JSON.stringify([key, version_id]);
}

const COLUMNS: readonly Column<ReplicationObject>[] = [
  {
    id: 'status',
    title: 'Status',
    widthPx: 124,
    cell: ({ status }) => <StatusMark {...OBJECT_WORDS[status]} />,
  },
  { id: 'key', title: 'Key', widthPx: 360, cell: ({ key }) => <CutText text={key} canCopy /> },
  {
    id: 'written_at',
    title: 'Written',
    widthPx: 140,
    cell: ({ written_at }) => <RowMoment time={written_at} />,
  },
  { id: 'latency_ms', title: 'Took', widthPx: 120, align: 'end', cell: (row) => <Took row={row} /> },
  { id: 'reason', title: 'Reason', widthPx: 170, cell: ({ reason }) => <OutsideText text={reason} /> },
  {
    id: 'size_bytes',
    title: 'Size',
    widthPx: 92,
    align: 'end',
    cell: ({ size_bytes, delete_marker }) =>
      delete_marker ? (
        <span className="muted">marker</span>
      ) : (
        <span data-tip={`${exactCount(size_bytes)} bytes`}>{bytesText(size_bytes)}</span>
      ),
  },
];

/** From write to arrival; how long it has waited where it has not. */
function Took({ row }: { readonly row: ReplicationObject }) {
  if (row.status === 'PENDING')
    return (
      <span data-tip={`waits for ${exactCount(Math.round(row.age_seconds))} s`}>
        {secondsText(row.age_seconds)} <span className="muted">so far</span>
      </span>
    );
  if (row.latency_ms === null) return <span className="muted">–</span>;
  const tip = `${exactCount(row.latency_ms)} ms${row.skewed ? '\nIts arrival was reported earlier than its write: the clocks differ' : ''}`;
  return <span data-tip={tip}>{durationText(row.latency_ms)}</span>;
}

interface ObjectListProps {
  readonly pair: Pair;
  readonly status: ListedStatus;
  readonly list: Pages<ReplicationObjects>;
}

/** Versions of a pair as they stand, of one status. */
export function ObjectList({ pair, status, list }: ObjectListProps) {
  const { place } = useView();
  const open = objectInAddress(place);
  const ids = list.rows.map(objectRowId);
  const openId = open === null ? null : objectRowId({ key: open.key, version_id: open.version ?? '' });
  const openRow = (id: string) => {
    const row = list.rows[ids.indexOf(id)];
    if (row === undefined) return;
    const object = { bucket: row.source, key: row.key, version: row.version_id };
    go(hrefWith(place, objectParams(object)), { replace: open !== null });
  };
  return (
    <section className="panel flush" id="objects" aria-label="Objects" data-stale={list.isStale}>
      <header className="panel-head">
        <h2>Objects</h2>
        <span className="panel-actions">
          <Segments
            label="Status"
            choices={STATUSES}
            chosen={status}
            onChoose={(id) =>
              go(hrefWith(currentPlace(), { status: id, ...objectParams(null) }), { replace: true })
            }
          />
          <ExportButtons rows={list.rows} name={`replication-${status.toLowerCase()}`} />
        </span>
      </header>
      {list.problem !== null && <ProblemBox problem={list.problem} onRetry={list.retry} />}
      {list.isPending && list.problem === null && <Skeleton heightPx={240} />}
      {!list.isPending && list.rows.length === 0 && <p className="panel-empty">{nothingOf(status, pair)}</p>}
      {list.rows.length > 0 && (
        <>
          <RecordTable
            label="Objects"
            columns={COLUMNS}
            rows={list.rows}
            ids={ids}
            openId={openId}
            onOpen={openRow}
          />
          <MoreRows list={list} noun="object" order={status === 'PENDING' ? 'oldest' : 'newest'} />
        </>
      )}
    </section>
  );
}

function nothingOf(status: ListedStatus, pair: Pair): ReactNode {
  switch (status) {
    case 'PENDING':
      return <StatusMark status="ok" word="Nothing waits" />;
    case 'FAILED':
      return <StatusMark status="ok" word="Nothing failed" />;
    case 'UNKNOWN':
      return 'Of every object it is known whether it arrived.';
    case 'COMPLETED':
      return 'Nothing is known to have arrived.';
    case 'NOT_TRACKED':
      return pair.prefix === ''
        ? 'The rule is for every object.'
        : 'Every object that is known falls under the rule.';
  }
}
