import { useMemo, type ReactNode } from 'react';
import type { UseQueryResult } from '@tanstack/react-query';
import { TimeChart } from '../../charts/time-chart.tsx';
import type { ApiProblem } from '../../lib/api.ts';
import { Covers } from '../../lib/covers.tsx';
import { EmptyPart } from '../../lib/empty-part.tsx';
import { bytesText, durationText, exactCount, shortCount } from '../../lib/format.ts';
import { Panel } from '../../lib/panel.tsx';
import type { Pair, ReplicationSeries } from '../../lib/replication-row.ts';
import { Segments } from '../../lib/segments.tsx';
import { currentPlace, go, hrefWith } from '../../routes/place.ts';
import { useView } from '../../routes/view.tsx';
import { CHART_EXTRA_PX } from '../chart-panels.tsx';
import { gridOf, sumOf, valuesOf } from './series-values.ts';

type SeriesResult = UseQueryResult<ReplicationSeries, ApiProblem>;

interface ChartProps {
  readonly answer: SeriesResult;
}

const HEIGHT_PX = 190;
const PERCENTILES = [
  { id: 'p50', meaning: 'Half of the objects arrived faster than this' },
  { id: 'p95', meaning: '1 object in 20 took longer than this' },
  { id: 'p99', meaning: '1 object in 100 took longer than this' },
] as const;
const SCALES = [
  { id: null, title: 'Log', meaning: 'A logarithmic scale' },
  { id: 'linear', title: 'Linear', meaning: 'A scale from zero' },
] as const;
const UNITS = [
  { id: null, title: 'Objects' },
  { id: 'bytes', title: 'Bytes' },
] as const;

const EXACT_MS = (ms: number) => `${exactCount(Math.round(ms))} ms`;
const EXACT_BYTES = (bytes: number) => `${exactCount(bytes)} bytes`;

/** Puts a choice of one panel into the address; the default takes it out. */
function choose(name: string, value: string | null): void {
  go(hrefWith(currentPlace(), { [name]: value }), { replace: true });
}

interface SeriesPanelProps extends ChartProps {
  readonly title: string;
  readonly actions: ReactNode;
  readonly children: (answer: ReplicationSeries) => ReactNode;
}

function SeriesPanel({ answer, title, actions, children }: SeriesPanelProps) {
  return (
    <Panel
      title={title}
      answer={answer}
      skeletonPx={HEIGHT_PX + CHART_EXTRA_PX}
      actions={actions}
      footer={({ coverage }) => <Covers coverage={coverage} />}
    >
      {children}
    </Panel>
  );
}

function Nothing({ children }: { readonly children: ReactNode }) {
  return <EmptyPart heightPx={HEIGHT_PX + CHART_EXTRA_PX}>{children}</EmptyPart>;
}

/** From the write at the source to the arrival, of what arrived. */
export function LatencyPanel({ answer, pair }: ChartProps & { readonly pair: Pair }) {
  const { place } = useView();
  const isLog = place.params.get('scale') !== 'linear';
  const actions = (
    <Segments
      label="Scale"
      choices={SCALES}
      chosen={isLog ? null : 'linear'}
      onChoose={(id) => choose('scale', id)}
    />
  );
  return (
    <SeriesPanel title="From write to arrival" answer={answer} actions={actions}>
      {(series) =>
        sumOf(series.latency_ms.p50) === null ? (
          <Nothing>Nothing arrived in this range.</Nothing>
        ) : (
          <LatencyChart series={series} targetMs={pair.target_seconds * 1000} isLog={isLog} />
        )
      }
    </SeriesPanel>
  );
}

interface LatencyChartProps {
  readonly series: ReplicationSeries;
  readonly targetMs: number;
  readonly isLog: boolean;
}

function LatencyChart({ series, targetMs, isLog }: LatencyChartProps) {
  const grid = useMemo(() => gridOf(series), [series]);
  const lines = useMemo(
    () =>
      PERCENTILES.map(({ id, meaning }) => ({
        id,
        name: id,
        meaning,
        color: `var(--latency-${id})`,
        values: series.latency_ms[id],
        whole: null,
      })),
    [series],
  );
  return (
    <TimeChart
      label="Time from write to arrival, percentiles"
      name="replication-latency"
      grid={grid}
      lines={lines}
      shape="band"
      isLog={isLog}
      limit={{ value: targetMs, label: `target ${durationText(targetMs)}` }}
      text={durationText}
      exactText={EXACT_MS}
      heightPx={HEIGHT_PX}
    />
  );
}

