import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef, type KeyboardEvent } from 'react';
import type { BackupRun, BackupSeries } from '../../lib/backup-row.ts';
import { seriesKey } from '../../lib/backup-words.ts';
import { dayText, weekdayText, type Day } from '../../lib/days.ts';
import { CalendarRow } from './calendar-row.tsx';
import type { CalendarDays } from './calendar-days.ts';
import { moveInCalendar } from './calendar-keys.ts';
import { runInAddress } from './series-address.ts';
import { useView } from '../../routes/view.tsx';

interface CalendarProps {
  readonly label: string;
  readonly rows: readonly BackupSeries[];
  readonly runs: readonly BackupRun[];
  readonly days: CalendarDays;
  /** Without what stands beside the days. */
  readonly isShort?: boolean;
}

/** From here on only the rows in sight are in the page. */
const VIRTUAL_MIN = 60;
export const CALENDAR_ROW_PX = 44;
const HEAD_PX = 38;
const OVERSCAN = 8;

/** Series by day: a cell a day, coloured by the worst run that was due then, with its letter. */
export function Calendar({ label, rows, runs, days, isShort = false }: CalendarProps) {
  const { place } = useView();
  const scroll = useRef<HTMLDivElement>(null);
  const isVirtual = rows.length > VIRTUAL_MIN;
  const virtualizer = useVirtualizer<HTMLDivElement, Element>({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => CALENDAR_ROW_PX,
    overscan: OVERSCAN,
    scrollPaddingStart: HEAD_PX,
    enabled: isVirtual,
  });
  const shown = virtualizer.getVirtualItems();
  const first = isVirtual ? (shown[0]?.index ?? 0) : 0;
  const end = isVirtual ? (shown.at(-1)?.index ?? -1) + 1 : rows.length;
  const runsOf = useMemo(() => Map.groupBy(runs, seriesKey), [runs]);
  const open = runInAddress(place);
  useNewestInSight(scroll, days.days);
  return (
    <div ref={scroll} className="table-scroll calendar-scroll" data-virtual={isVirtual}>
      <table
        className={isShort ? 'calendar short' : 'calendar'}
        role="grid"
        aria-label={label}
        aria-rowcount={rows.length + 1}
        onKeyDown={(event: KeyboardEvent<HTMLTableElement>) => moveInCalendar(event)}
      >
        <CalendarHead days={days} isShort={isShort} />
        <Room heightPx={first * CALENDAR_ROW_PX} />
        <tbody>
          {rows.slice(first, end).map((row, offset) => (
            <CalendarRow
              key={seriesKey(row)}
              row={row}
              rowIndex={first + offset + 2}
              runs={runsOf.get(seriesKey(row)) ?? NO_RUNS}
              days={days}
              isReachable={offset === 0}
              isShort={isShort}
              openDue={open !== null && seriesKey(open) === seriesKey(row) ? open.due : null}
            />
          ))}
        </tbody>
        <Room heightPx={(rows.length - end) * CALENDAR_ROW_PX} />
      </table>
    </div>
  );
}

const NO_RUNS: readonly BackupRun[] = [];

/** The place of rows that are not drawn. */
function Room({ heightPx }: { readonly heightPx: number }) {
  if (heightPx === 0) return null;
  return <tbody aria-hidden="true" style={{ height: heightPx }} className="room" />;
}

/** Where not all days have room, the newest are the ones to see, or the one that is open. */
function useNewestInSight(scroll: { readonly current: HTMLDivElement | null }, days: readonly Day[]): void {
  const last = days.at(-1);
  useEffect(() => {
    const box = scroll.current;
    if (box === null) return undefined;
    const watcher = new ResizeObserver(() => {
      const cell =
        box.querySelector<HTMLElement>('td[aria-selected="true"]') ??
        box.querySelector<HTMLElement>('thead th[data-last]');
      if (cell !== null) box.scrollLeft = cell.offsetLeft + cell.offsetWidth - box.clientWidth;
    });
    watcher.observe(box);
    return () => watcher.disconnect();
  }, [scroll, last, days.length]);
}

interface CalendarHeadProps {
  readonly days: CalendarDays;
  readonly isShort: boolean;
}

function CalendarHead({ days: { days, today }, isShort }: CalendarHeadProps) {
  return (
    <thead>
      <tr aria-rowindex={1}>
        <th scope="col" className="calendar-name">
          Series
        </th>
        <th scope="col" className="calendar-verdict">
          Now
        </th>
        {days.map((day, index) => (
          <th
            key={day}
            scope="col"
            className="calendar-day"
            data-today={day === today}
            data-last={index === days.length - 1 ? '' : undefined}
            aria-label={`${weekdayText(day)} ${dayText(day)}`}
            data-tip={`${weekdayText(day)} ${dayText(day)}${day === today ? ', today' : ''}`}
          >
            <span>
              {index === 0 || day.endsWith('-01') ? dayText(day).slice(-3) : weekdayText(day).charAt(0)}
            </span>
            {Number(day.slice(-2))}
          </th>
        ))}
        {!isShort && (
          <>
            <th scope="col">Next expected</th>
            <th scope="col">Last size</th>
            <th scope="col">Safety</th>
          </>
        )}
      </tr>
    </thead>
  );
}
