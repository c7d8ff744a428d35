import { useEffect } from 'react';
import type { FactPage } from '../../../src/serve/api.ts';
import { useNewestRequestMs } from '../charts/chart-state.ts';
import { idOfRow, rowIds, type FactRow } from '../lib/facts.ts';
import { shortMomentText } from '../lib/format.ts';
import { useNowMs } from '../lib/now.ts';
import { visibleText } from '../lib/visible.ts';
import { usePages } from '../lib/pages-query.ts';
import { Skeleton } from '../lib/panel.tsx';
import { ProblemBox } from '../lib/problem-box.tsx';
import { liveIntervalMs, scopeOf } from '../lib/queries.ts';
import { Link } from '../routes/link.tsx';
import { go, hrefWith } from '../routes/place.ts';
import { rangeWords, windowOf } from '../routes/range.ts';
import { useView } from '../routes/view.tsx';
import { ExportButtons } from '../tables/export-buttons.tsx';
import { FilterBar } from '../tables/filter-bar.tsx';
import { activeFilters, type Filter } from '../tables/filters.ts';
import { MoreRows } from '../tables/more-rows.tsx';
import { RecordTable, type Column } from '../tables/record-table.tsx';
import { SidePanel } from '../tables/side-panel.tsx';
import { EmptyStore, isEmptyStore } from './empty-store.tsx';
import { NothingInRange } from './nothing-in-range.tsx';

const PAGE_ROWS = 100;

export interface ExplorerKind {
  readonly route: '/requests' | '/calls';
  /** "request", "call". */
  readonly noun: string;
  readonly facts: 'requests' | 'calls';
  readonly idColumn: string;
  readonly filters: readonly Filter[];
  readonly columns: readonly Column<FactRow>[];
}

/** Rows of one fact table, filtered by the address, newest first. */
export function Explorer({ kind }: { readonly kind: ExplorerKind }) {
  const { status } = useView();
  return isEmptyStore(status) ? <EmptyStore status={status} /> : <FilledExplorer kind={kind} />;
}

function FilledExplorer({ kind }: { readonly kind: ExplorerKind }) {
  const view = useView();
  const { place, range, bucket } = view;
  const active = activeFilters(kind.filters, place.params);
  const query = Object.fromEntries(active.map(([filter, value]) => [filter.name, value]));
  const openId = place.params.get('open');
  const list = usePages<FactPage>({
    route: kind.route,
    key: [bucket, range, query],
    first: () => ({ ...scopeOf(view, Date.now()), ...query, limit: PAGE_ROWS }),
    repeat: ({ coverage }) => ({ since: coverage.since, until: coverage.until }),
    intervalMs: openId === null ? liveIntervalMs(view) : false,
  });
  const ids = rowIds(list.rows, kind.idColumn);
  const open = (id: string) => go(hrefWith(place, { open: id }), { replace: openId !== null });
  return (
    <div className="stack" data-panel-open={openId !== null}>
      <div className="explorer-bar">
        <FilterBar filters={kind.filters} place={place} />
        <ExportButtons rows={list.rows} name={kind.facts} />
      </div>
      <p className="explorer-words">
        <ExplorerWords kind={kind} isFiltered={active.length > 0} />
      </p>
      {list.problem !== null && <ProblemBox problem={list.problem} onRetry={list.retry} />}
      {list.isPending && list.problem === null && <Skeleton heightPx={480} />}
      {!list.isPending && list.rows.length === 0 && list.problem === null && (
        <NothingFound kind={kind} isFiltered={active.length > 0} />
      )}
      {list.rows.length > 0 && (
        <section className="panel flush explorer" data-stale={list.isStale}>
          <RecordTable
            label={kind.facts}
            columns={kind.columns}
            rows={list.rows}
            ids={ids}
            openId={openId}
            onOpen={open}
          />
          <MoreRows list={list} noun={kind.noun} />
        </section>
      )}
      {openId !== null && <OpenRow kind={kind} openId={openId} rows={list.rows} ids={ids} />}
    </div>
  );
}

/** What the list is: of which bucket and range, and how far it is complete. */
function ExplorerWords({ kind, isFiltered }: { readonly kind: ExplorerKind; readonly isFiltered: boolean }) {
  const { range, bucket } = useView();
  const nowMs = useNowMs();
  const newestMs = useNewestRequestMs();
  const what = isFiltered ? `Matching ${kind.facts}` : `All ${kind.facts}`;
  const isOpen = kind.facts === 'requests' && newestMs !== null && newestMs < windowOf(range, nowMs).untilMs;
  return (
    <>
      {what} {bucket !== null && `of ${visibleText(bucket)} `}
      {rangeWords(range)}, newest first
      {isOpen && `; complete until ${shortMomentText(newestMs, nowMs)}`}.
    </>
  );
}

function NothingFound({ kind, isFiltered }: { readonly kind: ExplorerKind; readonly isFiltered: boolean }) {
  const { place, range } = useView();
  if (!isFiltered) return <NothingInRange facts={kind.facts} />;
  const cleared = Object.fromEntries(kind.filters.map((filter) => [filter.name, null]));
  return (
    <div className="empty">
      <p>
        No {kind.noun} {rangeWords(range)} matches these filters.
      </p>
      <Link className="button" href={hrefWith(place, cleared)}>
        Clear the filters
      </Link>
    </div>
  );
}

interface OpenRowProps {
  readonly kind: ExplorerKind;
  readonly openId: string;
  readonly rows: readonly FactRow[];
  readonly ids: readonly string[];
}

/** The panel of the open row; a row that is not in the list, as behind a pasted link, is asked for by its id. */
function OpenRow({ kind, openId, rows, ids }: OpenRowProps) {
  const view = useView();
  const { place } = view;
  const index = ids.indexOf(openId);
  const isListed = index >= 0;
  const alone = usePages<FactPage>({
    route: kind.route,
    key: ['alone', idOfRow(openId), view.range],
    first: () => ({
      ...scopeOf(view, Date.now()),
      bucket: null,
      [kind.idColumn]: idOfRow(openId),
      limit: PAGE_ROWS,
    }),
    intervalMs: false,
    isIdle: isListed,
  });
  const row = isListed ? rows[index] : alone.rows[rowIds(alone.rows, kind.idColumn).indexOf(openId)];
  useEffect(() => {
    document.querySelector(`[data-row="${CSS.escape(openId)}"]`)?.scrollIntoView({ block: 'nearest' });
  }, [openId]);
  const close = () => go(hrefWith(place, { open: null }), { replace: true });
  const step = (direction: -1 | 1) => {
    const id = ids[index + direction];
    if (id !== undefined) go(hrefWith(place, { open: id }), { replace: true });
  };
  const linkOf = (column: string, value: string) => {
    if (column === 'bucket') return hrefWith(place, { bucket: value, open: null });
    return kind.filters.some((filter) => filter.name === column)
      ? hrefWith(place, { [column]: value, open: null })
      : null;
  };
  const title = `One ${kind.noun}`;
  if (row !== undefined)
    return (
      <SidePanel title={title} row={row} onClose={close} onStep={isListed ? step : null} linkOf={linkOf} />
    );
  return (
    <SidePanel title={title} row={{}} onClose={close} onStep={null}>
      {alone.problem !== null && <ProblemBox problem={alone.problem} onRetry={alone.retry} />}
      {alone.isPending && alone.problem === null && <Skeleton heightPx={320} />}
      {!alone.isPending && <p className="panel-empty">It is not in this range. A longer one may hold it.</p>}
    </SidePanel>
  );
}
