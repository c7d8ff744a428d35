import { useCallback } from 'react';
import { parseTime } from '../lib/format.ts';
import { useBuckets } from '../lib/queries.ts';
import { currentPlace, go, hrefWith } from '../routes/place.ts';
import { rangeParams } from '../routes/range.ts';
import { useView } from '../routes/view.tsx';

/** Makes a stretch of time the page's range; Back returns to the one before. */
export function useZoom(): (sinceMs: number, untilMs: number) => void {
  return useCallback((sinceMs: number, untilMs: number) => {
    go(hrefWith(currentPlace(), rangeParams({ kind: 'absolute', sinceMs, untilMs })));
  }, []);
}

/** When the newest request of the bucket in view, or of any bucket, was made; null when there is none. */
export function useNewestRequestMs(): number | null {
  const view = useView();
  const buckets = useBuckets(view.isLive).data?.rows ?? [];
  const times = buckets
    .filter((row) => view.bucket === null || row.bucket === view.bucket)
    .map((row) => parseTime(row.newest_event) ?? 0);
  return times.length === 0 ? null : Math.max(...times);
}
