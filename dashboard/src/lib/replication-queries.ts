import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import type {
  Canaries as CanariesAnswer,
  ObjectHistory as ObjectHistoryAnswer,
  Pairs,
  ReplicationFailures as FailuresAnswer,
  ReplicationObjects as ObjectsAnswer,
  ReplicationSeries as SeriesAnswer,
} from './replication-row.ts';
import { getJson, type ApiProblem } from './api.ts';
import { usePages, type Pages } from './pages-query.ts';
import { liveIntervalMs, useOverRange } from './queries.ts';
import { useView } from '../routes/view.tsx';

type Answer<T> = UseQueryResult<T, ApiProblem>;

/** The pairs of the view's bucket, with what happened in its range. */
export function usePairs(): Answer<Pairs> {
  return useOverRange<Pairs>('/replication/pairs', {});
}

/** How a pair did over the view's range. */
export function usePairSeries(pair: string): Answer<SeriesAnswer> {
  return useOverRange<SeriesAnswer>('/replication/series', { pair });
}

/** Why versions of a pair failed, as things stand: whenever they were written. */
export function usePairFailures(pair: string): Answer<FailuresAnswer> {
  const view = useView();
  return useQuery<FailuresAnswer, ApiProblem>({
    queryKey: ['/replication/failures', pair],
    queryFn: ({ signal }) => getJson<FailuresAnswer>('/replication/failures', { pair }, signal),
    refetchInterval: liveIntervalMs(view),
  });
}

export function useCanaries(pair: string): Answer<CanariesAnswer> {
  return useOverRange<CanariesAnswer>('/replication/canaries', { pair });
}

interface ObjectsRequest {
  readonly pair: string;
  readonly status: string;
  readonly limit: number;
  /** False while a row is open, so that the list keeps its place. */
  readonly isLive: boolean;
}

/** Versions of a pair as they stand, page by page: whenever they were written. */
export function usePairObjects({ pair, status, limit, isLive }: ObjectsRequest): Pages<ObjectsAnswer> {
  const view = useView();
  return usePages<ObjectsAnswer>({
    route: '/replication/objects',
    key: [pair, status, limit],
    first: () => ({ pair, status, limit }),
    intervalMs: isLive ? liveIntervalMs(view) : false,
  });
}

/** All that is known of the versions of one object, at its source and its destinations. */
export function useObjectHistory(bucket: string, key: string): Answer<ObjectHistoryAnswer> {
  return useQuery<ObjectHistoryAnswer, ApiProblem>({
    queryKey: ['/replication/object', bucket, key],
    queryFn: ({ signal }) => getJson<ObjectHistoryAnswer>('/replication/object', { bucket, key }, signal),
  });
}
