import { useLook } from '../../lib/backup-queries.ts';
import type { Backups } from '../../lib/backup-row.ts';
import { counted, exactCount, shortCount } from '../../lib/format.ts';
import { Icon } from '../../lib/icons.tsx';
import { Ago } from '../../lib/moment.tsx';
import { CutText, OutsideText } from '../../lib/outside-text.tsx';
import { PlainTable, type PlainColumn } from '../../lib/plain-table.tsx';
import { ProblemBox } from '../../lib/problem-box.tsx';
import { StatusMark } from '../../lib/status-mark.tsx';

type Watched = Backups['discovering'][number];

/** Buckets that are listed for backups, when that was, and what stands in its way. */
export function WatchedBuckets({ rows }: { readonly rows: readonly Watched[] }) {
  if (rows.length === 0) return null;
  return (
    <section className="panel flush">
      <header className="panel-head">
        <h2>Watched buckets</h2>
      </header>
      <PlainTable label="Watched buckets" columns={COLUMNS} rows={rows} idOf={({ bucket }) => bucket} />
    </section>
  );
}

const COLUMNS: readonly PlainColumn<Watched>[] = [
  { title: 'Bucket', cell: ({ bucket }) => <CutText text={bucket} /> },
  {
    title: 'Listed whole',
    cell: ({ last_look }) => <Ago time={last_look} none="not yet" />,
  },
  {
    title: 'Keys',
    align: 'end',
    cell: ({ keys }) => <span data-tip={counted(keys, 'key')}>{shortCount(keys)}</span>,
  },
  {
    title: 'Problem',
    cell: ({ problem }) =>
      problem === '' ? (
        <span className="muted">none</span>
      ) : (
        <>
          <StatusMark status="alarm" word="Cannot be listed" />
          <span className="advice">
            <OutsideText text={problem} />
          </span>
        </>
      ),
  },
  { title: 'Look', cell: ({ bucket }) => <LookNow bucket={bucket} /> },
];

/** Lists a bucket now and says what that gave. */
export function LookNow({ bucket }: { readonly bucket: string }) {
  const look = useLook();
  const { data } = look;
  return (
    <span className="look-now">
      <button
        type="button"
        className="button"
        disabled={look.isPending}
        onClick={() => look.mutate({ bucket })}
      >
        <Icon name="refresh" /> {look.isPending ? 'Looking…' : 'Look now'}
      </button>
      <span role="status">
        {data !== undefined && data.problem === '' && (
          <span className="advice">
            {counted(data.keys, 'key')} in {counted(data.requests, 'request')}, {exactCount(data.files)} new
          </span>
        )}
        {data !== undefined && data.problem !== '' && (
          <span className="advice">
            <OutsideText text={data.problem} />
          </span>
        )}
      </span>
      {look.error !== null && <ProblemBox problem={look.error} onRetry={() => look.mutate({ bucket })} />}
    </span>
  );
}
