import { statusClassOf } from '../charts/status-classes.ts';
import { fieldText, numberField, type FactRow } from '../lib/facts.ts';
import { bytesText, durationText, exactCount, shortCount } from '../lib/format.ts';
import { RowMoment } from '../lib/moment.tsx';
import { CutText } from '../lib/outside-text.tsx';
import { Tip } from '../lib/tip.tsx';
import type { Column } from './record-table.tsx';

/** What a column builder needs: the column of the row, its heading and width. */
type Heading = readonly [id: string, title: string, widthPx: number];

const ABSENT = <span className="muted">–</span>;

export function timeColumn([id, title, widthPx]: Heading): Column<FactRow> {
  return { id, title, widthPx, cell: (row) => <RowMoment time={row[id]} /> };
}

/** Text from outside, cut in the middle where it is too long, with a button that copies it. */
export function textColumn([id, title, widthPx]: Heading): Column<FactRow> {
  return {
    id,
    title,
    widthPx,
    cell: (row) => {
      const text = fieldText(row[id]);
      return text === '' ? ABSENT : <CutText text={text} />;
    },
  };
}

function numberColumn(
  [id, title, widthPx]: Heading,
  show: (value: number) => string,
  unit: string,
): Column<FactRow> {
  const cell = (row: FactRow) => {
    const value = numberField(row, id);
    if (value === null) return ABSENT;
    return <Tip text={`${exactCount(value)} ${unit}`.trim()}>{show(value)}</Tip>;
  };
  return { id, title, widthPx, align: 'end', cell };
}

export function bytesColumn(heading: Heading): Column<FactRow> {
  return numberColumn(heading, bytesText, 'bytes');
}

export function countColumn(heading: Heading): Column<FactRow> {
  return numberColumn(heading, shortCount, '');
}

export function durationColumn(heading: Heading): Column<FactRow> {
  return numberColumn(heading, durationText, 'ms');
}

/** The status code with the mark of its class. */
export function httpStatusColumn([id, title, widthPx]: Heading): Column<FactRow> {
  const cell = (row: FactRow) => {
    const status = numberField(row, id) ?? 0;
    if (status === 0) return ABSENT;
    return (
      <span className="http-status" data-class={statusClassOf(status)}>
        {status}
      </span>
    );
  };
  return { id, title, widthPx, cell };
}