/** What waited at each time. */
export function BacklogPanel({ answer }: ChartProps) {
  const { place } = useView();
  const isBytes = place.params.get('backlog') === 'bytes';
  const metric = isBytes ? 'BytesPendingReplication' : 'OperationsPendingReplication';
  return (
    <SeriesPanel
      title="Backlog"
      answer={answer}
      actions={
        <Segments
          label="Backlog in"
          choices={UNITS}
          chosen={isBytes ? 'bytes' : null}
          onChoose={(id) => choose('backlog', id)}
        />
      }
    >
      {(series) =>
        sumOf(valuesOf(series, metric)) === null ? (
          <Nothing>Nothing says what waited in this range.</Nothing>
        ) : (
          <BacklogChart series={series} metric={metric} isBytes={isBytes} />
        )
      }
    </SeriesPanel>
  );
}

interface MetricChartProps {
  readonly series: ReplicationSeries;
  readonly isBytes: boolean;
}

function BacklogChart({
  series,
  metric,
  isBytes,
}: MetricChartProps & {
  readonly metric: 'BytesPendingReplication' | 'OperationsPendingReplication';
}) {
  const grid = useMemo(() => gridOf(series), [series]);
  const lines = useMemo(
    () => [
      {
        id: 'pending',
        name: 'Pending',
        meaning: `Written and not yet there (${metric})`,
        color: 'var(--series-1)',
        values: valuesOf(series, metric),
        whole: null,
      },
    ],
    [series, metric],
  );
  return (
    <TimeChart
      label={`Backlog, ${isBytes ? 'bytes' : 'objects'}`}
      name="backlog"
      grid={grid}
      lines={lines}
      shape="lines"
      text={isBytes ? bytesText : shortCount}
      exactText={isBytes ? EXACT_BYTES : exactCount}
      heightPx={HEIGHT_PX}
    />
  );
}

/** What arrived and what failed, step by step. */
export function ThroughputPanel({ answer }: ChartProps) {
  const { place } = useView();
  const isBytes = place.params.get('throughput') === 'bytes';
  return (
    <SeriesPanel
      title="Throughput"
      answer={answer}
      actions={
        <Segments
          label="Throughput in"
          choices={UNITS}
          chosen={isBytes ? 'bytes' : null}
          onChoose={(id) => choose('throughput', id)}
        />
      }
    >
      {(series) =>
        (sumOf(valuesOf(series, 'ReplicationObjects')) ?? 0) +
          (sumOf(valuesOf(series, 'FailedReplications')) ?? 0) ===
        0 ? (
          <Nothing>Nothing arrived and nothing failed in this range.</Nothing>
        ) : (
          <ThroughputChart series={series} isBytes={isBytes} />
        )
      }
    </SeriesPanel>
  );
}

function ThroughputChart({ series, isBytes }: MetricChartProps) {
  const grid = useMemo(() => gridOf(series), [series]);
  const lines = useMemo(() => throughputLines(series, isBytes), [series, isBytes]);
  return (
    <TimeChart
      label={`Throughput, ${isBytes ? 'bytes' : 'objects'}`}
      name="throughput"
      grid={grid}
      lines={lines}
      shape="stack"
      text={isBytes ? bytesText : shortCount}
      exactText={isBytes ? EXACT_BYTES : exactCount}
      heightPx={HEIGHT_PX}
    />
  );
}

function throughputLines(series: ReplicationSeries, isBytes: boolean) {
  const arrived = valuesOf(series, isBytes ? 'ReplicatedBytes' : 'ReplicationObjects');
  const arrivedLine = {
    id: 'arrived',
    name: 'Arrived',
    meaning: isBytes ? 'Bytes that arrived' : 'Objects that arrived',
    color: 'var(--status-2xx)',
    values: arrived,
    whole: sumOf(arrived),
  };
  if (isBytes) return [arrivedLine];
  const failed = valuesOf(series, 'FailedReplications');
  const failedLine = {
    id: 'failed',
    name: 'Failed',
    meaning: 'Objects that failed for the first time',
    color: 'var(--status-5xx)',
    values: failed,
    whole: sumOf(failed),
  };
  return [failedLine, arrivedLine];
}
