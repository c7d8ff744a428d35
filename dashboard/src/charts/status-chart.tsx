import { useMemo } from 'react';
import type uPlot from 'uplot';
import type { Series } from '../../../src/serve/api.ts';
import { exactCount, shortCount, stepText } from '../lib/format.ts';
import { currentPlace, go, hrefWith } from '../routes/place.ts';
import { useView } from '../routes/view.tsx';
import { timeAxis, timeScale, valueAxis, zeroScale } from './axes.ts';
import { useChartState, useZoom } from './chart-state.ts';
import { drawFrontier } from './frontier.ts';
import { Legend } from './legend.tsx';
import type { Palette } from './palette.ts';
import { Plot, type PlotBuilder, type PlotOptions, type PlotScope } from './plot.tsx';
import { stackedBars } from './stacked-bars.ts';
import { STATUS_CLASSES, type StatusClass, type StatusClassId } from './status-classes.ts';
import type { Steps } from './steps.ts';

type Column = (number | null)[];

/** Sums from the base up, one column a class: a layer's upper edge is its own column, its lower the one before. */
function stackedColumns(steps: Steps, classes: readonly StatusClass[]): Column[] {
  const sums: Column = steps.points.map((point) => (point === null ? null : 0));
  return classes.map(({ id }) => {
    steps.points.forEach((point, index) => {
      if (point !== null) sums[index] = (sums[index] ?? 0) + point[id];
    });
    return [...sums];
  });
}

function optionsOf(classes: readonly StatusClass[], palette: Palette, scope: () => PlotScope): PlotOptions {
  const layers = classes.map(({ id, color }) => ({
    label: id,
    fill: palette.color(color),
    width: 0,
    points: { show: false },
    paths: stackedBars(scope),
  }));
  return {
    series: [{}, ...layers],
    scales: { x: timeScale(scope), y: zeroScale() },
    axes: [timeAxis(palette), valueAxis(palette, shortCount)],
    padding: [8, 20, 0, 0],
    cursor: { points: { show: false } },
    hooks: { drawClear: [drawFrontier(palette, scope)] },
  };
}

function totalOf(steps: Steps, id: StatusClassId): number {
  return steps.points.reduce((sum, point) => sum + (point?.[id] ?? 0), 0);
}

/** Requests over time, one bar a step, stacked by status class with errors at the base. */
export function StatusChart({ series, heightPx }: { readonly series: Series; readonly heightPx: number }) {
  const { place } = useView();
  const zoom = useZoom();
  const { steps, scope, palette, cursor, setCursor, when } = useChartState(series);
  const isolated = place.params.get('only');
  const classes = useMemo(
    () => STATUS_CLASSES.filter(({ id }) => isolated === null || id === isolated),
    [isolated],
  );
  // Topmost layer first: where the least height makes layers overlap, errors stay in front.
  const rows = useMemo<uPlot.AlignedData>(
    () => [[...steps.times], ...stackedColumns(steps, classes).toReversed()],
    [steps, classes],
  );
  const build = useMemo<PlotBuilder>(
    () => (current) => optionsOf(classes.toReversed(), palette, current),
    [classes, palette],
  );
  const point = cursor === null ? undefined : steps.points[cursor];
  const shown = STATUS_CLASSES.toReversed().filter(({ id }) => id !== 'other' || totalOf(steps, id) > 0);
  const entries = shown.map(({ id, label, color }) => {
    const count = cursor === null ? totalOf(steps, id) : point?.[id];
    const value = count === undefined ? '–' : <span title={exactCount(count)}>{shortCount(count)}</span>;
    return { id, name: id, meaning: label, color, value };
  });
  return (
    <>
      <Legend
        entries={entries}
        isolated={isolated}
        onIsolate={(id) => go(hrefWith(currentPlace(), { only: id }), { replace: true })}
        when={
          point === null ? `${when}: nothing recorded` : `${when} · bars of ${stepText(steps.stepSeconds)}`
        }
      />
      <Plot
        build={build}
        scope={scope}
        rows={rows}
        heightPx={heightPx}
        label="Requests over time by status class"
        onCursor={setCursor}
        onZoom={zoom}
      />
    </>
  );
}
