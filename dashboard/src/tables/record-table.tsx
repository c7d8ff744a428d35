import { useVirtualizer, type Virtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, type ReactNode } from 'react';
import { fieldText, type FactRow } from '../lib/facts.ts';
import { CellActions, type FilterBy } from './cell-actions.tsx';
import { moveFocus } from './table-keys.ts';

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
  /** Absent where rows have no panel. */
  readonly onOpen?: (id: string) => void;
  /** Narrows the list to rows with, or without, a cell's value; absent where it cannot. */
  readonly filterBy?: FilterBy;
}

/** From here on only the rows in sight are in the page. */
const VIRTUAL_MIN = 200;
const ROW_PX = 32;
const OVERSCAN = 16;

/** What is drawn, and how much room is left for the rest. */
interface Span {
  readonly first: number;
  readonly end: number;
  readonly beforePx: number;
  readonly afterPx: number;
}

function spanOf(virtualizer: Virtualizer<HTMLDivElement, Element>, count: number): Span {
  if (count <= VIRTUAL_MIN) return { first: 0, end: count, beforePx: 0, afterPx: 0 };
  const shown = virtualizer.getVirtualItems();
  const first = shown[0]?.index ?? 0;
  const end = (shown.at(-1)?.index ?? -1) + 1;
  return { first, end, beforePx: first * ROW_PX, afterPx: (count - end) * ROW_PX };
}

/** A dense table of records; a row opens its panel by click or Enter, arrow keys move between rows and cells. */
export function RecordTable<Row extends FactRow>(props: RecordTableProps<Row>) {
  const { label, columns, rows, ids, openId, filterBy } = props;
  const scroll = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer<HTMLDivElement, Element>({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW_PX,
    overscan: OVERSCAN,
    scrollPaddingStart: ROW_PX,
    enabled: rows.length > VIRTUAL_MIN,
  });
  const openIndex = openId === null ? -1 : ids.indexOf(openId);
  useEffect(() => {
    if (openIndex < 0) return;
    if (rows.length > VIRTUAL_MIN) virtualizer.scrollToIndex(openIndex, { align: 'auto' });
    else scroll.current?.querySelector('[aria-current="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [openIndex, rows.length > VIRTUAL_MIN, virtualizer]);
  const widthPx = columns.reduce((sum, column) => sum + column.widthPx, 0);
  const span = spanOf(virtualizer, rows.length);
  return (
    <div ref={scroll} className="table-scroll" data-virtual={rows.length > VIRTUAL_MIN}>
      <table
        className="records"
        aria-label={label}
        aria-rowcount={rows.length + 1}
        style={{ minWidth: widthPx }}
      >
        <colgroup>
          {columns.map((column) => (
            <col key={column.id} style={{ width: `${(100 * column.widthPx) / widthPx}%` }} />
          ))}
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            {columns.map((column) => (
              <th key={column.id} scope="col" className={column.align}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <Room heightPx={span.beforePx} />
        <TableRows {...props} first={span.first} end={span.end} reachable={Math.max(openIndex, span.first)} />
        <Room heightPx={span.afterPx} />
      </table>
      <CellActions scroll={scroll} {...(filterBy === undefined ? {} : { filterBy })} />
    </div>
  );
}

/** The place of rows that are not drawn. */
function Room({ heightPx }: { readonly heightPx: number }) {
  if (heightPx === 0) return null;
  return <tbody aria-hidden="true" style={{ height: heightPx }} className="room" />;
}

interface TableRowsProps<Row extends FactRow> extends RecordTableProps<Row> {
  readonly first: number;
  readonly end: number;
  /** The row that the tab key reaches. */
  readonly reachable: number;
}

function TableRows<Row extends FactRow>({
  columns,
  rows,
  ids,
  openId,
  onOpen,
  first,
  end,
  reachable,
}: TableRowsProps<Row>) {
  return (
    <tbody className="rows">
      {rows.slice(first, end).map((row, offset) => {
        const index = first + offset;
        const id = ids[index] ?? '';
        return (
          <tr
            key={id}
            tabIndex={index === reachable ? 0 : -1}
            aria-rowindex={index + 2}
            aria-current={id === openId ? 'true' : undefined}
            data-row={id}
            data-leads={onOpen !== undefined}
            onClick={() => onOpen?.(id)}
            onKeyDown={(event) => moveFocus(event, () => onOpen?.(id))}
          >
            {columns.map((column) => (
              <td
                key={column.id}
                className={column.align}
                tabIndex={-1}
                data-column={column.id}
                data-value={fieldText(row[column.id])}
              >
                {column.cell(row)}
              </td>
            ))}
          </tr>
        );
      })}
    </tbody>
  );
}
