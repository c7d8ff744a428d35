import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { BytesChart, LatencyChart, StatusChart, type LatencyKind } from '../charts/series-charts.tsx';
import type { ApiProblem } from '../lib/api.ts';
import type { Series } from '../../../src/serve/api.ts';
import { Covers } from '../lib/covers.tsx';
import { EmptyPart } from '../lib/empty-part.tsx';
import { Panel } from '../lib/panel.tsx';
import { Segments } from '../lib/segments.tsx';
import { currentPlace, go, hrefTo, hrefWith } from '../routes/place.ts';
import { Link } from '../routes/link.tsx';
import { useView } from '../routes/view.tsx';
import { NothingInRange } from './nothing-in-range.tsx';

interface ChartPanelProps {
  readonly answer: UseQueryResult<Series, ApiProblem>;
  readonly heightPx: number;
}

/** Legend and table below: what a chart's panel is higher than its chart. */
export const CHART_EXTRA_PX = 58;

/** Puts a choice of one panel into the address; the default takes it out. */
function choose(name: string, value: string | null): void {
  go(hrefWith(currentPlace(), { [name]: value }), { replace: true });
}

interface SeriesPanelProps extends ChartPanelProps {
  readonly title: string;
  readonly actions: ReactNode;
  readonly children: (series: Series) => ReactNode;
}

function SeriesPanel({ answer, heightPx, title, actions, children }: SeriesPanelProps) {
  return (
    <Panel
      title={title}
      answer={answer}
      skeletonPx={heightPx + CHART_EXTRA_PX}
      actions={actions}
      footer={(series) => <Covers coverage={series.coverage} />}
    >
      {children}
    </Panel>
  );
}

/** Requests over time by status class. */
export function RequestsPanel({ answer, heightPx }: ChartPanelProps) {
  const { place } = useView();
  const actions = (
    <>
      <span className="hint">Drag over a chart to zoom</span>
      <Link href={hrefTo(place, '/requests')}>Rows</Link>
    </>
  );
  return (
    <SeriesPanel title="Requests by status" answer={answer} heightPx={heightPx} actions={actions}>
      {(series) =>
        series.points.length === 0 ? (
          <NothingInRange facts="requests" />
        ) : (
          <StatusChart series={series} heightPx={heightPx} />
        )
      }
    </SeriesPanel>
  );
}

/** Bytes down and up over time. */
export function BytesPanel({ answer, heightPx }: ChartPanelProps) {
  return (
    <SeriesPanel title="Bytes" answer={answer} heightPx={heightPx} actions={null}>
      {(series) =>
        series.points.length === 0 ? (
          <EmptyPart heightPx={heightPx + CHART_EXTRA_PX}>No requests in this range.</EmptyPart>
        ) : (
          <BytesChart series={series} heightPx={heightPx} />
        )
      }
    </SeriesPanel>
  );
}

const LATENCY_KINDS = [
  { id: null, title: 'Total', meaning: "From the request's arrival to the last byte sent" },
  {
    id: 'first-byte',
    title: 'First byte',
    meaning: 'Turn-around time: from the last byte received to the first byte sent',
  },
] as const;
const SCALES = [
  { id: null, title: 'Linear', meaning: 'A scale from zero' },
  { id: 'log', title: 'Log', meaning: 'A logarithmic scale' },
] as const;

/** How long requests took: S3's whole time, or its time to the first byte. */
export function LatencyPanel({ answer, heightPx }: ChartPanelProps) {
  const { place } = useView();
  const which = place.params.get('latency') === 'first-byte' ? 'first-byte' : null;
  const kind: LatencyKind = which === null ? 'total_time_ms' : 'turn_around_time_ms';
  const isLog = place.params.get('scale') === 'log';
  const actions = (
    <>
      <Segments
        label="Which time"
        choices={LATENCY_KINDS}
        chosen={which}
        onChoose={(id) => choose('latency', id)}
      />
      <Segments
        label="Scale"
        choices={SCALES}
        chosen={isLog ? 'log' : null}
        onChoose={(id) => choose('scale', id)}
      />
    </>
  );
  return (
    <SeriesPanel title="Latency" answer={answer} heightPx={heightPx} actions={actions}>
      {(series) => {
        const hasTimes = series.points.some((point) => point[`${kind}_p50`] !== null);
        if (!hasTimes)
          return (
            <EmptyPart heightPx={heightPx + CHART_EXTRA_PX}>
              No request in this range has this time in its record.
            </EmptyPart>
          );
        return <LatencyChart series={series} kind={kind} isLog={isLog} heightPx={heightPx} />;
      }}
    </SeriesPanel>
  );
}
