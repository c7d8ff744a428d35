import { TOP_ORDER } from '../tables/top-order.ts';
import { bytesText, exactCount, percentText, shortCount } from '../lib/format.ts';
import { useSeries } from '../lib/queries.ts';
import { useView } from '../routes/view.tsx';
import { TopList } from '../tables/top-list.tsx';
import type { Series } from '../../../src/serve/api.ts';
import { LatencyPanel, RequestsPanel } from './chart-panels.tsx';
import { EmptyStore, isEmptyStore } from './empty-store.tsx';
import { VerdictLine } from './verdict-line.tsx';

const STEPS = 320;
const TOP_LIMIT = 15;

/** Traffic, errors and latency, and who makes them. */
export function Activity() {
  const { status } = useView();
  if (isEmptyStore(status)) return <EmptyStore status={status} />;
  return <FilledActivity />;
}

function FilledActivity() {
  const series = useSeries(STEPS);
  return (
    <div className="stack">
      <VerdictLine answer={series} />
      {series.data !== undefined && <Totals totals={series.data.totals} />}
      <RequestsPanel answer={series} heightPx={320} />
      <LatencyPanel answer={series} heightPx={280} />
      <div className="grid tops">
        {TOP_ORDER.map((dimension) => (
          <TopList key={dimension} dimension={dimension} limit={TOP_LIMIT} />
        ))}
      </div>
    </div>
  );
}

function Totals({ totals }: { readonly totals: Series['totals'] }) {
  const share = (count: number) => percentText(count / Math.max(1, totals.requests));
  return (
    <dl className="totals">
      <div title={exactCount(totals.requests)}>
        <dt>Requests</dt>
        <dd>{shortCount(totals.requests)}</dd>
      </div>
      <div title={exactCount(totals.errors_4xx)}>
        <dt>4xx client errors</dt>
        <dd>
          {shortCount(totals.errors_4xx)} <small>{share(totals.errors_4xx)}</small>
        </dd>
      </div>
      <div title={exactCount(totals.errors_5xx)}>
        <dt>5xx server errors</dt>
        <dd>
          {shortCount(totals.errors_5xx)} <small>{share(totals.errors_5xx)}</small>
        </dd>
      </div>
      <div title={`${exactCount(totals.bytes_sent)} bytes`}>
        <dt>Sent</dt>
        <dd>{bytesText(totals.bytes_sent)}</dd>
      </div>
    </dl>
  );
}
