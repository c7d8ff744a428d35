import { useMemo } from 'react';
import type { FactPage } from '../../../src/serve/api.ts';
import { AnalysisView } from '../explorer/analysis-view.tsx';
import { Facets, Suggestions } from '../explorer/facets.tsx';
import { Histogram } from '../explorer/histogram.tsx';
import type { ExplorerKind } from '../explorer/kind.ts';
import { OpenRow } from '../explorer/open-row.tsx';
import { useFilterQuery } from '../explorer/use-explorer.ts';
import { ViewsMenu } from '../explorer/views-menu.tsx';
import { rowIds } from '../lib/facts.ts';
import { Icon } from '../lib/icons.tsx';
import { usePages, type Pages } from '../lib/pages-query.ts';
import { Skeleton } from '../lib/panel.tsx';
import { ProblemBox } from '../lib/problem-box.tsx';
import { liveIntervalMs, scopeOf } from '../lib/queries.ts';
import { Link } from '../routes/link.tsx';
import { currentPlace, go, hrefWith } from '../routes/place.ts';
import { rangeWords } from '../routes/range.ts';
import { useView } from '../routes/view.tsx';
import type { FilterBy } from '../tables/cell-actions.tsx';
import { ColumnMenu, useColumns } from '../tables/columns.tsx';
import { ExportButtons } from '../tables/export-buttons.tsx';
import { FilterChips, FilterForm } from '../tables/filter-controls.tsx';
import { ACCESS_FILTER, filterForValue } from '../tables/filters.ts';
import { MoreRows } from '../tables/more-rows.tsx';
import { RecordTable } from '../tables/record-table.tsx';
import { EmptyStore, isEmptyStore } from './empty-store.tsx';
import { NothingInRange } from './nothing-in-range.tsx';

const PAGE_ROWS = 100;
const WIDE = '(min-width: 1100px)';

/** Rows of one fact table, filtered by the address, newest first; or the answer to a question about them. */
export function Explorer({ kind }: { readonly kind: ExplorerKind }) {
  const { status, place } = useView();
  const analysis = place.params.get('analysis');
  if (isEmptyStore(status)) return <EmptyStore status={status} />;
  return analysis === null ? <FilledExplorer kind={kind} /> : <AnalysisView kind={kind} name={analysis} />;
}

/** Filters by values of the kind's columns; the bucket is that of the whole page and is only ever included. */
function useFilterBy(kind: ExplorerKind): FilterBy {
  return useMemo(() => {
    const canExclude = (column: string) =>
      column !== ACCESS_FILTER && kind.filters.some((filter) => filter.name === column);
    return {
      canExclude,
      canInclude: (column) => column === 'bucket' || canExclude(column),
      apply: (column, value, isIncluded) => {
        const text = column === 'bucket' ? value : filterForValue(value, isIncluded);
        go(hrefWith(currentPlace(), { [column]: text, open: null }));
      },
    };
  }, [kind]);
}

function useRows(kind: ExplorerKind): Pages<FactPage> {
  const view = useView();
  const query = useFilterQuery(kind);
  const isOpen = view.place.params.has('open');
  return usePages<FactPage>({
    route: kind.route,
    key: [view.bucket, view.range, query],
    first: () => ({ ...scopeOf(view, Date.now()), ...query, limit: PAGE_ROWS }),
    repeat: ({ coverage }) => ({ since: coverage.since, until: coverage.until }),
    intervalMs: isOpen ? false : liveIntervalMs(view),
  });
}

function FilledExplorer({ kind }: { readonly kind: ExplorerKind }) {
  const { place } = useView();
  const filterBy = useFilterBy(kind);
  const list = useRows(kind);
  const ids = rowIds(list.rows, kind.idColumn);
  const openId = place.params.get('open');
  const hasFacets = (place.params.get('side') ?? (window.matchMedia(WIDE).matches ? 'on' : 'off')) === 'on';
  return (
    <div className="stack" data-panel-open={openId !== null}>
      <ExplorerBar kind={kind} list={list} hasFacets={hasFacets} />
      <FilterChips filters={kind.filters} place={place} />
      <Histogram kind={kind} />
      <div className="explorer-body" data-facets={hasFacets}>
        {hasFacets && <Facets kind={kind} filterBy={filterBy} />}
        <ExplorerRows kind={kind} list={list} ids={ids} filterBy={filterBy} />
      </div>
      {openId !== null && (
        <OpenRow kind={kind} openId={openId} rows={list.rows} ids={ids} filterBy={filterBy} />
      )}
    </div>
  );
}

interface ExplorerBarProps {
  readonly kind: ExplorerKind;
  readonly list: Pages<FactPage>;
  readonly hasFacets: boolean;
}

function ExplorerBar({ kind, list, hasFacets }: ExplorerBarProps) {
  const view = useView();
  const { place } = view;
  const query = useFilterQuery(kind);
  return (
    <div className="explorer-bar">
      <FilterForm
        filters={kind.filters}
        place={place}
        suggestionsOf={(name, id) => <Suggestions kind={kind} name={name} id={id} />}
      />
      <span className="explorer-actions">
        <button
          type="button"
          className="button"
          aria-pressed={hasFacets}
          title="The values of what matches"
          onClick={() => go(hrefWith(place, { side: hasFacets ? 'off' : 'on' }), { replace: true })}
        >
          <Icon name="facets" /> Values
        </button>
        <ViewsMenu kind={kind} />
        <ColumnMenu param="cols" all={kind.columns} usual={kind.usual} />
        <ExportButtons
          rows={list.rows}
          name={kind.facts}
          all={{ route: kind.route, query: () => ({ ...scopeOf(view, Date.now()), ...query }) }}
        />
      </span>
    </div>
  );
}

interface ExplorerRowsProps {
  readonly kind: ExplorerKind;
  readonly list: Pages<FactPage>;
  readonly ids: readonly string[];
  readonly filterBy: FilterBy;
}

function ExplorerRows({ kind, list, ids, filterBy }: ExplorerRowsProps) {
  const { place } = useView();
  const columns = useColumns({ param: 'cols', all: kind.columns, usual: kind.usual });
  const openId = place.params.get('open');
  if (list.problem !== null) return <ProblemBox problem={list.problem} onRetry={list.retry} />;
  if (list.isPending) return <Skeleton heightPx={480} />;
  if (list.rows.length === 0) return <NothingFound kind={kind} />;
  return (
    <section className="panel flush explorer" data-stale={list.isStale}>
      <RecordTable
        label={kind.facts}
        columns={columns}
        rows={list.rows}
        ids={ids}
        openId={openId}
        onOpen={(id) => go(hrefWith(place, { open: id }), { replace: openId !== null })}
        filterBy={filterBy}
      />
      <MoreRows list={list} noun={kind.noun} />
    </section>
  );
}

function NothingFound({ kind }: { readonly kind: ExplorerKind }) {
  const { place, range } = useView();
  const isFiltered = Object.keys(useFilterQuery(kind)).length > 0;
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
