import { keepPreviousData, useInfiniteQuery, type InfiniteData } from '@tanstack/react-query';
import type { ApiProblem, Query } from './api.ts';
import { getJson } from './api.ts';

/** An answer that may have a next one. */
export interface CursorPage {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly next_cursor: string | null;
}

/** What the next page needs: where it begins, and the ends of the range its first page was taken over. */
type PageParam = Query | null;

interface PagesRequest<Page extends CursorPage> {
  readonly route: string;
  /** What tells this list from others, save its route. */
  readonly key: readonly unknown[];
  /** The query of the first page, taken when it is asked for. */
  readonly first: () => Query;
  /** What later pages repeat of an earlier answer, so that all are of one range. */
  readonly repeat?: (page: Page) => Query;
  /** How often it is asked again while polling; false holds it still, whatever arrives. */
  readonly intervalMs: number | false;
  /** True while there is no need to ask. */
  readonly isIdle?: boolean;
}

export interface Pages<Page extends CursorPage> {
  readonly pages: readonly Page[];
  readonly rows: readonly Page['rows'][number][];
  readonly problem: ApiProblem | null;
  readonly isPending: boolean;
  readonly isStale: boolean;
  readonly hasMore: boolean;
  readonly isLoadingMore: boolean;
  readonly loadMore: () => void;
  readonly retry: () => void;
}

/** A list that is read page by page. It stops asking again by itself once a second page was loaded. */
export function usePages<Page extends CursorPage>(request: PagesRequest<Page>): Pages<Page> {
  const answer = useInfiniteQuery<Page, ApiProblem, InfiniteData<Page>, readonly unknown[], PageParam>({
    queryKey: [request.route, ...request.key],
    queryFn: ({ pageParam, signal }) =>
      getJson<Page>(request.route, { ...request.first(), ...pageParam }, signal),
    initialPageParam: null,
    getNextPageParam: (last) =>
      last.next_cursor === null ? null : { ...request.repeat?.(last), cursor: last.next_cursor },
    refetchInterval: (query) => ((query.state.data?.pages.length ?? 0) > 1 ? false : request.intervalMs),
    placeholderData: keepPreviousData,
    meta: { isHeld: request.intervalMs === false },
    enabled: request.isIdle !== true,
  });
  const pages = answer.data?.pages ?? [];
  return {
    pages,
    rows: pages.flatMap((page) => page.rows),
    problem: answer.error,
    isPending: answer.isPending,
    isStale: answer.isPlaceholderData,
    hasMore: answer.hasNextPage,
    isLoadingMore: answer.isFetchingNextPage,
    loadMore: () => void answer.fetchNextPage(),
    retry: () => void answer.refetch(),
  };
}
