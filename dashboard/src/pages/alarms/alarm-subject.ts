import type { Alarm } from '../../lib/alarm-row.ts';

/** What an alarm is about, and where the page shows it. */
export interface Subject {
  readonly title: string;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
}

/** The pair, series, source or bucket that the labels name; null where they name none. */
export function subjectOf({ labels }: Pick<Alarm, 'labels'>): Subject | null {
  const { pair, bucket, series, source } = labels;
  if (pair !== undefined) return { title: 'Its pair', path: '/replication', params: { pair } };
  if (bucket !== undefined && series !== undefined)
    return { title: 'Its series', path: '/backups', params: { series_bucket: bucket, series } };
  if (source !== undefined && labels['monitor'] === 'intake')
    return { title: 'Its source', path: '/sources', params: { source } };
  if (bucket !== undefined) return { title: 'Its bucket', path: '/activity', params: { bucket } };
  return null;
}
