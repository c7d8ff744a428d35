import { useId, useState, type FormEvent } from 'react';
import type { TopDimension } from '../../../src/serve/api.ts';
import { Icon } from '../lib/icons.tsx';
import { CutText } from '../lib/outside-text.tsx';
import { useTop } from '../lib/queries.ts';
import { visibleText } from '../lib/visible.ts';
import { go, hrefWith, type Place } from '../routes/place.ts';
import { activeFilters, type Filter } from './filters.ts';

const SUGGESTIONS_MAX = 30;

interface FilterBarProps {
  readonly filters: readonly Filter[];
  readonly place: Place;
}

/** The filters in the address as chips, and a form that adds one. */
export function FilterBar({ filters, place }: FilterBarProps) {
  const active = activeFilters(filters, place.params);
  const clear = Object.fromEntries([...active.map(([filter]) => [filter.name, null]), ['open', null]]);
  return (
    <div className="filter-bar">
      <FilterForm filters={filters} place={place} />
      {active.map(([filter, value]) => (
        <span key={filter.name} className="chip">
          <span className="muted">{filter.title}</span>
          <CutText text={value} />
          <button
            type="button"
            className="chip-close"
            aria-label={`Remove the filter ${filter.title} ${visibleText(value)}`}
            onClick={() => go(hrefWith(place, { [filter.name]: null, open: null }))}
          >
            <Icon name="close" />
          </button>
        </span>
      ))}
      {active.length > 1 && (
        <button type="button" className="link-button" onClick={() => go(hrefWith(place, clear))}>
          Clear all
        </button>
      )}
    </div>
  );
}

function FilterForm({ filters, place }: FilterBarProps) {
  const [name, setName] = useState(filters[0]?.name ?? '');
  const [value, setValue] = useState('');
  const listId = useId();
  const filter = filters.find((candidate) => candidate.name === name);
  const add = (event: FormEvent) => {
    event.preventDefault();
    if (value.trim() === '') return;
    go(hrefWith(place, { [name]: value.trim(), open: null }));
    setValue('');
  };
  return (
    <form className="filter-form" onSubmit={add}>
      <select aria-label="Filter by" value={name} onChange={(event) => setName(event.target.value)}>
        {filters.map((candidate) => (
          <option key={candidate.name} value={candidate.name}>
            {candidate.title}
          </option>
        ))}
      </select>
      <input
        aria-label={`${filter?.title ?? name} is exactly`}
        placeholder="is exactly…"
        value={value}
        list={listId}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => setValue(event.target.value)}
      />
      {filter?.dimension !== undefined && <Suggestions id={listId} dimension={filter.dimension} />}
      <button type="submit" className="icon-button" title="Add the filter" aria-label="Add the filter">
        <Icon name="plus" />
      </button>
    </form>
  );
}

function Suggestions({ id, dimension }: { readonly id: string; readonly dimension: TopDimension }) {
  const rows = useTop(dimension, SUGGESTIONS_MAX).data?.rows ?? [];
  return (
    <datalist id={id}>
      {rows
        .filter((row) => row.value !== '')
        .map((row) => (
          <option key={row.value} value={row.value} />
        ))}
    </datalist>
  );
}
