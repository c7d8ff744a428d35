import type { ReactNode } from 'react';
import { counted } from '../lib/format.ts';
import { useBatches, useRejects } from '../lib/ledger-queries.ts';
import type { CursorPage, Pages } from '../lib/pages-query.ts';
import { Skeleton } from '../lib/panel.tsx';
import { ProblemBox } from '../lib/problem-box.tsx';
import { StatusMark } from '../lib/status-mark.tsx';
import { Link } from '../routes/link.tsx';
import { go, hrefTo } from '../routes/place.ts';
import { useView } from '../routes/view.tsx';
import { BATCH_COLUMNS_SHORT, REJECT_COLUMNS_SHORT } from '../tables/batch-cells.tsx';
import { RecordTable } from '../tables/record-table.tsx';
import { batchRowIds, rejectRowIds } from '../tables/ledger-ids.ts';

const ROWS = 6;
const HEIGHT_PX = 226;
const ANY = { state: null, source: null };

/** The batches loaded last. */
export function RecentBatches() {
  const { place, isLive } = useView();
  const batches = useBatches(ANY, { limit: ROWS, isLive });
  const open = (id: string) => go(hrefTo(place, '/sources', { open: `batch:${id}` }));
  return (
    <RecentPanel
      title="Last batches"
      list={batches}
      actions={<Link href={hrefTo(place, '/sources')}>All batches</Link>}
    >
      {batches.rows.length === 0 ? (
        <p className="panel-empty">Nothing has been loaded yet.</p>
      ) : (
        <RecordTable
          label="Last batches"
          columns={BATCH_COLUMNS_SHORT}
          rows={batches.rows}
          ids={batchRowIds(batches.rows)}
          openId={null}
          onOpen={open}
        />
      )}
    </RecentPanel>
  );
}

/** The lines that could not be read, newest first. */
export function RecentRejects() {
  const { place, isLive, status } = useView();
  const rejects = useRejects(null, { limit: ROWS, isLive });
  const open = (id: string) => go(hrefTo(place, '/sources', { open: `reject:${id}` }));
  const link = <Link href={hrefTo(place, '/sources')}>{counted(status.facts.rejects, 'reject')}</Link>;
  return (
    <RecentPanel title="Could not be read" list={rejects} actions={status.facts.rejects > 0 && link}>
      {rejects.rows.length === 0 ? (
        <p className="panel-empty">
          <StatusMark status="ok" word="Every line was read." />
        </p>
      ) : (
        <RecordTable
          label="Rejects"
          columns={REJECT_COLUMNS_SHORT}
          rows={rejects.rows}
          ids={rejectRowIds(rejects.rows)}
          openId={null}
          onOpen={open}
        />
      )}
    </RecentPanel>
  );
}

interface RecentPanelProps {
  readonly title: string;
  readonly list: Pages<CursorPage>;
  readonly actions: ReactNode;
  readonly children: ReactNode;
}

function RecentPanel({ title, list, actions, children }: RecentPanelProps) {
  return (
    <section className="panel flush">
      <header className="panel-head">
        <h2>{title}</h2>
        <span className="panel-actions">{actions}</span>
      </header>
      {list.problem !== null && <ProblemBox problem={list.problem} onRetry={list.retry} />}
      {list.isPending ? list.problem === null && <Skeleton heightPx={HEIGHT_PX} /> : children}
    </section>
  );
}
