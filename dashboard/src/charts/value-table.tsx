import { useState } from 'react';
import { counted, momentText } from '../lib/format.ts';
import { visibleText } from '../lib/visible.ts';
import type { ChartLine } from './chart-lines.ts';
import type { StepGrid } from './steps.ts';

const ROWS_MAX = 300;

interface ValueTableProps {
  readonly label: string;
  readonly grid: StepGrid;
  readonly lines: readonly ChartLine[];
  readonly text: (value: number) => string;
}

/** The chart's values as a table, for those who do not see it or want the figures; newest first. */
export function ValueTable({ label, grid, lines, text }: ValueTableProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details className="value-table" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        Values<span className="sr-only"> of the chart: {label}</span>
      </summary>
      {isOpen && <Values label={label} grid={grid} lines={lines} text={text} />}
    </details>
  );
}

function Values({ label, grid, lines, text }: ValueTableProps) {
  const known = grid.times
    .map((_, index) => index)
    .filter((index) => lines.some((line) => (line.values[index] ?? null) !== null))
    .toReversed();
  return (
    <div className="value-table-scroll" tabIndex={0} role="region" aria-label={`Values: ${label}`}>
      <table className="plain-table">
        <thead>
          <tr>
            <th scope="col">Step begins</th>
            {lines.map((line) => (
              <th key={line.id} scope="col" className="end">
                {visibleText(line.name)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {known.slice(0, ROWS_MAX).map((index) => (
            <tr key={index}>
              <th scope="row">{momentText((grid.times[index] ?? 0) * 1000)}</th>
              {lines.map((line) => {
                const value = line.values[index] ?? null;
                return (
                  <td key={line.id} className="end">
                    {value === null ? '–' : text(value)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
      {known.length > ROWS_MAX && (
        <p className="muted">
          The newest {ROWS_MAX} of {counted(known.length, 'step')} that have something.
        </p>
      )}
    </div>
  );
}
