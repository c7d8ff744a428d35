import { useEffect, useState, type RefObject } from 'react';
import { copyText, CopyButton } from '../lib/copy.tsx';
import { Icon } from '../lib/icons.tsx';

/** Narrows a list to rows with (`include`) or without a value in a column; false for columns that cannot. */
export interface FilterBy {
  readonly canFilter: (column: string) => boolean;
  readonly apply: (column: string, value: string, isIncluded: boolean) => void;
}

interface CellActionsProps {
  readonly scroll: RefObject<HTMLDivElement | null>;
  readonly filterBy?: FilterBy;
}

interface Cell {
  readonly element: HTMLTableCellElement;
  readonly column: string;
  readonly value: string;
}

function cellOf(target: EventTarget | null): Cell | null {
  const element = target instanceof Element ? target.closest<HTMLTableCellElement>('td[data-column]') : null;
  if (element === null) return null;
  return { element, column: element.dataset['column'] ?? '', value: element.dataset['value'] ?? '' };
}

/** Copy, include and exclude for the one cell under the pointer or in focus. On a cell in focus: c, + and -. */
export function CellActions({ scroll, filterBy }: CellActionsProps) {
  const [cell, setCell] = useState<Cell | null>(null);
  useEffect(() => {
    const place = scroll.current;
    if (place === null) return undefined;
    const ends = new AbortController();
    const { signal } = ends;
    const follow = ({ target }: Event) => {
      if (target instanceof Element && target.closest('.cell-actions') === null) setCell(cellOf(target));
    };
    place.addEventListener('pointerover', follow, { signal });
    place.addEventListener('focusin', follow, { signal });
    place.addEventListener('pointerleave', () => setCell(null), { signal });
    place.addEventListener('keydown', (event) => pressOn(event, filterBy), { signal });
    return () => ends.abort();
  }, [scroll, filterBy]);
  if (cell === null || !cell.element.isConnected) return null;
  const canFilter = filterBy?.canFilter(cell.column) === true;
  if (!canFilter && cell.value === '') return null;
  return (
    <span className="cell-actions" style={placeOf(cell.element)}>
      {canFilter && (
        <>
          <CellButton name="plus" label="Only rows with this value (+)" onPress={() => press(cell, true)} />
          <CellButton name="exclude" label="Only rows without it (-)" onPress={() => press(cell, false)} />
        </>
      )}
      {cell.value !== '' && <CopyButton key={cell.value} text={cell.value} label="Copy (c)" isSilent />}
    </span>
  );

  function press({ column, value }: Cell, isIncluded: boolean): void {
    setCell(null);
    filterBy?.apply(column, value, isIncluded);
  }
}

function placeOf(element: HTMLTableCellElement) {
  const left = element.offsetLeft + element.offsetWidth;
  return { top: element.offsetTop, left, height: element.offsetHeight };
}

function pressOn(event: KeyboardEvent, filterBy: FilterBy | undefined): void {
  const isOther = event.ctrlKey || event.metaKey || event.altKey;
  if (isOther || !(event.target instanceof HTMLTableCellElement)) return;
  const cell = cellOf(event.target);
  if (cell === null) return;
  if (event.key === 'c' && cell.value !== '') void copyText(cell.value);
  if (filterBy?.canFilter(cell.column) !== true) return;
  if (event.key === '+') filterBy.apply(cell.column, cell.value, true);
  if (event.key === '-') filterBy.apply(cell.column, cell.value, false);
}

interface CellButtonProps {
  readonly name: 'plus' | 'exclude';
  readonly label: string;
  readonly onPress: () => void;
}

function CellButton({ name, label, onPress }: CellButtonProps) {
  return (
    <button
      type="button"
      className="icon-button small"
      tabIndex={-1}
      title={label}
      aria-label={label}
      onClick={(event) => {
        event.stopPropagation();
        onPress();
      }}
    >
      <Icon name={name} />
    </button>
  );
}
