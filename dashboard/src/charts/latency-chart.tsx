import { useMemo } from 'react';
import type uPlot from 'uplot';
import type { Series, SeriesPoint } from '../../../src/serve/api.ts';
import { durationText, stampText } from '../lib/format.ts';
import { timeAxis, timeScale, valueAxis, zeroScale } from './axes.ts';
import { useChartState, useZoom } from './chart-state.ts';
import { drawFrontier } from './frontier.ts';
import { Legend } from './legend.tsx';
import type { Palette } from './palette.ts';
import { Plot, type PlotBuilder, type PlotOptions, type PlotScope } from './plot.tsx';

export type LatencyKind = 'total_time_ms' | 'turn_around_time_ms';
const PERCENTILES = ['p50', 'p95', 'p99'] as const;
type Percentile = (typeof PERCENTILES)[number];

/** A logarithm has no zero: what took less than this is drawn at it. */
const LOG_FLOOR_MS = 0.5;
const MEANINGS: Readonly<Record<Percentile, string>> = {
  p50: 'Half of the requests were faster than this',
  p95: '1 request in 20 was slower than this',
  p99: '1 request in 100 was slower than this',
};

function valueOf(
  point: SeriesPoint | null | undefined,
  kind: LatencyKind,
  percentile: Percentile,
): number | null {
  return point?.[`${kind}_${percentile}`] ?? null;
}

interface LatencyChartProps {
  readonly series: Series;
  readonly kind: LatencyKind;
  readonly isLog: boolean;
  readonly heightPx: number;
}

function seriesOf(palette: Palette): uPlot.Series[] {
  const point = { show: true, size: 3, width: 0, fill: palette.color('--latency') };
  const lonely = { ...point, filter: lonelyPoints };
  return [
    {},
    { label: 'p50', stroke: palette.color('--latency'), width: 2, points: lonely },
    { label: 'p95', stroke: palette.faint('--latency', 0.7), width: 1, points: { show: false } },
    { label: 'p99', stroke: palette.faint('--latency', 0.45), width: 1, points: { show: false } },
  ];
}

/** A line needs two neighbours; a step between two gaps is drawn as a dot. */
const lonelyPoints: uPlot.Series.Points.Filter = (plot, seriesIndex) => {
  const values = plot.data[seriesIndex] ?? [];
  const lonely: number[] = [];
  for (let index = 0; index < values.length; index += 1) {
    const isLonely = (values[index - 1] ?? null) === null && (values[index + 1] ?? null) === null;
    if ((values[index] ?? null) !== null && isLonely) lonely.push(index);
  }
  return lonely;
};

function optionsOf(isLog: boolean, palette: Palette, scope: () => PlotScope): PlotOptions {
  const logScale: uPlot.Scale = { distr: 3, log: 10, range: (_plot, min, max) => logRange(min, max) };
  return {
    series: seriesOf(palette),
    bands: [
      { series: [2, 1], fill: palette.faint('--latency', 0.28) },
      { series: [3, 2], fill: palette.faint('--latency', 0.14) },
    ],
    scales: { x: timeScale(scope), y: isLog ? logScale : zeroScale() },
    axes: [timeAxis(palette), valueAxis(palette, durationText)],
    padding: [8, 20, 0, 0],
    hooks: { drawClear: [drawFrontier(palette, scope)] },
  };
}

/** The powers of ten around the values, at least one decade. */
function logRange(min: number | null, max: number | null): [number, number] {
  const low = 10 ** Math.floor(Math.log10(Math.max(LOG_FLOOR_MS, min ?? 1)));
  const high = 10 ** Math.ceil(Math.log10(Math.max(1, max ?? 1)));
  return [low, Math.max(high, low * 10)];
}

/** Half of the requests as a line, the slow ones as bands above it. */
export function LatencyChart({ series, kind, isLog, heightPx }: LatencyChartProps) {
  const zoom = useZoom();
  const { steps, scope, palette, cursor, setCursor } = useChartState(series);
  const rows = useMemo<uPlot.AlignedData>(() => {
    const drawn = (value: number | null) => (value !== null && isLog ? Math.max(LOG_FLOOR_MS, value) : value);
    const columns = PERCENTILES.map((percentile) =>
      steps.points.map((point) => drawn(valueOf(point, kind, percentile))),
    );
    return [[...steps.times], ...columns];
  }, [steps, kind, isLog]);
  const build = useMemo<PlotBuilder>(() => (current) => optionsOf(isLog, palette, current), [isLog, palette]);
  const shown = cursor ?? steps.points.findLastIndex((step) => valueOf(step, kind, 'p50') !== null);
  const point = steps.points[shown];
  const shownTime = steps.times[shown];
  const entries = PERCENTILES.map((percentile) => {
    const value = valueOf(point, kind, percentile);
    return {
      id: percentile,
      name: percentile,
      meaning: MEANINGS[percentile],
      color: `--latency-${percentile}`,
      value: value === null ? '–' : <span title={`${value} ms`}>{durationText(value)}</span>,
    };
  });
  return (
    <>
      <Legend
        entries={entries}
        isolated={null}
        onIsolate={null}
        when={shownTime === undefined ? '' : stampText(shownTime * 1000)}
      />
      <Plot
        build={build}
        scope={scope}
        rows={rows}
        heightPx={heightPx}
        label="Request time percentiles"
        onCursor={setCursor}
        onZoom={zoom}
      />
    </>
  );
}
