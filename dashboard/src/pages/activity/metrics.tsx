import { useMemo } from 'react';
import { stepsOf } from '../../charts/steps.ts';
import { TimeChart } from '../../charts/time-chart.tsx';
import { useMetric, useMetrics } from '../../lib/activity-queries.ts';
import type { MetricAnswer, MetricCatalogue as Catalogue } from '../../../../src/serve/activity-api.ts';
import { Covers } from '../../lib/covers.tsx';
import { bytesText, durationText, exactCount, shortCount } from '../../lib/format.ts';
import { Estimated } from '../../lib/estimated.tsx';
import { EmptyPart } from '../../lib/empty-part.tsx';
import { Panel, Skeleton } from '../../lib/panel.tsx';
import { ProblemBox } from '../../lib/problem-box.tsx';
import { currentPlace, go, hrefWith } from '../../routes/place.ts';
import { useView } from '../../routes/view.tsx';
import { CHART_EXTRA_PX } from '../chart-panels.tsx';

const STEPS = 160;
const HEIGHT_PX = 170;
/** What the metric is, in a line. */
const WORDS_PX = 18;

type MetricRow = Catalogue['rows'][number];

/** Every metric under AWS's name, with the statistics it has. */
export function Metrics() {
  const catalogue = useMetrics();
  if (catalogue.error !== null)
    return <ProblemBox problem={catalogue.error} onRetry={() => void catalogue.refetch()} />;
  if (catalogue.data === undefined) return <Skeleton heightPx={HEIGHT_PX * 3} />;
  return (
    <div className="grid halves">
      {catalogue.data.rows.filter(isOfRequests).map((row) => (
        <MetricPanel key={row.name} row={row} />
      ))}
    </div>
  );
}

function isOfRequests({ group }: MetricRow): boolean {
  return group === 'requests';
}

const PERCENTILES = ['p50', 'p90', 'p95', 'p99', 'p99.9'];

/** What to choose from: where any percentile can be had ("p0.0 to p100"), those that people ask for. */
function statisticsOf(row: MetricRow): readonly string[] {
  const named = row.statistics.filter((name) => !name.includes(' '));
  return named.length === row.statistics.length ? named : [...named, ...PERCENTILES];
}

function MetricPanel({ row }: { readonly row: MetricRow }) {
  const { place } = useView();
  const param = `statistic.${row.name}`;
  const usual = row.usual_statistic;
  const statistics = statisticsOf(row);
  const statistic = statistics.find((known) => known === place.params.get(param)) ?? usual;
  const metric = useMetric(row.name, statistic, STEPS);
  const actions = (
    <>
      {metric.data !== undefined && <Estimated answer={metric.data} />}
      {statistics.length > 1 && (
        <select
          aria-label={`Statistic of ${row.name}`}
          value={statistic}
          onChange={({ target }) =>
            go(hrefWith(currentPlace(), { [param]: target.value === usual ? null : target.value }), {
              replace: true,
            })
          }
        >
          {statistics.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      )}
    </>
  );
  return (
    <Panel
      title={row.name}
      answer={metric}
      skeletonPx={HEIGHT_PX + CHART_EXTRA_PX + WORDS_PX}
      actions={actions}
      footer={(answer) => <Covers coverage={answer.coverage} />}
    >
      {(answer) =>
        answer.points.every((point) => point.value === null) ? (
          <EmptyPart heightPx={HEIGHT_PX + CHART_EXTRA_PX + WORDS_PX}>
            No request in this range has what {row.name} is made of.
          </EmptyPart>
        ) : (
          <>
            <p className="advice">{row.description}</p>
            <MetricChart metric={answer} />
          </>
        )
      }
    </Panel>
  );
}

function MetricChart({ metric }: { readonly metric: MetricAnswer }) {
  const steps = useMemo(() => stepsOf(metric), [metric]);
  const lines = useMemo(
    () => [
      {
        id: metric.statistic,
        name: metric.statistic,
        meaning: `${metric.metric}, ${metric.statistic}`,
        color: 'var(--series-1)',
        values: steps.points.map((point) => point?.value ?? null),
        whole: metric.total,
      },
    ],
    [metric, steps],
  );
  return (
    <TimeChart
      label={`${metric.metric}, ${metric.statistic}`}
      name={metric.metric}
      grid={steps}
      lines={lines}
      shape="lines"
      text={shortTextOf(metric.unit)}
      exactText={exactTextOf(metric.unit)}
      heightPx={HEIGHT_PX}
    />
  );
}

/** How a value of CloudWatch's unit is said. */
function shortTextOf(unit: string): (value: number) => string {
  if (unit === 'Bytes') return bytesText;
  return unit === 'Milliseconds' ? durationText : shortNumber;
}

function shortNumber(value: number): string {
  return Number.isInteger(value) ? shortCount(value) : String(Number(value.toPrecision(3)));
}

const EXACT_BYTES = (value: number) => `${exactCount(value)} bytes`;
const EXACT_MS = (value: number) => `${exactCount(value)} ms`;

function exactTextOf(unit: string): (value: number) => string {
  if (unit === 'Bytes') return EXACT_BYTES;
  return unit === 'Milliseconds' ? EXACT_MS : exactCount;
}
