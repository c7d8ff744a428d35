import type { BackupSeriesId } from '../../lib/backup-row.ts';
import { hrefTo, type Place } from '../../routes/place.ts';

/** One run of a series, by when it was due. */
export interface RunName extends BackupSeriesId {
  readonly due: string;
}

/** The series whose page the address asks for; the bucket in view is its bucket where the address names no other. */
export function seriesInAddress({ params }: Place): BackupSeriesId | null {
  const series = params.get('series');
  const bucket = params.get('series_bucket') ?? params.get('bucket');
  return series === null || bucket === null ? null : { bucket, series };
}

/** The page of one series. */
export function seriesHref(place: Place, { bucket, series }: BackupSeriesId): string {
  return hrefTo(place, '/backups', { series_bucket: bucket, series });
}

/** What to set in the address to open the panel of a run; null closes it. */
export function runParams(run: RunName | null): Readonly<Record<string, string | null>> {
  return {
    run_bucket: run?.bucket ?? null,
    run_series: run?.series ?? null,
    run: run?.due ?? null,
  };
}

/** The run whose panel the address opens. */
export function runInAddress({ params }: Place): RunName | null {
  const bucket = params.get('run_bucket');
  const series = params.get('run_series');
  const due = params.get('run');
  return bucket === null || series === null || due === null ? null : { bucket, series, due };
}
