import {
  keepPreviousData,
  useMutation,
  useQuery,
  useQueryClient,
  type UseMutationResult,
  type UseQueryResult,
} from '@tanstack/react-query';
import { isoSecond } from '../routes/range.ts';
import { useView } from '../routes/view.tsx';
import { getJson, postJson, type ApiProblem } from './api.ts';
import type {
  BackupAccepted,
  BackupAct,
  BackupDetail,
  BackupDone,
  BackupLinks,
  BackupLook,
  BackupProposals,
  BackupRuns,
  Backups,
  BackupSeriesId,
} from './backup-row.ts';

type Answer<T> = UseQueryResult<T, ApiProblem>;
type Telling<Request, Answered> = UseMutationResult<Answered, ApiProblem, Request>;

/** Backups come by the hour, and all of them are a long answer: what is a minute old is new. */
const ALL_ASKED_MS = 60_000;
const ASKED_MS = 30_000;
/** As many runs as an answer has. */
export const RUNS_MAX = 10_000;
const HISTORY_DAYS = 90;

/** Every series as it stands, whatever is chosen. Every page asks it, so it is not asked anew at each arrival. */
export function useAllBackups(): Answer<Backups> {
  return useBackups(null);
}

/** The series of a bucket, or all where it is null. */
export function useBackups(bucket: string | null): Answer<Backups> {
  return useQuery<Backups, ApiProblem>({
    queryKey: ['/backups', bucket],
    queryFn: ({ signal }) => getJson<Backups>('/backups', { bucket }, signal),
    staleTime: ALL_ASKED_MS,
    refetchInterval: ALL_ASKED_MS,
    meta: { isHeld: true },
  });
}

interface RunsAsked {
  /** Null for those of every bucket. */
  readonly bucket: string | null;
  readonly sinceMs: number;
  readonly untilMs: number;
}

/** What became of the runs that were due in a stretch of time: the latest `RUNS_MAX`. */
export function useBackupRuns({ bucket, sinceMs, untilMs }: RunsAsked): Answer<BackupRuns> {
  const { isLive } = useView();
  const query = { since: isoSecond(sinceMs), until: isoSecond(untilMs), bucket };
  return useQuery<BackupRuns, ApiProblem>({
    queryKey: ['/backups/runs', query],
    queryFn: ({ signal }) => getJson<BackupRuns>('/backups/runs', query, signal),
    staleTime: ALL_ASKED_MS,
    refetchInterval: isLive && ALL_ASKED_MS,
    placeholderData: keepPreviousData,
    meta: { isHeld: true },
  });
}

/** Everything about one series. */
export function useBackupSeries({ bucket, series }: BackupSeriesId): Answer<BackupDetail> {
  const { isLive } = useView();
  return useQuery<BackupDetail, ApiProblem>({
    queryKey: ['/backups/series', bucket, series],
    queryFn: ({ signal }) => getJson<BackupDetail>('/backups/series', { bucket, series }, signal),
    refetchInterval: isLive && ASKED_MS,
    meta: { isHeld: true },
  });
}

/** What the history of found series proposes; not asked where none waits. */
export function useBackupProposals(isAsked: boolean): Answer<BackupProposals> {
  return useQuery<BackupProposals, ApiProblem>({
    queryKey: ['/backups/proposals'],
    queryFn: ({ signal }) => getJson<BackupProposals>('/backups/proposals', { days: HISTORY_DAYS }, signal),
    enabled: isAsked,
    staleTime: ASKED_MS,
    meta: { isHeld: true },
  });
}

/** Where others may read of a series; not asked until somebody wants it. */
export function useBackupLinks({ bucket, series }: BackupSeriesId, isAsked: boolean): Answer<BackupLinks> {
  return useQuery<BackupLinks, ApiProblem>({
    queryKey: ['/backups/links', bucket, series],
    queryFn: ({ signal }) => getJson<BackupLinks>('/backups/links', { bucket, series }, signal),
    enabled: isAsked,
    staleTime: ASKED_MS,
    retry: false,
    meta: { isHeld: true },
  });
}

function useTelling<Request extends object, Answered>(route: string): Telling<Request, Answered> {
  const queries = useQueryClient();
  return useMutation<Answered, ApiProblem, Request>({
    mutationFn: (request) => postJson<Answered>(route, request),
    onSettled: () =>
      queries.invalidateQueries({
        predicate: ({ queryKey: [asked] }) => typeof asked === 'string' && asked.startsWith('/backups'),
      }),
  });
}

/** Writes found series into the configuration. */
export function useAccept(): Telling<{ readonly ids: readonly BackupSeriesId[] }, BackupAccepted> {
  return useTelling('/backups/accept');
}

export interface ActAsked extends BackupSeriesId {
  readonly act: BackupAct;
  /** When a pause ends by itself, as ISO 8601. */
  readonly until?: string;
  readonly author: string;
  readonly reason: string;
}

/** Says something of a series. */
export function useAct(): Telling<ActAsked, BackupDone> {
  return useTelling('/backups/act');
}

/** Lists a bucket now. */
export function useLook(): Telling<{ readonly bucket: string }, BackupLook> {
  return useTelling('/backups/look');
}
