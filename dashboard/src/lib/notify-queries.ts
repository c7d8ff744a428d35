import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { useView } from '../routes/view.tsx';
import { getJson, type ApiProblem, type Query } from './api.ts';
import type { Deliveries, NotifyChannels, NotifyTargets } from './notify-row.ts';
import { usePages, type Pages } from './pages-query.ts';

/** What is due is sent within seconds. */
const ASKED_MS = 10_000;

function useAsked<T>(route: string, query: Query): UseQueryResult<T, ApiProblem> {
  const { isLive } = useView();
  return useQuery<T, ApiProblem>({
    queryKey: [route, query],
    queryFn: ({ signal }) => getJson<T>(route, query, signal),
    refetchInterval: isLive && ASKED_MS,
    meta: { isHeld: true },
  });
}

/** How each channel does, and what waits. */
export function useNotifyChannels(): UseQueryResult<NotifyChannels, ApiProblem> {
  return useAsked('/notifications/channels', {});
}

/** Who is told of an alarm as things stand. */
export function useNotifyTargets(alarm: string): UseQueryResult<NotifyTargets, ApiProblem> {
  return useAsked('/notifications/routes', { alarm });
}

interface DeliveriesAsked {
  readonly channel: string | null;
  /** A leading `!` leaves it out. */
  readonly outcome: string;
  readonly alarm: string | null;
  /** False while a row is open, so that the list keeps its place. */
  readonly isLive: boolean;
}

const PAGE_ROWS = 100;

/** Every try of a message, newest first, page by page. */
export function useDeliveries({ isLive, ...asked }: DeliveriesAsked): Pages<Deliveries> {
  return usePages<Deliveries>({
    route: '/notifications',
    key: [asked],
    first: () => ({ ...asked, limit: PAGE_ROWS }),
    intervalMs: isLive && ASKED_MS,
  });
}
