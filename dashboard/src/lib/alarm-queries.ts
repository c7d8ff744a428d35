import {
  useMutation,
  useQuery,
  useQueryClient,
  type UseMutationResult,
  type UseQueryResult,
} from '@tanstack/react-query';
import { useView } from '../routes/view.tsx';
import type {
  AlarmDefinition,
  AlarmDetail,
  AlarmMatcher,
  Alarms,
  AlarmSaid,
  AlarmState,
  AlarmTransitions,
  Silences,
} from './alarm-row.ts';
import { getJson, postJson, type ApiProblem } from './api.ts';
import { usePages, type Pages } from './pages-query.ts';
import { liveIntervalMs, scopeOf } from './queries.ts';

type Answer<T> = UseQueryResult<T, ApiProblem>;
type Telling<Request> = UseMutationResult<AlarmSaid, ApiProblem, Request>;

/** Alarms are evaluated each minute. */
const ASKED_MS = 15_000;
/** Definitions change with the configuration, which is read at the start. */
const DEFINITIONS_MS = 300_000;
/** As many transitions as the lanes are drawn from. */
export const LANE_TRANSITIONS_MAX = 1000;

function useStanding<T>(route: string, intervalMs: number): Answer<T> {
  return useQuery<T, ApiProblem>({
    queryKey: [route],
    queryFn: ({ signal }) => getJson<T>(route, {}, signal),
    staleTime: intervalMs,
    refetchInterval: intervalMs,
    meta: { isHeld: true },
  });
}

/** Alarms as they stand, the worst thousand, whatever is chosen. */
export function useAlarms(): Answer<Alarms> {
  return useStanding<Alarms>('/alarms', ASKED_MS);
}

/** As many as one answer has. */
const LISTED_MAX = 10_000;

/** Those in ALARM. Every page asks it, so it is not asked anew at each arrival. */
export function useWrongAlarms(): Answer<Alarms> {
  return useAlarmsIn('ALARM', true);
}

/** Every alarm of a state; not asked until somebody wants it. */
export function useAlarmsIn(state: AlarmState, isAsked: boolean): Answer<Alarms> {
  return useQuery<Alarms, ApiProblem>({
    queryKey: ['/alarms', state],
    queryFn: ({ signal }) => getJson<Alarms>('/alarms', { state, limit: LISTED_MAX }, signal),
    enabled: isAsked,
    staleTime: ASKED_MS,
    refetchInterval: ASKED_MS,
    meta: { isHeld: true },
  });
}

export function useSilences(): Answer<Silences> {
  return useStanding<Silences>('/silences', ASKED_MS);
}

export function useDefinitions(): Answer<{ readonly rows: readonly AlarmDefinition[] }> {
  return useStanding('/alarms/definitions', DEFINITIONS_MS);
}

/** One alarm with its definition, its points and what became of it. */
export function useAlarm(alarm: string): Answer<AlarmDetail> {
  const { isLive } = useView();
  return useQuery<AlarmDetail, ApiProblem>({
    queryKey: ['/alarms/detail', alarm],
    queryFn: ({ signal }) => getJson<AlarmDetail>('/alarms/detail', { alarm }, signal),
    refetchInterval: isLive && ASKED_MS,
    meta: { isHeld: true },
  });
}

interface TransitionsAsked {
  readonly limit: number;
  /** False while a row is open, so that the list keeps its place. */
  readonly isLive: boolean;
}

/** Changes of state in the view's range, newest first, page by page. */
export function useTransitions({ limit, isLive }: TransitionsAsked): Pages<AlarmTransitions> {
  const view = useView();
  return usePages<AlarmTransitions>({
    route: '/alarms/transitions',
    key: [view.range, limit],
    first: () => {
      const { since, until } = scopeOf(view, Date.now());
      return { since, until, limit };
    },
    intervalMs: isLive ? liveIntervalMs(view) : false,
  });
}

function useTelling<Request extends object>(routeOf: (request: Request) => string): Telling<Request> {
  const queries = useQueryClient();
  return useMutation<AlarmSaid, ApiProblem, Request>({
    mutationFn: (request) => postJson<AlarmSaid>(routeOf(request), request),
    onSettled: () =>
      queries.invalidateQueries({
        predicate: ({ queryKey: [asked] }) =>
          typeof asked === 'string' &&
          ['/alarms', '/silences', '/notifications'].some((route) => asked.startsWith(route)),
      }),
  });
}

interface AcknowledgeAsked {
  readonly alarm: string;
  /** When it ends, as ISO 8601; without it when the alarm recovers. */
  readonly until?: string;
  readonly author: string;
  readonly reason: string;
}

export function useAcknowledge(): Telling<AcknowledgeAsked> {
  return useTelling(() => '/alarms/acknowledge');
}

interface SilenceAsked {
  readonly matchers: readonly AlarmMatcher[];
  readonly ends: string;
  readonly author: string;
  readonly reason: string;
}

export function useSilence(): Telling<SilenceAsked> {
  return useTelling(() => '/silences');
}

/** Ends a silence now. */
export function useEndSilence(id: string): Telling<object> {
  return useTelling(() => `/silences/${encodeURIComponent(id)}/end`);
}
