import type { ReactNode } from 'react';

interface LegendEntry {
  readonly id: string;
  readonly name: string;
  /** What it means, for the hover title. */
  readonly meaning: string;
  readonly color: string;
  readonly value: ReactNode;
}

interface LegendProps {
  readonly entries: readonly LegendEntry[];
  /** The one entry that is shown alone, null for all. */
  readonly isolated: string | null;
  /** Null where entries cannot be isolated. */
  readonly onIsolate: ((id: string | null) => void) | null;
  /** What the values are of: a moment, or the whole range. */
  readonly when: string;
}

/** The value table of a chart: what is under the cursor, or the whole range. A click shows one series alone. */
export function Legend({ entries, isolated, onIsolate, when }: LegendProps) {
  return (
    <div className="legend">
      {entries.map((entry) => (
        <button
          key={entry.id}
          type="button"
          className="legend-entry"
          title={onIsolate === null ? entry.meaning : `${entry.meaning}\nClick to show it alone`}
          aria-pressed={isolated === entry.id}
          data-dimmed={isolated !== null && isolated !== entry.id}
          disabled={onIsolate === null}
          onClick={() => onIsolate?.(isolated === entry.id ? null : entry.id)}
        >
          <span className="swatch" style={{ background: `var(${entry.color})` }} />
          <span className="legend-name">{entry.name}</span>
          <span className="legend-value">{entry.value}</span>
        </button>
      ))}
      <span className="legend-when">{when}</span>
    </div>
  );
}
