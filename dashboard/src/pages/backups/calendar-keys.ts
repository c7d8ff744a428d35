import type { KeyboardEvent } from 'react';

const DAY = 'td[data-day]';

/** The day that an arrow leads to from a cell; Home and End lead to the first and last of its row. */
function targetOf(key: string, cell: HTMLTableCellElement): Element | null | undefined {
  const row = cell.parentElement;
  switch (key) {
    case 'ArrowLeft':
      return cell.previousElementSibling;
    case 'ArrowRight':
      return cell.nextElementSibling;
    case 'ArrowUp':
      return row?.previousElementSibling?.children[cell.cellIndex];
    case 'ArrowDown':
      return row?.nextElementSibling?.children[cell.cellIndex];
    case 'Home':
      return row?.querySelector(DAY);
    case 'End':
      return [...(row?.querySelectorAll(DAY) ?? [])].at(-1);
    default:
      return null;
  }
}

/** Arrows go from day to day and from series to series, Enter opens the run. */
export function moveInCalendar(event: KeyboardEvent<HTMLTableElement>): void {
  const cell = event.target;
  if (!(cell instanceof HTMLTableCellElement) || !cell.matches(DAY)) return;
  if (event.key === 'Enter' || event.key === ' ') {
    event.preventDefault();
    cell.click();
    return;
  }
  const next = targetOf(event.key, cell);
  if (next === null) return;
  event.preventDefault();
  if (!(next instanceof HTMLElement) || !next.matches(DAY)) return;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: 'nearest', inline: 'nearest' });
}
