import { useBackups } from '../lib/backup-queries.ts';
import { Skeleton } from '../lib/panel.tsx';
import { ProblemBox } from '../lib/problem-box.tsx';
import { useView } from '../routes/view.tsx';
import { BackupsView } from './backups/backups-view.tsx';
import { NoSeries } from './backups/no-series.tsx';
import { runInAddress, seriesInAddress } from './backups/series-address.ts';
import { SeriesView } from './backups/series-view.tsx';

/** Every backup series by day, or the one the address names. */
export function Backups() {
  const { place, bucket } = useView();
  const backups = useBackups(bucket);
  const asked = seriesInAddress(place);
  const { data } = backups;
  if (asked !== null) return <SeriesView id={asked} />;
  return (
    <div className="stack" data-panel-open={runInAddress(place) !== null}>
      {backups.error !== null && (
        <ProblemBox problem={backups.error} onRetry={() => void backups.refetch()} />
      )}
      {data === undefined && backups.error === null && (
        <>
          <Skeleton heightPx={56} />
          <Skeleton heightPx={400} />
        </>
      )}
      {data !== undefined && data.rows.length === 0 && <NoSeries backups={data} />}
      {data !== undefined && data.rows.length > 0 && <BackupsView backups={data} />}
    </div>
  );
}
