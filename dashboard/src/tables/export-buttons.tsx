import { useEffect, useRef, useState } from 'react';
import type { FactRow } from '../lib/facts.ts';
import { counted, exactCount } from '../lib/format.ts';
import { Menu } from '../lib/menu.tsx';
import { fetchAll, ROWS_MAX, type AllRows } from './all-rows.ts';
import { csvOf, saveFile } from './export.ts';

type Format = 'csv' | 'json';
const FORMATS: readonly Format[] = ['csv', 'json'];

interface ExportButtonsProps {
  readonly rows: readonly FactRow[];
  /** Name of the file without its ending. */
  readonly name: string;
  /** Where all rows that match come from; absent where those shown are all. */
  readonly all?: AllRows;
}

function save(rows: readonly FactRow[], name: string, format: Format): void {
  if (format === 'csv') saveFile(`${name}.csv`, 'text/csv', csvOf(rows));
  else saveFile(`${name}.json`, 'application/json', `${JSON.stringify(rows, null, 2)}\n`);
}

/** Saves the rows that are shown, or all that match, with every field, as CSV or JSON. */
export function ExportButtons({ rows, name, all }: ExportButtonsProps) {
  return (
    <Menu label="Export" icon="download" title="Save rows with every field, as CSV or JSON">
      {(close) => (
        <div className="export-menu">
          <ExportRow
            title={`The ${counted(rows.length, 'row')} shown`}
            isDisabled={rows.length === 0}
            onChoose={(format) => {
              save(rows, name, format);
              close();
            }}
          />
          {all !== undefined && <ExportAll all={all} name={name} />}
        </div>
      )}
    </Menu>
  );
}

interface ExportRowProps {
  readonly title: string;
  readonly isDisabled: boolean;
  readonly onChoose: (format: Format) => void;
}

function ExportRow({ title, isDisabled, onChoose }: ExportRowProps) {
  return (
    <div className="export-row" role="group" aria-label={title}>
      <span>{title}</span>
      <span className="button-group">
        {FORMATS.map((format) => (
          <button
            key={format}
            type="button"
            className="button"
            disabled={isDisabled}
            onClick={() => onChoose(format)}
          >
            {format.toUpperCase()}
          </button>
        ))}
      </span>
    </div>
  );
}

/** How the reading of all rows stands. */
type Progress =
  | { readonly kind: 'ready' }
  | { readonly kind: 'reading'; readonly count: number }
  | { readonly kind: 'said'; readonly text: string };

function ExportAll({ all, name }: { readonly all: AllRows; readonly name: string }) {
  const [progress, setProgress] = useState<Progress>({ kind: 'ready' });
  const stop = useRef<AbortController | null>(null);
  useEffect(() => () => stop.current?.abort(), []);
  const read = async (format: Format): Promise<void> => {
    const ends = new AbortController();
    stop.current = ends;
    setProgress({ kind: 'reading', count: 0 });
    try {
      const onRows = (count: number) => setProgress({ kind: 'reading', count });
      const { rows, hasMore } = await fetchAll(all, { onRows, signal: ends.signal });
      save(rows, `${name}-all`, format);
      const saved = `Saved ${counted(rows.length, 'row')}`;
      setProgress({
        kind: 'said',
        text: hasMore
          ? `${saved}, the newest. There are more: narrow the filters or the range.`
          : `${saved}.`,
      });
    } catch (error) {
      const isStopped = ends.signal.aborted;
      const reason = error instanceof Error ? error.message : String(error);
      setProgress(isStopped ? { kind: 'ready' } : { kind: 'said', text: `Nothing was saved. ${reason}` });
    }
  };
  return (
    <>
      <ExportRow
        title={`All that match, up to ${exactCount(ROWS_MAX)}`}
        isDisabled={progress.kind === 'reading'}
        onChoose={(format) => void read(format)}
      />
      {progress.kind === 'reading' && (
        <div className="export-progress">
          <progress max={ROWS_MAX} value={progress.count} aria-label="Rows read" />
          <span>{counted(progress.count, 'row')} read</span>
          <button type="button" className="link-button" onClick={() => stop.current?.abort()}>
            Stop
          </button>
        </div>
      )}
      <p className="export-said" role="status">
        {progress.kind === 'said' && progress.text}
      </p>
    </>
  );
}
