import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { Status } from '../../../src/serve/api.ts';
import type { Buckets } from '../../../src/serve/bucket-api.ts';
import type { Series, Sources } from '../../../src/serve/api.ts';
import { isoSecond, windowOf } from '../routes/range.ts';
import { useView, type View } from '../routes/view.tsx';
import { getJson, type ApiProblem, type Query } from './api.ts';
import { useLive } from './live.tsx';
import type { Pairs } from './replication-row.ts';

/** How often live panels ask again where the server's events cannot be had. */
const POLL_MS = 5000;
/** In ranges over a day a step is many minutes wide, and asking costs the store more. */
const POLL_LONG_MS = 30_000;
/** Beside the server's events, so that a server that went away is noticed. */
const SLOW_MS = 30_000;
const PAIRS_MS = 15_000;
const DAY_MS = 24 * 3_600_000;

/** Not by itself, only when told of a change. */
const TOLD_MS = Number.POSITIVE_INFINITY;

/** How often a panel over the view's range asks by itself; false when it is held still. */
export function liveIntervalMs(view: Pick<View, 'range' | 'live'>): number | false {
  if (view.live === 'paused') return false;
  if (view.live === 'live') return TOLD_MS;
  const { sinceMs, untilMs } = windowOf(view.range, 0);
  return untilMs - sinceMs > DAY_MS ? POLL_LONG_MS : POLL_MS;
}

/** Bucket, since and until of a view at a moment, as the API takes them. */
export function scopeOf(view: View, nowMs: number): Query {
  const { sinceMs, untilMs } = windowOf(view.range, nowMs);
  return { since: isoSecond(sinceMs), until: isoSecond(untilMs), bucket: view.bucket };
}

/** A panel's answer over the view's range; asked again while live. A preset's ends are taken when it asks. */
export function useOverRange<T>(route: string, query: Query): UseQueryResult<T, ApiProblem> {
  const view = useView();
  return useQuery<T, ApiProblem>({
    queryKey: [route, view.bucket, view.range, query],
    queryFn: ({ signal }) => getJson<T>(route, { ...scopeOf(view, Date.now()), ...query }, signal),
    refetchInterval: liveIntervalMs(view),
    placeholderData: keepPreviousData,
  });
}

export function useSeries(steps: number): UseQueryResult<Series, ApiProblem> {
  return useOverRange<Series>('/activity/series', { steps });
}

/** What does not depend on the range: the state of the server, the buckets, the sources. */
function useWhole<T>(route: string, isLive: boolean): UseQueryResult<T, ApiProblem> {
  const live = useLive();
  return useQuery<T, ApiProblem>({
    queryKey: [route],
    queryFn: ({ signal }) => getJson<T>(route, {}, signal),
    refetchInterval: isLive && (live === 'polling' || live === 'reconnecting') ? POLL_MS : SLOW_MS,
  });
}

export function useStatus(isLive: boolean): UseQueryResult<Status, ApiProblem> {
  return useWhole<Status>('/status', isLive);
}

export function useBuckets(isLive: boolean): UseQueryResult<Buckets, ApiProblem> {
  return useWhole<Buckets>('/buckets', isLive);
}

/** Every pair as it stands, whatever is chosen. Every page asks it, so it is not asked anew at each arrival. */
export function useAllPairs(): UseQueryResult<Pairs, ApiProblem> {
  return useQuery<Pairs, ApiProblem>({
    queryKey: ['/replication/pairs'],
    queryFn: ({ signal }) => getJson<Pairs>('/replication/pairs', {}, signal),
    staleTime: PAIRS_MS,
    refetchInterval: PAIRS_MS,
    meta: { isHeld: true },
  });
}

export function useSources(isLive: boolean): UseQueryResult<Sources, ApiProblem> {
  return useWhole<Sources>('/sources', isLive);
}
