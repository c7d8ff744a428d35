import type { KeyboardEvent, ReactNode } from 'react';
import type { FactRow } from '../lib/facts.ts';

export interface Column<Row> {
  readonly id: string;
  readonly title: string;
  /** Width in pixels; the columns share what is left in this proportion. */
  readonly widthPx: number;
  readonly align?: 'end';
  readonly cell: (row: Row) => ReactNode;
}

interface RecordTableProps<Row extends FactRow> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly ids: readonly string[];
  /** The row whose panel is open. */
  readonly openId: string | null;
  readonly onOpen: (id: string) => void;
}

/** Arrow keys move between rows; Enter opens the one in focus. */
function moveFocus(event: KeyboardEvent<HTMLTableRowElement>, open: () => void): void {
  const row = event.currentTarget;
  if (event.target !== row) return;
  const next =
    event.key === 'ArrowDown'
      ? row.nextElementSibling
      : event.key === 'ArrowUp'
        ? row.previousElementSibling
        : null;
  if (next instanceof HTMLElement) {
    event.preventDefault();
    next.focus();
  }
  if (event.key === 'Enter' || event.key === ' ') {
    event.preventDefault();
    open();
  }
}

/** A dense table of records; a row opens its panel by click or Enter. */
export function RecordTable<Row extends FactRow>({
  label,
  columns,
  rows,
  ids,
  openId,
  onOpen,
}: RecordTableProps<Row>) {
  const widthPx = columns.reduce((sum, column) => sum + column.widthPx, 0);
  const reachable = openId !== null && ids.includes(openId) ? openId : ids[0];
  return (
    <div className="table-scroll">
      <table className="records" aria-label={label} style={{ minWidth: widthPx }}>
        <colgroup>
          {columns.map((column) => (
            <col key={column.id} style={{ width: `${(100 * column.widthPx) / widthPx}%` }} />
          ))}
        </colgroup>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.id} scope="col" className={column.align}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => {
            const id = ids[index] ?? '';
            return (
              <tr
                key={id}
                tabIndex={id === reachable ? 0 : -1}
                aria-current={id === openId ? 'true' : undefined}
                data-row={id}
                onClick={() => onOpen(id)}
                onKeyDown={(event) => moveFocus(event, () => onOpen(id))}
              >
                {columns.map((column) => (
                  <td key={column.id} className={column.align}>
                    {column.cell(row)}
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
