import type { Batch, Reject } from '../../../src/serve/api.ts';
import { bytesText, durationText, exactCount, shortCount } from '../lib/format.ts';
import { Ago } from '../lib/moment.tsx';
import { CutText, OutsideText } from '../lib/outside-text.tsx';
import { StatusMark } from '../lib/status-mark.tsx';
import { Tip } from '../lib/tip.tsx';
import type { Column } from './record-table.tsx';

function countCell(count: number) {
  return count === 0 ? (
    <span className="muted">0</span>
  ) : (
    <Tip text={exactCount(count)}>{shortCount(count)}</Tip>
  );
}

function stateCell(batch: Batch) {
  return batch.state === 'loaded' ? (
    <StatusMark status="ok" word="Loaded" />
  ) : (
    <StatusMark status="alarm" word="Rejected" />
  );
}

/** The ledger: one row a batch. */
export const BATCH_COLUMNS: readonly Column<Batch>[] = [
  { id: 'loaded_at', title: 'Loaded', widthPx: 110, cell: (batch) => <Ago time={batch.loaded_at} /> },
  { id: 'state', title: 'State', widthPx: 100, cell: stateCell },
  { id: 'source', title: 'Source', widthPx: 120, cell: (batch) => <CutText text={batch.source} /> },
  { id: 'origin', title: 'Origin', widthPx: 300, cell: (batch) => <CutText text={batch.origin} /> },
  { id: 'format', title: 'Format', widthPx: 100, cell: (batch) => <OutsideText text={batch.format} /> },
  { id: 'facts', title: 'Records', widthPx: 80, align: 'end', cell: (batch) => countCell(batch.facts) },
  { id: 'rejects', title: 'Rejects', widthPx: 72, align: 'end', cell: (batch) => countCell(batch.rejects) },
  { id: 'skipped', title: 'Skipped', widthPx: 72, align: 'end', cell: (batch) => countCell(batch.skipped) },
  {
    id: 'size_bytes',
    title: 'Size',
    widthPx: 84,
    align: 'end',
    cell: (batch) => <Tip text={`${exactCount(batch.size_bytes)} bytes`}>{bytesText(batch.size_bytes)}</Tip>,
  },
  { id: 'load_ms', title: 'Took', widthPx: 72, align: 'end', cell: (batch) => durationText(batch.load_ms) },
];

/** Lines that could not be read. */
export const REJECT_COLUMNS: readonly Column<Reject>[] = [
  { id: 'loaded_at', title: 'Loaded', widthPx: 110, cell: (reject) => <Ago time={reject.loaded_at} /> },
  { id: 'reason', title: 'Reason', widthPx: 240, cell: (reject) => <CutText text={reject.reason} /> },
  { id: 'origin', title: 'Origin', widthPx: 220, cell: (reject) => <CutText text={reject.origin} /> },
  {
    id: 'line_number',
    title: 'Line',
    widthPx: 64,
    align: 'end',
    cell: (reject) => exactCount(reject.line_number),
  },
  { id: 'format', title: 'Format', widthPx: 100, cell: (reject) => <OutsideText text={reject.format} /> },
  { id: 'line', title: 'Content', widthPx: 340, cell: (reject) => <CutText text={reject.line} /> },
];
