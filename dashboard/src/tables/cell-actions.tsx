import { useEffect, useState, type RefObject } from 'react';
import { copyText, CopyButton } from '../lib/copy.tsx';
import { Icon } from '../lib/icons.tsx';

/** Narrows a list to rows with a value in a column, or without it. */
export interface FilterBy {
  readonly canInclude: (column: string) => boolean;
  readonly canExclude: (column: string) => boolean;
  readonly apply: (column: string, value: string, isIncluded: boolean) => void;
}

interface CellActionsProps {
  readonly scroll: RefObject<HTMLDivElement | null>;
  readonly filterBy?: FilterBy;
}

/** Whoever clicks a row does not wait as long. */
const HOVER_MS = 350;
const NARROW_PX = 130;

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
    let timer: ReturnType<typeof setTimeout> | undefined;
    const follow = ({ target, type }: Event) => {
      if (!(target instanceof Element) || target.closest('.cell-actions') !== null) return;
      clearTimeout(timer);
      const next = cellOf(target);
      setCell((old) => (old?.element === next?.element ? old : null));
      timer = setTimeout(() => setCell(next), type === 'focusin' ? 0 : HOVER_MS);
    };
    const leave = () => {
      clearTimeout(timer);
      setCell(null);
    };
    place.addEventListener('pointerover', follow, { signal });
    place.addEventListener('focusin', follow, { signal });
    place.addEventListener('pointerleave', leave, { signal });
    place.addEventListener('keydown', (event) => pressOn(event, filterBy), { signal });
    return () => {
      clearTimeout(timer);
      ends.abort();
    };
  }, [scroll, filterBy]);
  if (cell === null || !cell.element.isConnected) return null;
  const canInclude = filterBy?.canInclude(cell.column) === true;
  if (!canInclude && cell.value === '') return null;
  return (
    <span className="cell-actions" style={placeOf(cell.element)}>
      {canInclude && (
        <CellButton name="plus" label="Only rows with this value (+)" onPress={() => press(cell, true)} />
      )}
      {filterBy?.canExclude(cell.column) === true && (
        <CellButton name="exclude" label="Only rows without it (-)" onPress={() => press(cell, false)} />
      )}
      {cell.value !== '' && <CopyButton key={cell.value} text={cell.value} label="Copy (c)" isSilent />}
    </span>
  );

  function press({ column, value }: Cell, isIncluded: boolean): void {
    setCell(null);
    filterBy?.apply(column, value, isIncluded);
  }
}

/** At the end of its cell; beside one that it would cover. */
function placeOf(element: HTMLTableCellElement) {
  const left = element.offsetLeft + element.offsetWidth;
  const shift = element.offsetWidth < NARROW_PX ? '0' : '-100%';
  return { top: element.offsetTop, left, height: element.offsetHeight, translate: shift };
}

function pressOn(event: KeyboardEvent, filterBy: FilterBy | undefined): void {
  const isOther = event.ctrlKey || event.metaKey || event.altKey;
  if (isOther || !(event.target instanceof HTMLTableCellElement)) return;
  const cell = cellOf(event.target);
  if (cell === null) return;
  if (event.key === 'c' && cell.value !== '') void copyText(cell.value);
  if (event.key === '+' && filterBy?.canInclude(cell.column) === true)
    filterBy.apply(cell.column, cell.value, true);
  if (event.key === '-' && filterBy?.canExclude(cell.column) === true)
    filterBy.apply(cell.column, cell.value, false);
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
