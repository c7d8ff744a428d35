import type { BackupDetail, BackupRun } from '../../lib/backup-row.ts';
import { RUN_WORDS } from '../../lib/backup-words.ts';
import { bytesText, counted, durationText, exactCount } from '../../lib/format.ts';
import { RowMoment } from '../../lib/moment.tsx';
import { CutText } from '../../lib/outside-text.tsx';
import { StatusMark } from '../../lib/status-mark.tsx';
import { currentPlace, go, hrefWith } from '../../routes/place.ts';
import { useView } from '../../routes/view.tsx';
import { ExportButtons } from '../../tables/export-buttons.tsx';
import { RecordTable, type Column } from '../../tables/record-table.tsx';
import { membersText } from './run-panel.tsx';
import { runInAddress, runParams } from './series-address.ts';

const COLUMNS: readonly Column<BackupRun>[] = [
  {
    id: 'verdict',
    title: 'Verdict',
    widthPx: 134,
    cell: ({ verdict }) => <StatusMark status={RUN_WORDS[verdict].status} word={RUN_WORDS[verdict].word} />,
  },
  { id: 'due', title: 'Due', widthPx: 130, cell: ({ due }) => <RowMoment time={due} /> },
  { id: 'arrived', title: 'Arrived', widthPx: 186, cell: (row) => <Arrived row={row} /> },
  {
    id: 'size_bytes',
    title: 'Size',
    widthPx: 76,
    align: 'end',
    cell: ({ size_bytes, files }) =>
      files === 0 ? (
        <span className="muted">–</span>
      ) : (
        <span data-tip={`${exactCount(size_bytes)} bytes`}>{bytesText(size_bytes)}</span>
      ),
  },
  { id: 'members', title: 'Members', widthPx: 76, align: 'end', cell: (row) => membersText(row) },
  {
    id: 'sentence',
    title: 'Why',
    widthPx: 224,
    cell: ({ sentence }) => (
      <span className="said">
        <CutText text={sentence} />
      </span>
    ),
  },
  {
    id: 'keys',
    title: 'Keys',
    widthPx: 210,
    cell: ({ keys, files }) =>
      keys[0] === undefined ? (
        <span className="muted">none</span>
      ) : (
        <span className="first-key">
          <CutText text={keys[0]} />
          {files > 1 && <span className="muted">+ {files - 1}</span>}
        </span>
      ),
  },
];

/** When it came, and how long after it was due. */
function Arrived({ row: { arrived, due } }: { readonly row: BackupRun }) {
  if (arrived === null) return <span className="muted">–</span>;
  const lateMs = Date.parse(arrived) - Date.parse(due);
  return (
    <>
      <RowMoment time={arrived} />{' '}
      <span className="muted">
        {lateMs < 0 ? '−' : '+'}
        {durationText(Math.abs(lateMs))}
      </span>
    </>
  );
}

/** The runs of a series, the latest first. */
export function RunsTable({ detail: { row, runs } }: { readonly detail: BackupDetail }) {
  const { place } = useView();
  const open = runInAddress(place);
  const ids = runs.map(({ due }) => due);
  const openRow = (due: string) =>
    go(hrefWith(currentPlace(), runParams({ bucket: row.bucket, series: row.series, due })), {
      replace: open !== null,
    });
  return (
    <section className="panel flush series-lists" aria-label="Runs">
      <header className="panel-head">
        <h2>Runs</h2>
        <span className="panel-actions">
          <span className="muted">{counted(runs.length, 'run')}, the latest first</span>
          <ExportButtons rows={runs} name="backup-runs" />
        </span>
      </header>
      {runs.length === 0 ? (
        <p className="panel-empty">No run is known: nothing was due yet.</p>
      ) : (
        <RecordTable
          label="Runs"
          columns={COLUMNS}
          rows={runs}
          ids={ids}
          openId={open?.due ?? null}
          onOpen={openRow}
        />
      )}
    </section>
  );
}
