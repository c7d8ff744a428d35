import type { ReactNode } from 'react';

interface LegendEntry {
  readonly id: string;
  readonly name: string;
  /** What it means, for the hover title. */
  readonly meaning: string;
  /** A CSS colour. */
  readonly color: string;
  readonly value: ReactNode;
}

interface LegendProps {
  readonly entries: readonly LegendEntry[];
  /** The one entry that is shown alone, null for all. */
  readonly isolated: string | null;
  readonly onIsolate: (id: string | null) => void;
  /** What the values are of: a moment, or the whole range. */
  readonly when: string;
  /** The values under the cursor for those who do not see it, empty when it is nowhere. */
  readonly spoken: string;
}

/** The value table of a chart: what is under the cursor, or the whole range. A click shows one series alone. */
export function Legend({ entries, isolated, onIsolate, when, spoken }: LegendProps) {
  return (
    <div className="legend">
      {entries.map((entry) => (
        <button
          key={entry.id}
          type="button"
          className="legend-entry"
          title={`${entry.meaning}\nClick to show it ${isolated === entry.id ? 'with the others' : 'alone'}`}
          aria-pressed={isolated === entry.id}
          data-dimmed={isolated !== null && isolated !== entry.id}
          onClick={() => onIsolate(isolated === entry.id ? null : entry.id)}
        >
          <span className="swatch" style={{ background: entry.color }} />
          <span className="legend-name">{entry.name}</span>
          <span className="legend-value">{entry.value}</span>
        </button>
      ))}
      <span className="legend-when">{when}</span>
      <span className="sr-only" role="status">
        {spoken}
      </span>
    </div>
  );
}
