import type { ReactNode } from 'react';

/** A column of a table of a few rows. */
export interface PlainColumn<Row> {
  readonly title: string;
  /** What it means, on hover. */
  readonly meaning?: string;
  readonly align?: 'end';
  readonly cell: (row: Row) => ReactNode;
}

interface PlainTableProps<Row> {
  readonly label: string;
  readonly columns: readonly PlainColumn<Row>[];
  readonly rows: readonly Row[];
  readonly idOf: (row: Row) => string;
}

/** A table of a few rows that are as high as what they say. The first column names the row. */
export function PlainTable<Row>({ label, columns, rows, idOf }: PlainTableProps<Row>) {
  const [first, ...rest] = columns;
  return (
    <div className="table-scroll" tabIndex={0} role="region" aria-label={label}>
      <table className="plain-table" aria-label={label}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.title} scope="col" className={column.align} data-tip={column.meaning}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={idOf(row)}>
              <th scope="row">{first?.cell(row)}</th>
              {rest.map((column) => (
                <td key={column.title} className={column.align} data-title={column.title}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
