import { useEffect, useRef, type KeyboardEvent } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { StepGrid } from './steps.ts';

/** Everything uPlot needs save its size. */
export type PlotOptions = Omit<uPlot.Options, 'width' | 'height'>;

/** What changes with every answer while the chart stays the same. */
export type PlotScope = Omit<StepGrid, 'times'>;

/** Memoize it: a new builder builds the chart anew, and a drag under way is lost. */
export type PlotBuilder = (scope: () => PlotScope) => PlotOptions;

interface PlotProps {
  readonly build: PlotBuilder;
  readonly scope: PlotScope;
  readonly rows: uPlot.AlignedData;
  readonly heightPx: number;
  /** What the chart shows, in words. */
  readonly label: string;
  /** The index under the cursor, null when it leaves. */
  readonly onCursor: (index: number | null) => void;
  /** A stretch of the time axis was dragged over. */
  readonly onZoom: (sinceMs: number, untilMs: number) => void;
}

const DRAG_MIN_PX = 6;
const SYNC_KEY = 'page';

/** Cursors move together on all charts of a page; drags do not. */
function isShared(type: string): boolean {
  return type === 'mousemove' || type === 'mouseleave';
}

/** A step begins at its time: the cursor is in the last step that began before it, not in the nearest. */
function stepUnder(plot: uPlot, _series: number, closest: number, time: number): number {
  const closestTime = plot.data[0][closest] ?? 0;
  return closestTime > time && closest > 0 ? closest - 1 : closest;
}

const CURSOR: uPlot.Cursor = {
  x: true,
  y: false,
  dataIdx: stepUnder,
  drag: { x: true, y: false, setScale: false, dist: DRAG_MIN_PX },
  sync: { key: SYNC_KEY, setSeries: false, scales: ['x', null], filters: { pub: isShared, sub: isShared } },
};

/** Moves the cursor by keys: arrows, Home, End; Escape takes it away. */
function moveCursor(plot: uPlot, stepSeconds: number, event: KeyboardEvent): void {
  const last = plot.data[0].length - 1;
  const now = plot.cursor.idxs?.[1] ?? last;
  const targets: Readonly<Record<string, number>> = {
    ArrowLeft: Math.max(0, now - 1),
    ArrowRight: Math.min(last, now + 1),
    Home: 0,
    End: last,
  };
  const target = targets[event.key];
  if (event.key === 'Escape') plot.setCursor({ left: -10, top: -10 });
  const time = target === undefined ? undefined : plot.data[0][target];
  if (time === undefined) return;
  event.preventDefault();
  // The middle of the first step may lie before the range, and that of the last behind it.
  const middle = plot.valToPos(time + stepSeconds / 2, 'x');
  const left = Math.min(Math.max(middle, 0), plot.over.clientWidth - 1);
  plot.setCursor({ left, top: plot.over.clientHeight / 2 });
}

/** One uPlot chart that fills the width of its place, follows its rows and reports cursor and drags. */
export function Plot({ build, scope, rows, heightPx, label, onCursor, onZoom }: PlotProps) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const latest = useRef({ scope, rows, onCursor, onZoom });

  useEffect(() => {
    latest.current = { scope, rows, onCursor, onZoom };
    chart.current?.setData(rows);
  }, [scope, rows, onCursor, onZoom]);

  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const report = (plot: uPlot) => latest.current.onCursor(plot.cursor.idxs?.[1] ?? null);
    const zoom = (plot: uPlot) => {
      const { left, width } = plot.select;
      plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
      if (width < DRAG_MIN_PX) return;
      latest.current.onZoom(plot.posToVal(left, 'x') * 1000, plot.posToVal(left + width, 'x') * 1000);
    };
    const options = build(() => latest.current.scope);
    const hooks = { ...options.hooks, setCursor: [report], setSelect: [zoom] };
    const plot = new uPlot(
      {
        ...options,
        width: element.clientWidth,
        height: heightPx,
        cursor: { ...CURSOR, ...options.cursor },
        legend: { show: false },
        hooks,
      },
      latest.current.rows,
      element,
    );
    chart.current = plot;
    const watcher = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: heightPx }));
    watcher.observe(element);
    return () => {
      watcher.disconnect();
      plot.destroy();
      chart.current = null;
    };
  }, [build, heightPx]);

  return (
    <div
      ref={place}
      className="plot"
      style={{ height: heightPx }}
      role="application"
      aria-roledescription="chart"
      aria-label={`${label}. Arrow keys move through time.`}
      tabIndex={0}
      onKeyDown={(event) => chart.current !== null && moveCursor(chart.current, scope.stepSeconds, event)}
    />
  );
}
