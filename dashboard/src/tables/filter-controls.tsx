import { useId, useState, type FormEvent, type ReactNode } from 'react';
import { Icon } from '../lib/icons.tsx';
import { CutText } from '../lib/outside-text.tsx';
import { visibleText } from '../lib/visible.ts';
import { go, hrefWith, type Place } from '../routes/place.ts';
import {
  ACCESS_FILTER,
  activeFilters,
  conditionOf,
  filterTextOf,
  relationOf,
  type Filter,
} from './filters.ts';

interface FiltersProps {
  readonly filters: readonly Filter[];
  readonly place: Place;
}

/** The filters in the address as chips. */
export function FilterChips({ filters, place }: FiltersProps) {
  const active = activeFilters(filters, place.params);
  const clear = Object.fromEntries([...active.map(([filter]) => [filter.name, null]), ['open', null]]);
  if (active.length === 0) return null;
  return (
    <div className="filter-chips">
      {active.map(([filter, value]) => (
        <FilterChip key={filter.name} filter={filter} value={value} place={place} />
      ))}
      {active.length > 1 && (
        <button type="button" className="link-button" onClick={() => go(hrefWith(place, clear))}>
          Clear all
        </button>
      )}
    </div>
  );
}

interface FilterChipProps {
  readonly filter: Filter;
  readonly value: string;
  readonly place: Place;
}

/** One filter: its words turn it around, its cross takes it away. */
function FilterChip({ filter, value, place }: FilterChipProps) {
  const condition = conditionOf(value);
  const relation = relationOf(condition);
  const set = (text: string | null) => go(hrefWith(place, { [filter.name]: text, open: null }));
  const turned = filterTextOf({ ...condition, isNegated: !condition.isNegated });
  const canTurn = filter.name !== ACCESS_FILTER;
  const words = `${filter.title} ${relation} ${visibleText(condition.text)}`.trim();
  return (
    <span className="chip" data-negated={condition.isNegated}>
      <button
        type="button"
        className="chip-words"
        disabled={!canTurn}
        title={canTurn ? 'Turn it around: the other requests' : undefined}
        aria-label={canTurn ? `Turn around the filter ${words}` : words}
        onClick={() => set(turned)}
      >
        <span className="chip-relation">
          {filter.title} {relation}
        </span>
        {condition.text !== '' && <CutText text={condition.text} />}
      </button>
      <button
        type="button"
        className="chip-close"
        aria-label={`Remove the filter ${words}`}
        onClick={() => set(null)}
      >
        <Icon name="close" />
      </button>
    </span>
  );
}

interface FilterFormProps extends FiltersProps {
  /** A datalist of values that a filter has, given its id. */
  readonly suggestionsOf: (name: string, id: string) => ReactNode;
}

/** Adds a filter to the address. */
export function FilterForm({ filters, place, suggestionsOf }: FilterFormProps) {
  const [name, setName] = useState(filters[0]?.name ?? '');
  const [isNegated, setNegated] = useState(false);
  const [value, setValue] = useState('');
  const [isTouched, setTouched] = useState(false);
  const listId = useId();
  const filter = filters.find((candidate) => candidate.name === name);
  const add = (event: FormEvent) => {
    event.preventDefault();
    const text = value.trim();
    if (text === '') return;
    const asked = conditionOf(text);
    const condition = { text: asked.text, isNegated: asked.isNegated !== isNegated };
    go(hrefWith(place, { [name]: filterTextOf(condition), open: null }));
    setValue('');
    setNegated(false);
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
      <select
        aria-label="Relation"
        value={isNegated ? 'not' : 'is'}
        disabled={name === ACCESS_FILTER}
        onChange={(event) => setNegated(event.target.value === 'not')}
      >
        <option value="is">is</option>
        <option value="not">is not</option>
      </select>
      <input
        aria-label={`Value of ${filter?.title ?? name}`}
        placeholder={name === ACCESS_FILTER ? 'read or write' : 'value, pattern*, - for none'}
        value={value}
        list={listId}
        autoComplete="off"
        spellCheck={false}
        onFocus={() => setTouched(true)}
        onChange={(event) => setValue(event.target.value)}
      />
      {isTouched && suggestionsOf(name, listId)}
      <button type="submit" className="icon-button" title="Add the filter" aria-label="Add the filter">
        <Icon name="plus" />
      </button>
    </form>
  );
}
