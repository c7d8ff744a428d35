import type { KeyboardEvent } from 'react';

function sibling(element: Element, direction: -1 | 1): HTMLElement | null {
  const next = direction === 1 ? element.nextElementSibling : element.previousElementSibling;
  return next instanceof HTMLElement ? next : null;
}

/** The cell of the row above or below, or the row itself where the focus is on a row. */
function beside(row: HTMLTableRowElement, cell: HTMLTableCellElement | null, direction: -1 | 1) {
  const next = sibling(row, direction);
  if (cell === null || next === null) return next;
  const found = next.children[cell.cellIndex];
  return found instanceof HTMLElement ? found : null;
}

function targetOf(
  key: string,
  row: HTMLTableRowElement,
  cell: HTMLTableCellElement | null,
): HTMLElement | null {
  switch (key) {
    case 'ArrowDown':
      return beside(row, cell, 1);
    case 'ArrowUp':
      return beside(row, cell, -1);
    case 'ArrowRight':
      return cell === null ? (row.cells[0] ?? null) : sibling(cell, 1);
    case 'ArrowLeft':
      return cell === null ? null : (sibling(cell, -1) ?? row);
    case 'Escape':
      return cell === null ? null : row;
    default:
      return null;
  }
}

/** Up and down go through rows, right and left through the cells of one, Enter opens it. */
export function moveFocus(event: KeyboardEvent<HTMLTableRowElement>, open: () => void): void {
  const row = event.currentTarget;
  const cell = event.target instanceof HTMLTableCellElement ? event.target : null;
  if (event.target !== row && cell === null) return;
  const next = targetOf(event.key, row, cell);
  if (next !== null) {
    event.preventDefault();
    next.focus();
    next.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }
  if (event.key === 'Enter' || event.key === ' ') {
    event.preventDefault();
    open();
  }
}
