import { useMemo } from 'react';
import type { Series, SeriesPoint } from '../../../src/serve/api.ts';
import { bytesText, durationText, exactCount, shortCount } from '../lib/format.ts';
import type { ChartLine } from './chart-lines.ts';
import { STATUS_CLASSES } from './status-classes.ts';
import { stepsOf, type Steps } from './steps.ts';
import { TimeChart } from './time-chart.tsx';

interface SeriesChartProps {
  readonly series: Series;
  readonly heightPx: number;
}

type Pick = (point: SeriesPoint) => number | null;

function valuesOf(steps: Steps<SeriesPoint>, pick: Pick): readonly (number | null)[] {
  return steps.points.map((point) => (point === null ? null : pick(point)));
}

function sumOf(values: readonly (number | null)[]): number {
  return values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
}

/** Requests over time, one bar a step, stacked by status class with errors at the base. */
export function StatusChart({ series, heightPx }: SeriesChartProps) {
  const steps = useMemo(() => stepsOf(series), [series]);
  const lines = useMemo(() => statusLines(steps), [steps]);
  return (
    <TimeChart
      label="Requests over time by status class"
      name="status"
      grid={steps}
      lines={lines}
      shape="stack"
      text={shortCount}
      exactText={exactCount}
      heightPx={heightPx}
    />
  );
}

function statusLines(steps: Steps<SeriesPoint>): readonly ChartLine[] {
  return STATUS_CLASSES.map(({ id, label, color }) => {
    const values = valuesOf(steps, (point) => point[id]);
    return { id, name: id, meaning: label, color, values, whole: sumOf(values) };
  }).filter((line) => line.id !== 'other' || line.whole > 0);
}

export type LatencyKind = 'total_time_ms' | 'turn_around_time_ms';

const PERCENTILES = [
  { id: 'p50', meaning: 'Half of the requests were faster than this' },
  { id: 'p95', meaning: '1 request in 20 was slower than this' },
  { id: 'p99', meaning: '1 request in 100 was slower than this' },
] as const;

interface LatencyChartProps extends SeriesChartProps {
  readonly kind: LatencyKind;
  readonly isLog: boolean;
}

/** Half of the requests as a line, the slow ones as bands above it. */
export function LatencyChart({ series, kind, isLog, heightPx }: LatencyChartProps) {
  const steps = useMemo(() => stepsOf(series), [series]);
  const lines = useMemo(
    () =>
      PERCENTILES.map(({ id, meaning }) => ({
        id,
        name: id,
        meaning,
        color: `var(--latency-${id})`,
        values: valuesOf(steps, (point) => point[`${kind}_${id}`]),
        whole: null,
      })),
    [steps, kind],
  );
  return (
    <TimeChart
      label="Request time percentiles"
      name="latency"
      grid={steps}
      lines={lines}
      shape="band"
      isLog={isLog}
      text={durationText}
      exactText={exactMs}
      heightPx={heightPx}
    />
  );
}

function exactMs(ms: number): string {
  return `${exactCount(ms)} ms`;
}

function exactBytes(bytes: number): string {
  return `${exactCount(bytes)} bytes`;
}

/** Bytes sent to clients and received from them, each as a line. */
export function BytesChart({ series, heightPx }: SeriesChartProps) {
  const steps = useMemo(() => stepsOf(series), [series]);
  const lines = useMemo(() => byteLines(steps), [steps]);
  return (
    <TimeChart
      label="Bytes over time, down and up"
      name="bytes"
      grid={steps}
      lines={lines}
      shape="lines"
      text={bytesText}
      exactText={exactBytes}
      heightPx={heightPx}
    />
  );
}

function byteLines(steps: Steps<SeriesPoint>): readonly ChartLine[] {
  const down = valuesOf(steps, (point) => point.bytes_sent);
  const up = valuesOf(steps, (point) => point.bytes_uploaded);
  return [
    {
      id: 'down',
      name: 'Down',
      meaning: 'Bytes sent to clients',
      color: 'var(--series-1)',
      values: down,
      whole: sumOf(down),
    },
    {
      id: 'up',
      name: 'Up',
      meaning: 'Bytes of objects received from clients',
      color: 'var(--series-2)',
      values: up,
      whole: sumOf(up),
    },
  ];
}
