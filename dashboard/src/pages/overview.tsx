import type { TopDimension } from '../../../src/serve/api.ts';
import { useSeries } from '../lib/queries.ts';
import { TopList } from '../tables/top-list.tsx';
import { useView } from '../routes/view.tsx';
import { LatencyPanel, RequestsPanel } from './chart-panels.tsx';
import { DemoBanner } from './demo-banner.tsx';
import { EmptyStore, isEmptyStore } from './empty-store.tsx';
import { RecentBatches, RecentRejects } from './recent.tsx';
import { VerdictLine } from './verdict-line.tsx';

const STEPS = 160;
const TOP_LIMIT = 8;
const DIMENSIONS: readonly TopDimension[] = [
  'operation',
  'error_code',
  'key',
  'requester',
  'remote_ip',
  'user_agent',
];

/** What is wrong now, or that nothing is. */
export function Overview() {
  const { status } = useView();
  if (isEmptyStore(status)) return <EmptyStore status={status} />;
  return <FilledOverview />;
}

function FilledOverview() {
  const { status } = useView();
  const series = useSeries(STEPS);
  return (
    <div className="stack">
      {status.demo && <DemoBanner />}
      <VerdictLine answer={series} />
      <div className="grid charts">
        <RequestsPanel answer={series} heightPx={220} />
        <LatencyPanel answer={series} heightPx={220} />
      </div>
      <div className="grid tops">
        {DIMENSIONS.map((dimension) => (
          <TopList key={dimension} dimension={dimension} limit={TOP_LIMIT} />
        ))}
      </div>
      <div className="grid halves">
        <RecentBatches />
        <RecentRejects />
      </div>
    </div>
  );
}
