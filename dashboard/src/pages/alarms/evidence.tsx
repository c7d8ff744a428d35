import type { ReactNode } from 'react';
import type { Alarm } from '../../lib/alarm-row.ts';
import { capitalised, counted, parseTime } from '../../lib/format.ts';
import { RowMoment } from '../../lib/moment.tsx';
import { CutText } from '../../lib/outside-text.tsx';
import { PlainTable, type PlainColumn } from '../../lib/plain-table.tsx';
import { exactFigure } from './figure.ts';

type Row = Alarm['evidence'][number];
interface Numbered {
  readonly index: number;
  readonly row: Row;
}

interface EvidenceProps {
  readonly rows: readonly Row[];
  /** Shows this many, the newest; absent for all. */
  readonly limit?: number;
}

/** The rows that explain an alarm, newest last. */
export function Evidence({ rows, limit = rows.length }: EvidenceProps) {
  if (rows.length === 0) return null;
  const shown = rows.map((row, index) => ({ row, index })).slice(-limit);
  const names = [...new Set(shown.flatMap(({ row }) => Object.keys(row)))];
  return (
    <div className="evidence">
      <PlainTable
        label="Evidence"
        columns={names.map(columnOf)}
        rows={shown}
        idOf={({ index }) => String(index)}
      />
      {shown.length < rows.length && (
        <p className="advice">
          The newest {shown.length} of {counted(rows.length, 'row')}.
        </p>
      )}
    </div>
  );
}

function columnOf(name: string): PlainColumn<Numbered> {
  return { title: capitalised(name.replaceAll('_', ' ')), cell: ({ row }) => valueOf(row[name] ?? null) };
}

function valueOf(value: string | number | null): ReactNode {
  if (value === null || value === '') return <span className="muted">–</span>;
  if (typeof value === 'number') return exactFigure(value);
  return parseTime(value) === null ? <CutText text={value} /> : <RowMoment time={value} />;
}
