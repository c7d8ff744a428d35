import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { isoSecond, windowOf } from '../routes/range.ts';
import { useView } from '../routes/view.tsx';
import { getJson, type ApiProblem } from './api.ts';
import type { Series } from '../../../src/serve/api.ts';

const DAY_MS = 24 * 3_600_000;
const KEPT_MS = 5 * 60_000;

/** The same length of time as the view's, some whole days before: what is usual at these hours. */
export function useSeriesBefore(): UseQueryResult<Series, ApiProblem> {
  const { range, bucket } = useView();
  return useQuery<Series, ApiProblem>({
    queryKey: ['/activity/series', 'before', bucket, JSON.stringify(range)],
    queryFn: ({ signal }) => {
      const { sinceMs, untilMs } = windowOf(range, Date.now());
      const backMs = Math.ceil((untilMs - sinceMs) / DAY_MS) * DAY_MS;
      const ends = { since: isoSecond(sinceMs - backMs), until: isoSecond(untilMs - backMs) };
      return getJson<Series>('/activity/series', { ...ends, bucket, steps: 1 }, signal);
    },
    staleTime: KEPT_MS,
    refetchInterval: KEPT_MS,
  });
}
