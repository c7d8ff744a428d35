import type { CSSProperties } from 'react';
import type { Facet } from '../../../src/serve/search-api.ts';
import { exactCount, shortCount } from '../lib/format.ts';
import { Icon } from '../lib/icons.tsx';
import { CutText } from '../lib/outside-text.tsx';
import { Skeleton } from '../lib/panel.tsx';
import { ProblemBox } from '../lib/problem-box.tsx';
import { Tip } from '../lib/tip.tsx';
import { visibleText } from '../lib/visible.ts';
import { go, hrefWith } from '../routes/place.ts';
import { useView } from '../routes/view.tsx';
import type { FilterBy } from '../tables/cell-actions.tsx';
import { conditionOf, type Filter } from '../tables/filters.ts';
import type { ExplorerKind } from './kind.ts';
import { useFacet } from './use-explorer.ts';

const VALUES = 8;
const OPEN_AT_FIRST = 3;
const SUGGESTIONS = 30;

interface FacetsProps {
  readonly kind: ExplorerKind;
  readonly filterBy: FilterBy;
}

/** Ids of the facets that are open: those the address names, else the first ones. */
function openFacets(kind: ExplorerKind, params: URLSearchParams): readonly string[] {
  const asked = params.get('facets');
  const names = kind.facets.map((facet) => facet.name);
  return asked === null ? names.slice(0, OPEN_AT_FIRST) : asked.split(',').filter((id) => names.includes(id));
}

/** The values of what matches, by dimension: a click keeps those, or leaves them out. */
export function Facets({ kind, filterBy }: FacetsProps) {
  const { place } = useView();
  const open = openFacets(kind, place.params);
  const toggle = (name: string, isOpen: boolean) => {
    const names = isOpen ? [...open, name] : open.filter((other) => other !== name);
    go(hrefWith(place, { facets: names.join(',') }), { replace: true });
  };
  return (
    <section className="panel facets" aria-label="Values">
      {kind.facets.map((facet) => {
        const isOpen = open.includes(facet.name);
        return (
          <div key={facet.name} className="facet">
            <h2>
              <button
                type="button"
                className="facet-title"
                aria-expanded={isOpen}
                onClick={() => toggle(facet.name, !isOpen)}
              >
                <Icon name={isOpen ? 'previous' : 'next'} /> {facet.title}
              </button>
            </h2>
            {isOpen && <FacetValues kind={kind} facet={facet} filterBy={filterBy} />}
          </div>
        );
      })}
    </section>
  );
}

interface FacetValuesProps extends FacetsProps {
  readonly facet: Filter;
}

function FacetValues({ kind, facet, filterBy }: FacetValuesProps) {
  const answer = useFacet(kind, { dimension: facet.name, limit: VALUES, isIdle: false });
  if (answer.error !== null)
    return <ProblemBox problem={answer.error} onRetry={() => void answer.refetch()} />;
  if (answer.data === undefined) return <Skeleton heightPx={VALUES * 26} />;
  const { rows } = answer.data;
  if (rows.length === 0) return <p className="facet-none">nothing matches</p>;
  const highest = Math.max(1, ...rows.map((row) => row.count));
  return (
    <ul className="facet-values" data-stale={answer.isPlaceholderData}>
      {rows.map((row) => (
        <FacetValue key={row.value} row={row} share={row.count / highest} facet={facet} filterBy={filterBy} />
      ))}
      {answer.data.estimated && <li className="facet-none">Counts are estimates.</li>}
    </ul>
  );
}

interface FacetValueProps {
  readonly row: Facet['rows'][number];
  /** Of the most frequent value, 0 to 1. */
  readonly share: number;
  readonly facet: Filter;
  readonly filterBy: FilterBy;
}

function FacetValue({ row, share, facet, filterBy }: FacetValueProps) {
  const { place } = useView();
  const active = conditionOf(place.params.get(facet.name) ?? '');
  const isChosen = place.params.has(facet.name) && !active.isNegated && active.text === row.value;
  const isNone = row.value === '' || (facet.name === 'http_status' && row.value === '0');
  const words = isNone ? 'none' : visibleText(row.value);
  return (
    <li className="facet-value" style={{ '--share': share } as CSSProperties} data-chosen={isChosen}>
      <button
        type="button"
        className="facet-include"
        onClick={() => filterBy.apply(facet.name, row.value, true)}
      >
        <span className="unseen">Only {facet.title} </span>
        {isNone ? <span className="muted">none</span> : <CutText text={row.value} />}
        <Tip text={exactCount(row.count)}>{shortCount(row.count)}</Tip>
      </button>
      {filterBy.canExclude(facet.name) && (
        <button
          type="button"
          className="icon-button small"
          title="Leave it out"
          aria-label={`Without ${facet.title} ${words}`}
          onClick={() => filterBy.apply(facet.name, row.value, false)}
        >
          <Icon name="exclude" />
        </button>
      )}
    </li>
  );
}

interface SuggestionsProps {
  readonly kind: ExplorerKind;
  readonly name: string;
  readonly id: string;
}

/** What can be typed for a filter: the values there are. */
export function Suggestions({ kind, name, id }: SuggestionsProps) {
  const hasValues = kind.facets.some((facet) => facet.name === name);
  const facet = useFacet(kind, { dimension: name, limit: SUGGESTIONS, isIdle: !hasValues });
  const known = kind.filters.find((filter) => filter.name === name)?.values;
  const values = known ?? (facet.data?.rows ?? []).map((row) => row.value);
  return (
    <datalist id={id}>
      {values
        .filter((value) => value !== '')
        .map((value) => (
          <option key={value} value={value} />
        ))}
    </datalist>
  );
}
