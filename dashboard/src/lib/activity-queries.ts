import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import type {
  Access,
  Cost,
  FirstSeen,
  MetricAnswer,
  MetricCatalogue,
  Slow,
  Split,
  Storms,
} from '../../../src/serve/activity-api.ts';
import type { Completeness, Top, TopDimension } from '../../../src/serve/api.ts';
import { getJson, type ApiProblem } from './api.ts';
import { usePages, type Pages } from './pages-query.ts';
import { liveIntervalMs, scopeOf, useOverRange } from './queries.ts';
import { useView } from '../routes/view.tsx';

type Answer<T> = UseQueryResult<T, ApiProblem>;

/** What requests are told apart by in a chart. */
export const SPLITS = ['operation', 'bucket', 'http_status', 'error_code'] as const;
export type SplitBy = (typeof SPLITS)[number];

/** What the rows of a top list are ordered by. */
export const TOP_ORDERS = ['requests', 'bytes_sent', 'errors'] as const;
export type TopBy = (typeof TOP_ORDERS)[number];

/** What costs are told apart by. */
export const COST_SPLITS = ['bucket', 'requester', 'operation', 'prefix'] as const;
export type CostBy = (typeof COST_SPLITS)[number];

export function useSplit(by: SplitBy, steps: number): Answer<Split> {
  return useOverRange<Split>('/activity/split', { by, steps });
}

interface TopRequest {
  readonly dimension: TopDimension;
  readonly by: TopBy;
  readonly limit: number;
}

export function useTopBy({ dimension, by, limit }: TopRequest): Answer<Top> {
  return useOverRange<Top>('/activity/top', { dimension, by, limit });
}

export function useMetrics(): Answer<MetricCatalogue> {
  return useQuery<MetricCatalogue, ApiProblem>({
    queryKey: ['/metrics'],
    queryFn: ({ signal }) => getJson<MetricCatalogue>('/metrics', {}, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function useMetric(name: string, statistic: string, steps: number): Answer<MetricAnswer> {
  return useOverRange<MetricAnswer>(`/metrics/${encodeURIComponent(name)}`, { statistic, steps });
}

export function useAccess(): Answer<Access> {
  return useOverRange<Access>('/activity/access', {});
}

export function useSlow(limit: number): Answer<Slow> {
  return useOverRange<Slow>('/activity/slow', { limit });
}

export function useStorms(): Answer<Storms> {
  return useOverRange<Storms>('/activity/storms', {});
}

export function useCost(by: CostBy, limit: number): Answer<Cost> {
  return useOverRange<Cost>('/activity/cost', { by, limit });
}

export function useCompleteness(): Answer<Completeness> {
  return useOverRange<Completeness>('/completeness', {});
}

/** Who did what for the first time in the range, newest first. */
export function useFirstSeen(kind: string, limit: number): Pages<FirstSeen> {
  const view = useView();
  return usePages<FirstSeen>({
    route: '/activity/first-seen',
    key: [view.bucket, view.range, kind, limit],
    first: () => ({ ...scopeOf(view, Date.now()), kind, limit }),
    intervalMs: liveIntervalMs(view),
  });
}
