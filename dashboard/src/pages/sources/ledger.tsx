import type { ReactNode } from 'react';
import type { BatchPage, RejectPage } from '../../../../src/serve/api.ts';
import type { FactRow } from '../../lib/facts.ts';
import type { CursorPage, Pages } from '../../lib/pages-query.ts';
import { Skeleton } from '../../lib/panel.tsx';
import { ProblemBox } from '../../lib/problem-box.tsx';
import { StatusMark } from '../../lib/status-mark.tsx';
import { visibleText } from '../../lib/visible.ts';
import { Link } from '../../routes/link.tsx';
import { go, hrefWith } from '../../routes/place.ts';
import { useView } from '../../routes/view.tsx';
import { BATCH_COLUMNS, REJECT_COLUMNS } from '../../tables/batch-cells.tsx';
import { ExportButtons } from '../../tables/export-buttons.tsx';
import { batchRowIds, rejectRowIds } from '../../tables/ledger-ids.ts';
import { MoreRows } from '../../tables/more-rows.tsx';
import { RecordTable, type Column } from '../../tables/record-table.tsx';

const STATES = [
  { state: null, title: 'All' },
  { state: 'loaded', title: 'Loaded' },
  { state: 'rejected', title: 'Rejected' },
] as const;

/** Every batch that arrived, newest first. */
export function Ledger({
  list,
  sources,
}: {
  readonly list: Pages<BatchPage>;
  readonly sources: readonly string[];
}) {
  const { place } = useView();
  const state = place.params.get('state');
  const source = place.params.get('source');
  const filters = (
    <>
      <span className="segments" role="group" aria-label="State">
        {STATES.map((choice) => (
          <button
            key={choice.title}
            type="button"
            aria-pressed={state === choice.state}
            onClick={() => go(hrefWith(place, { state: choice.state, open: null }))}
          >
            {choice.title}
          </button>
        ))}
      </span>
      <select
        aria-label="Source"
        value={source ?? ''}
        onChange={(event) =>
          go(hrefWith(place, { source: event.target.value === '' ? null : event.target.value, open: null }))
        }
      >
        <option value="">All sources</option>
        {[...new Set(source === null ? sources : [...sources, source])].map((name) => (
          <option key={name} value={name}>
            {visibleText(name)}
          </option>
        ))}
      </select>
    </>
  );
  const isFiltered = state !== null || source !== null;
  const empty = isFiltered ? (
    <p className="panel-empty">No batch matches.</p>
  ) : (
    <p className="panel-empty">Nothing has been loaded yet.</p>
  );
  return (
    <RowsPanel
      title="Ledger"
      noun="batch"
      prefix="batch:"
      list={list}
      columns={BATCH_COLUMNS}
      idsOf={batchRowIds}
      filters={filters}
      empty={empty}
    />
  );
}

/** Lines and records that could not be read, kept whole. */
export function Rejects({ list }: { readonly list: Pages<RejectPage> }) {
  const { place } = useView();
  const batch = place.params.get('batch');
  const filters = batch !== null && (
    <span className="chip">
      <span className="muted">Batch</span> {visibleText(batch)}
      <Link
        className="chip-close"
        href={hrefWith(place, { batch: null, open: null })}
        aria-label="Rejects of all batches"
      >
        ×
      </Link>
    </span>
  );
  const empty = (
    <p className="panel-empty">
      <StatusMark status="ok" word="Every line was read." />
    </p>
  );
  return (
    <RowsPanel
      title="Rejects"
      noun="reject"
      prefix="reject:"
      list={list}
      columns={REJECT_COLUMNS}
      idsOf={rejectRowIds}
      filters={filters}
      empty={empty}
    />
  );
}

interface RowsPanelProps<Row extends FactRow> {
  readonly title: string;
  readonly noun: string;
  /** Goes before a row's name in the address. */
  readonly prefix: string;
  readonly list: Pages<CursorPage & { readonly rows: readonly Row[] }>;
  readonly columns: readonly Column<Row>[];
  readonly idsOf: (rows: readonly Row[]) => readonly string[];
  readonly filters: ReactNode;
  readonly empty: ReactNode;
}

function RowsPanel<Row extends FactRow>({
  title,
  noun,
  prefix,
  list,
  columns,
  idsOf,
  filters,
  empty,
}: RowsPanelProps<Row>) {
  const { place } = useView();
  const openName = place.params.get('open');
  const openId = openName !== null && openName.startsWith(prefix) ? openName.slice(prefix.length) : null;
  const open = (id: string) =>
    go(hrefWith(place, { open: `${prefix}${id}` }), { replace: openName !== null });
  return (
    <section className="panel flush" data-stale={list.isStale}>
      <header className="panel-head">
        <h2>{title}</h2>
        <span className="panel-actions">
          {filters}
          <ExportButtons rows={list.rows} name={title.toLowerCase()} />
        </span>
      </header>
      {list.problem !== null && <ProblemBox problem={list.problem} onRetry={list.retry} />}
      {list.isPending && list.problem === null && <Skeleton heightPx={240} />}
      {!list.isPending && list.rows.length === 0 && empty}
      {list.rows.length > 0 && (
        <>
          <RecordTable
            label={title}
            columns={columns}
            rows={list.rows}
            ids={idsOf(list.rows)}
            openId={openId}
            onOpen={open}
          />
          <MoreRows list={list} noun={noun} />
        </>
      )}
    </section>
  );
}
