import type { ReactNode } from 'react';
import type { Alarm } from '../../lib/alarm-row.ts';
import { bytesText, capitalised, counted, durationText, parseTime, secondsText } from '../../lib/format.ts';
import { RowMoment } from '../../lib/moment.tsx';
import { CutText } from '../../lib/outside-text.tsx';
import { PlainTable, type PlainColumn } from '../../lib/plain-table.tsx';
import { exactFigure, figureText } from './figure.ts';

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
  return (
    <div className="evidence">
      {[...Map.groupBy(shown, kindOf)].map(([kind, alike]) => (
        <PlainTable
          key={kind}
          label="Evidence"
          columns={[...new Set(alike.flatMap(({ row }) => Object.keys(row)))].map(columnOf)}
          rows={alike}
          idOf={({ index }) => String(index)}
        />
      ))}
      {shown.length < rows.length && (
        <p className="advice">
          The newest {shown.length} of {counted(rows.length, 'row')}.
        </p>
      )}
    </div>
  );
}

/** Points of a metric and the records behind them have nothing in common: each is a table of its own. */
function kindOf({ row }: Numbered): string {
  return Object.keys(row)[0] ?? '';
}

/** How figures are written whose names end so; the ending is not part of the title. */
const UNITS: readonly (readonly [string, (value: number) => string])[] = [
  ['_bytes', bytesText],
  ['_seconds', secondsText],
  ['_ms', durationText],
];

function columnOf(name: string): PlainColumn<Numbered> {
  const [ending, text] = UNITS.find(([each]) => name.endsWith(each)) ?? ['', numberText];
  const title = capitalised(name.slice(0, name.length - ending.length).replaceAll('_', ' '));
  return { title, cell: ({ row }) => valueOf(row[name] ?? null, text) };
}

/** Counts whole, fractions short. */
function numberText(value: number): string {
  return Number.isInteger(value) ? exactFigure(value) : figureText(value);
}

function valueOf(value: string | number | null, text: (value: number) => string): ReactNode {
  if (value === null || value === '') return <span className="muted">–</span>;
  if (typeof value === 'number') return <span data-tip={exactFigure(value)}>{text(value)}</span>;
  return parseTime(value) === null ? <CutText text={value} /> : <RowMoment time={value} />;
}
