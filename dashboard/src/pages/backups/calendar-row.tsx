import { memo, useMemo } from 'react';
import type { BackupRun, BackupSeries } from '../../lib/backup-row.ts';
import { RUN_WORDS, SERIES_WORDS } from '../../lib/backup-words.ts';
import { CutText } from '../../lib/outside-text.tsx';
import { StatusMark } from '../../lib/status-mark.tsx';
import { visibleText } from '../../lib/visible.ts';
import { currentPlace, go, hrefTo, hrefWith } from '../../routes/place.ts';
import type { CalendarDays } from './calendar-days.ts';
import { cellText, dayCells, judgedCount, type DayCell } from './day-cells.ts';
import { runInAddress, runParams } from './series-address.ts';
import { LastSize, NextExpected, SafetyMark } from './series-cells.tsx';
import { SeriesLink } from './series-name.tsx';

interface CalendarRowProps {
  readonly row: BackupSeries;
  /** Counted from 1, with the head. */
  readonly rowIndex: number;
  readonly runs: readonly BackupRun[];
  readonly days: CalendarDays;
  /** True where the tab key reaches its newest day. */
  readonly isReachable: boolean;
  readonly isShort: boolean;
  /** The run of it whose panel is open. */
  readonly openDue: string | null;
}

/** One series: how it stands, its days, and what is next. */
export const CalendarRow = memo(function CalendarRow(props: CalendarRowProps) {
  const { row, rowIndex, runs, days, isReachable, isShort, openDue } = props;
  const cells = useMemo(() => dayCells(row, runs, days), [row, runs, days]);
  const { status, word, meaning } = SERIES_WORDS[row.verdict];
  const said = `${meaning}\n${visibleText(row.sentence)}`;
  return (
    <tr aria-rowindex={rowIndex}>
      <th scope="row" className="calendar-name">
        <SeriesLink row={row} />
        <span className="calendar-narrow">
          <StatusMark status={status} word={word} />
        </span>
      </th>
      <td className="calendar-verdict">
        <span data-tip={said}>
          <StatusMark status={status} word={word} />
        </span>
        {isShort && (
          <span className="advice">
            <CutText text={row.sentence} />
          </span>
        )}
      </td>
      {cells.map((cell, index) => (
        <CalendarCell
          key={cell.day}
          row={row}
          cell={cell}
          isToday={cell.day === days.today}
          isReachable={isReachable && index === cells.length - 1}
          isOpen={openDue !== null && cell.runs.some(({ due }) => due === openDue)}
        />
      ))}
      {!isShort && (
        <>
          <td>
            <NextExpected row={row} />
          </td>
          <td>
            <LastSize row={row} />
          </td>
          <td>
            <SafetyMark safety={row.safety} />
          </td>
        </>
      )}
    </tr>
  );
});

interface CalendarCellProps {
  readonly row: BackupSeries;
  readonly cell: DayCell;
  readonly isToday: boolean;
  readonly isReachable: boolean;
  readonly isOpen: boolean;
}

function CalendarCell({ row, cell, isToday, isReachable, isOpen }: CalendarCellProps) {
  const text = cellText(row.series, cell);
  const [worst] = cell.runs;
  const count = judgedCount(cell);
  const open = () => {
    if (worst === undefined) return;
    const place = currentPlace();
    const { bucket, series } = row;
    const params = runParams({ bucket, series, due: worst.due });
    if (place.path === '/backups') go(hrefWith(place, params), { replace: runInAddress(place) !== null });
    else go(hrefTo(place, '/backups', params));
  };
  return (
    <td
      className="calendar-day"
      data-day={cell.day}
      data-today={isToday}
      data-leads={worst !== undefined}
      tabIndex={isReachable ? 0 : -1}
      aria-label={text}
      aria-selected={isOpen}
      data-tip={worst === undefined ? undefined : text}
      onClick={open}
    >
      {worst !== undefined && (
        <span
          className="day-cell"
          data-status={RUN_WORDS[worst.verdict].status}
          data-hollow={worst.verdict === 'expected'}
          data-count={count > 1 ? count : undefined}
        >
          {RUN_WORDS[worst.verdict].letter}
        </span>
      )}
      {worst === undefined && !cell.isBefore && <span className="day-none" />}
    </td>
  );
}
