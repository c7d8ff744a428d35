import { useSeries } from '../lib/queries.ts';
import { useView } from '../routes/view.tsx';
import { useAllBackups } from '../lib/backup-queries.ts';
import { TopPanel } from './activity/top-panel.tsx';
import { AttentionList } from './attention-list.tsx';
import { BackupsStrip } from './backups/backups-strip.tsx';
import { LatencyPanel, RequestsPanel } from './chart-panels.tsx';
import { useConcerns } from './concerns.ts';
import { DemoBanner } from './demo-banner.tsx';
import { EmptyStore, isEmptyStore } from './empty-store.tsx';
import { ReplicationStrip } from './replication/replication-strip.tsx';
import { SourcesStrip } from './sources/sources-strip.tsx';
import { VerdictLine } from './verdict-line.tsx';

const STEPS = 160;
const TOP_LIMIT = 8;

/** What is wrong now, or that nothing is. */
export function Overview() {
  const { status } = useView();
  const backups = useAllBackups();
  if (isEmptyStore(status))
    return (
      <div className="stack">
        {(backups.data?.rows ?? []).length > 0 && <BackupsStrip />}
        <EmptyStore status={status} />
      </div>
    );
  return <FilledOverview />;
}

function FilledOverview() {
  const { status } = useView();
  const series = useSeries(STEPS);
  const concerns = useConcerns(series.data ?? null);
  return (
    <div className="stack">
      {status.demo && <DemoBanner />}
      <VerdictLine answer={series} concerns={concerns} />
      <AttentionList concerns={concerns} />
      <ReplicationStrip />
      <BackupsStrip />
      <RequestsPanel answer={series} heightPx={200} />
      <LatencyPanel answer={series} heightPx={160} />
      <div className="grid tops">
        <TopPanel dimension="bucket" by="requests" limit={TOP_LIMIT} />
        <TopPanel dimension="operation" by="requests" limit={TOP_LIMIT} />
        <TopPanel dimension="error_code" by="requests" limit={TOP_LIMIT} />
      </div>
      <SourcesStrip />
    </div>
  );
}
