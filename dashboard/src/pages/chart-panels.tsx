import type { UseQueryResult } from '@tanstack/react-query';
import type { Series } from '../../../src/serve/api.ts';
import { useNewestRequestMs } from '../charts/chart-state.ts';
import { LatencyChart, type LatencyKind } from '../charts/latency-chart.tsx';
import { StatusChart } from '../charts/status-chart.tsx';
import type { ApiProblem } from '../lib/api.ts';
import { momentTitle, shortMomentText } from '../lib/format.ts';
import { useNowMs } from '../lib/now.ts';
import { Panel, sourcesText } from '../lib/panel.tsx';
import { currentPlace, go, hrefWith } from '../routes/place.ts';
import { useView } from '../routes/view.tsx';
import { NothingInRange } from './nothing-in-range.tsx';

interface ChartPanelProps {
  readonly answer: UseQueryResult<Series, ApiProblem>;
  readonly heightPx: number;
}

/** Legend and paddings: what a chart's panel is higher than its chart. */
const CHART_EXTRA_PX = 40;

/** How far the answer is complete: "Complete until 13:40, from access-logs". */
function CompleteUntil({ series }: { readonly series: Series }) {
  const newestMs = useNewestRequestMs();
  const nowMs = useNowMs();
  const untilMs = Date.parse(series.coverage.until);
  const sources = sourcesText(series.coverage);
  if (newestMs === null) return <span>{sources}</span>;
  const isOpen = newestMs < untilMs;
  return (
    <>
      {isOpen ? (
        <span title={`The newest record is of ${momentTitle(newestMs)}\nThe shaded part may still change`}>
          Complete until {shortMomentText(newestMs, nowMs)}
        </span>
      ) : (
        <span>Complete</span>
      )}
      <span title={series.coverage.sources.join('\n')}>{sources}</span>
    </>
  );
}

/** Requests over time by status class. */
export function RequestsPanel({ answer, heightPx }: ChartPanelProps) {
  return (
    <Panel
      title="Requests by status"
      answer={answer}
      skeletonPx={heightPx + CHART_EXTRA_PX}
      actions={<span className="hint">Drag over the chart to zoom</span>}
      footer={(series) => <CompleteUntil series={series} />}
    >
      {(series) =>
        series.points.length === 0 ? (
          <NothingInRange facts="requests" />
        ) : (
          <StatusChart series={series} heightPx={heightPx} />
        )
      }
    </Panel>
  );
}

/** How long requests took: S3's whole time, or its time to the first byte. */
export function LatencyPanel({ answer, heightPx }: ChartPanelProps) {
  const { place } = useView();
  const kind: LatencyKind =
    place.params.get('latency') === 'first-byte' ? 'turn_around_time_ms' : 'total_time_ms';
  const isLog = place.params.get('scale') === 'log';
  const set = (name: string, value: string | null) =>
    go(hrefWith(currentPlace(), { [name]: value }), { replace: true });
  const actions = (
    <>
      <span className="segments" role="group" aria-label="Which time">
        <button
          type="button"
          aria-pressed={kind === 'total_time_ms'}
          title="From the request's arrival to the last byte sent"
          onClick={() => set('latency', null)}
        >
          Total
        </button>
        <button
          type="button"
          aria-pressed={kind === 'turn_around_time_ms'}
          title="Turn-around time: from the last byte received to the first byte sent"
          onClick={() => set('latency', 'first-byte')}
        >
          First byte
        </button>
      </span>
      <span className="segments" role="group" aria-label="Scale">
        <button
          type="button"
          aria-pressed={isLog}
          title="Logarithmic scale"
          onClick={() => set('scale', isLog ? null : 'log')}
        >
          Log
        </button>
      </span>
    </>
  );
  return (
    <Panel
      title="Latency"
      answer={answer}
      skeletonPx={heightPx + CHART_EXTRA_PX}
      actions={actions}
      footer={(series) => <CompleteUntil series={series} />}
    >
      {(series) => {
        const hasTimes = series.points.some((point) => point[`${kind}_p50`] !== null);
        if (!hasTimes)
          return <p className="panel-empty">No request in this range has this time in its record.</p>;
        return <LatencyChart series={series} kind={kind} isLog={isLog} heightPx={heightPx} />;
      }}
    </Panel>
  );
}
