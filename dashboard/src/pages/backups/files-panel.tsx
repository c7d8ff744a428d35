import type { BackupDetail } from '../../lib/backup-row.ts';
import { fieldText } from '../../lib/facts.ts';
import { bytesText, counted, exactCount } from '../../lib/format.ts';
import { RowMoment } from '../../lib/moment.tsx';
import { CutText, OutsideText } from '../../lib/outside-text.tsx';
import { RecordTable, type Column } from '../../tables/record-table.tsx';

type File = BackupDetail['files'][number];

const FEEDS: Readonly<Record<File['feed'], string>> = { event: 'an event', listing: 'a listing' };

const COLUMNS: readonly Column<File>[] = [
  { id: 'key', title: 'Key', widthPx: 330, cell: ({ key }) => <CutText text={key} canCopy /> },
  { id: 'at', title: 'Written', widthPx: 130, cell: ({ at }) => <RowMoment time={at} /> },
  {
    id: 'size_bytes',
    title: 'Size',
    widthPx: 84,
    align: 'end',
    cell: ({ size_bytes }) => (
      <span data-tip={`${exactCount(size_bytes)} bytes`}>{bytesText(size_bytes)}</span>
    ),
  },
  { id: 'member', title: 'Member', widthPx: 100, cell: ({ member }) => <OutsideText text={member} /> },
  { id: 'content', title: 'Ends', widthPx: 80, cell: (file) => <Content file={file} /> },
  { id: 'lock_until', title: 'Locked until', widthPx: 124, cell: (file) => <Lock file={file} /> },
  {
    id: 'replication_status',
    title: 'Replica',
    widthPx: 96,
    cell: ({ replication_status }) => <OutsideText text={replication_status} />,
  },
  {
    id: 'removed_at',
    title: 'Removed',
    widthPx: 116,
    cell: ({ removed_at }) =>
      removed_at === null ? <span className="muted">no</span> : <RowMoment time={removed_at} />,
  },
  { id: 'feed', title: 'Told by', widthPx: 80, cell: ({ feed }) => FEEDS[feed] },
];

function Content({ file: { content, content_note } }: { readonly file: File }) {
  if (content === '') return <span className="muted">not read</span>;
  return (
    <span data-tip={content_note === '' ? undefined : content_note}>
      <OutsideText text={content} />
    </span>
  );
}

function Lock({ file: { lock_mode, lock_until } }: { readonly file: File }) {
  if (lock_mode === '') return <span className="muted">–</span>;
  return (
    <span data-tip={lock_mode}>
      {lock_until === null ? lock_mode.toLowerCase() : <RowMoment time={lock_until} />}
    </span>
  );
}

/** Columns that say nothing of most series: shown where they do. */
const AT_TIMES: readonly string[] = ['member', 'lock_until', 'replication_status'];

function columnsOf(files: readonly File[]): readonly Column<File>[] {
  const says = (column: string) => files.some((file) => fieldText(file[column as keyof File]) !== '');
  return COLUMNS.filter(({ id }) => !AT_TIMES.includes(id) || says(id));
}

/** The newest files of a series. */
export function FilesPanel({ detail: { row, files } }: { readonly detail: BackupDetail }) {
  return (
    <section className="panel flush series-lists" aria-label="Files">
      <header className="panel-head">
        <h2>Files</h2>
        <span className="panel-actions muted">
          {counted(row.files, 'file')} kept
          {files.length > 0 && `, the latest ${exactCount(files.length)} shown`}
        </span>
      </header>
      {files.length === 0 ? (
        <p className="panel-empty">No file of it is known.</p>
      ) : (
        <RecordTable
          label="Files"
          columns={columnsOf(files)}
          rows={files}
          ids={files.map(({ key, at, feed }) => JSON.stringify([key, at, feed]))}
          openId={null}
        />
      )}
    </section>
  );
}
