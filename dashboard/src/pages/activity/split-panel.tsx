import { useMemo } from 'react';
import type { ChartLine } from '../../charts/chart-lines.ts';
import { REST_COLOR, seriesColor, statusColors } from '../../charts/series-colors.ts';
import { secondsOf, stepGrid, type StepGrid } from '../../charts/steps.ts';
import { TimeChart } from '../../charts/time-chart.tsx';
import { SPLITS, useSplit, type SplitBy } from '../../lib/activity-queries.ts';
import type { Split } from '../../../../src/serve/activity-api.ts';
import { Covers } from '../../lib/covers.tsx';
import { exactCount, shortCount } from '../../lib/format.ts';
import { EmptyPart } from '../../lib/empty-part.tsx';
import { Panel } from '../../lib/panel.tsx';
import { Segments } from '../../lib/segments.tsx';
import { currentPlace, go, hrefWith } from '../../routes/place.ts';
import { useView } from '../../routes/view.tsx';
import { CHART_EXTRA_PX } from '../chart-panels.tsx';
import { absentText } from './dimensions.ts';

const CHOICES = [
  { id: 'operation', title: 'Operation' },
  { id: 'bucket', title: 'Bucket' },
  { id: 'http_status', title: 'Status' },
  { id: 'error_code', title: 'Error' },
] as const;
const SHAPES = [
  { id: null, title: 'Stacked' },
  { id: 'lines', title: 'Lines' },
] as const;
/** What the API calls everything beyond the series with the most. */
const REST = 'other';

interface SplitPanelProps {
  readonly steps: number;
  readonly heightPx: number;
}

/** Requests over time told apart by operation, bucket, status or error. */
export function SplitPanel({ steps, heightPx }: SplitPanelProps) {
  const { place } = useView();
  const by = SPLITS.find((known) => known === place.params.get('split')) ?? 'operation';
  const isLines = place.params.get('draw') === 'lines';
  const split = useSplit(by, steps);
  const set = (name: string, value: string | null) =>
    go(hrefWith(currentPlace(), { [name]: value, 'only.split': null }), { replace: true });
  const actions = (
    <>
      <Segments
        label="Told apart by"
        choices={CHOICES}
        chosen={by}
        onChoose={(id) => set('split', id === 'operation' ? null : id)}
      />
      <Segments
        label="Drawn as"
        choices={SHAPES}
        chosen={isLines ? 'lines' : null}
        onChoose={(id) => set('draw', id)}
      />
    </>
  );
  return (
    <Panel
      title={`Requests by ${by.replace('_code', '').replace('http_', '')}`}
      answer={split}
      skeletonPx={heightPx + CHART_EXTRA_PX}
      actions={actions}
      footer={(answer) => <Covers coverage={answer.coverage} />}
    >
      {(answer) =>
        answer.series.length === 0 ? (
          <EmptyPart heightPx={heightPx + CHART_EXTRA_PX}>
            {by === 'error_code' ? 'No request failed in this range.' : 'No requests in this range.'}
          </EmptyPart>
        ) : (
          <SplitChart split={answer} by={by} shape={isLines ? 'lines' : 'stack'} heightPx={heightPx} />
        )
      }
    </Panel>
  );
}

interface SplitChartProps {
  readonly split: Split;
  readonly by: SplitBy;
  readonly shape: 'lines' | 'stack';
  readonly heightPx: number;
}

function SplitChart({ split, by, shape, heightPx }: SplitChartProps) {
  const { grid, lines } = useMemo(() => splitLines(split, by), [split, by]);
  return (
    <TimeChart
      label={`Requests over time by ${by}`}
      name="split"
      grid={grid}
      lines={lines}
      shape={shape}
      text={shortCount}
      exactText={exactCount}
      heightPx={heightPx}
    />
  );
}

/** On one grid: a step in which another series has something is zero, one in which none has is a gap. */
function splitLines(
  split: Split,
  by: SplitBy,
): { readonly grid: StepGrid; readonly lines: readonly ChartLine[] } {
  const shown = split.series.filter((series) => by !== 'error_code' || series.value !== '');
  const counts = shown.map(
    (series) => new Map(series.points.map((point) => [secondsOf(point.time), point.requests])),
  );
  const recorded = new Set(
    split.series.flatMap((series) => series.points.map((point) => secondsOf(point.time))),
  );
  const grid = stepGrid(split, [...recorded]);
  const colors =
    by === 'http_status'
      ? statusColors(shown.map((series) => series.value))
      : shown.map((_, index) => seriesColor(index));
  const lines = shown.map((series, index) => ({
    id: series.value === '' ? '-' : series.value,
    name: series.value === '' ? absentText(by) : series.value,
    meaning: `${exactCount(series.requests)} requests in the range`,
    color: series.value === REST && index === shown.length - 1 ? REST_COLOR : (colors[index] ?? REST_COLOR),
    values: grid.times.map((time) => (recorded.has(time) ? (counts[index]?.get(time) ?? 0) : null)),
    whole: series.requests,
  }));
  return { grid, lines };
}
