import type { FactRow } from '../lib/facts.ts';
import { Icon } from '../lib/icons.tsx';
import { csvOf, saveFile } from './export.ts';

interface ExportButtonsProps {
  readonly rows: readonly FactRow[];
  /** Name of the file without its ending. */
  readonly name: string;
}

/** Saves the rows that are shown, with every field, as CSV or JSON. */
export function ExportButtons({ rows, name }: ExportButtonsProps) {
  const isEmpty = rows.length === 0;
  return (
    <span className="button-group" role="group" aria-label="Save the rows shown">
      <button
        type="button"
        className="button"
        disabled={isEmpty}
        title="Save the rows shown, with every field, as CSV"
        onClick={() => saveFile(`${name}.csv`, 'text/csv', csvOf(rows))}
      >
        <Icon name="download" /> CSV
      </button>
      <button
        type="button"
        className="button"
        disabled={isEmpty}
        title="Save the rows shown, with every field, as JSON"
        onClick={() => saveFile(`${name}.json`, 'application/json', `${JSON.stringify(rows, null, 2)}\n`)}
      >
        JSON
      </button>
    </span>
  );
}
