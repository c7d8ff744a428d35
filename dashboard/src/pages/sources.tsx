import type {
  Batch,
  BatchPage,
  Reject,
  RejectPage,
  Sources as SourcesAnswer,
} from '../../../src/serve/api.ts';
import { counted, durationText, parseTime } from '../lib/format.ts';
import type { FactRow } from '../lib/facts.ts';
import { useBatches, useRejects } from '../lib/ledger-queries.ts';
import { useNowMs } from '../lib/now.ts';
import type { Pages } from '../lib/pages-query.ts';
import { Skeleton } from '../lib/panel.tsx';
import { ProblemBox } from '../lib/problem-box.tsx';
import { useSources } from '../lib/queries.ts';
import { StatusMark } from '../lib/status-mark.tsx';
import { visibleText } from '../lib/visible.ts';
import { Link } from '../routes/link.tsx';
import { go, hrefWith } from '../routes/place.ts';
import { useView } from '../routes/view.tsx';
import { batchRowIds, rejectRowIds } from '../tables/ledger-ids.ts';
import { SidePanel } from '../tables/side-panel.tsx';
import { EmptyStore, isEmptyStore } from './empty-store.tsx';
import { Ledger, Rejects } from './ledger.tsx';
import { SourceCards } from './source-cards.tsx';

const PAGE_ROWS = 20;

/** Where facts come from, how late they are, what was loaded and what could not be read. */
export function Sources() {
  const { place, status, isLive } = useView();
  const { params } = place;
  const sources = useSources(isLive);
  const openName = params.get('open');
  const isAsking = isLive && openName === null;
  const batches = useBatches(
    { state: params.get('state'), source: params.get('source') },
    { limit: PAGE_ROWS, isLive: isAsking },
  );
  const rejects = useRejects(params.get('batch'), { limit: PAGE_ROWS, isLive: isAsking });
  return (
    <div className="stack" data-panel-open={openName !== null}>
      {sources.error !== null && (
        <ProblemBox problem={sources.error} onRetry={() => void sources.refetch()} />
      )}
      {sources.data === undefined && sources.error === null && <Skeleton heightPx={220} />}
      {sources.data !== undefined && (
        <>
          <SourcesVerdict rows={sources.data.rows} rejects={status.facts.rejects} />
          <SourceCards rows={sources.data.rows} />
        </>
      )}
      {isEmptyStore(status) && <EmptyStore status={status} />}
      <Rejects list={rejects} />
      <Ledger list={batches} sources={sources.data?.rows.map((row) => row.name) ?? []} />
      {openName !== null && <OpenLedgerRow name={openName} batches={batches} rejects={rejects} />}
    </div>
  );
}

interface SourcesVerdictProps {
  readonly rows: SourcesAnswer['rows'];
  readonly rejects: number;
}

function SourcesVerdict({ rows, rejects }: SourcesVerdictProps) {
  const nowMs = useNowMs();
  const failing = rows.filter((row) => row.state === 'failing');
  const newestMs = Math.max(0, ...rows.map((row) => parseTime(row.newest_event) ?? 0));
  const age =
    newestMs === 0
      ? 'nothing has arrived yet'
      : `the newest record is ${durationText(Math.max(0, nowMs - newestMs))} old`;
  const unread = rejects === 0 ? 'every line was read' : `${counted(rejects, 'line')} could not be read`;
  const state =
    failing.length === 0
      ? `${counted(rows.length, 'source')}`
      : `${failing.length} of ${counted(rows.length, 'source')} cannot be read`;
  const isFine = failing.length === 0;
  return (
    <div className="verdict">
      <StatusMark
        status={rows.length === 0 ? 'unknown' : isFine ? 'ok' : 'alarm'}
        word={rows.length === 0 ? 'No source' : isFine ? 'Fine' : 'Failing'}
      />
      <p>
        {state}; {age}; {unread}.
      </p>
    </div>
  );
}

interface OpenLedgerRowProps {
  readonly name: string;
  readonly batches: Pages<BatchPage>;
  readonly rejects: Pages<RejectPage>;
}

interface OpenList {
  readonly title: string;
  readonly prefix: string;
  readonly rows: readonly FactRow[];
  readonly ids: readonly string[];
}

/** `open` names a row as `batch:<id>` or `reject:<batch>:<line>`. */
function openList(name: string, batches: readonly Batch[], rejects: readonly Reject[]): OpenList {
  if (name.startsWith('reject:'))
    return { title: 'One reject', prefix: 'reject:', rows: rejects, ids: rejectRowIds(rejects) };
  return { title: 'One batch', prefix: 'batch:', rows: batches, ids: batchRowIds(batches) };
}

function OpenLedgerRow({ name, batches, rejects }: OpenLedgerRowProps) {
  const { place } = useView();
  const list = openList(name, batches.rows, rejects.rows);
  const index = list.ids.indexOf(name.slice(list.prefix.length));
  const row = list.rows[index];
  const close = () => go(hrefWith(place, { open: null }), { replace: true });
  const step = (direction: -1 | 1) => {
    const id = list.ids[index + direction];
    if (id !== undefined) go(hrefWith(place, { open: `${list.prefix}${id}` }), { replace: true });
  };
  const isLoading = batches.isPending || rejects.isPending;
  return (
    <SidePanel title={list.title} row={row ?? {}} onClose={close} onStep={row === undefined ? null : step}>
      {row === undefined && (
        <p className="panel-empty">
          {isLoading ? 'Loading…' : `${visibleText(name)} is not among the rows shown.`}
        </p>
      )}
      {row !== undefined &&
        list.prefix === 'batch:' &&
        row['rejects'] !== 0 &&
        typeof row['batch_id'] === 'string' && (
          <p className="side-panel-links">
            <Link className="button" href={hrefWith(place, { batch: row['batch_id'], open: null })}>
              Show its rejects
            </Link>
          </p>
        )}
    </SidePanel>
  );
}
