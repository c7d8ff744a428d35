import type { BatchPage, RejectPage } from '../../../src/serve/api.ts';
import { useLive } from './live.tsx';
import { usePages, type Pages } from './pages-query.ts';

/** How often it is asked again where the server's events cannot be had. */
const POLL_MS = 5000;
/** Not by itself, only when told of a change. */
const TOLD_MS = Number.POSITIVE_INFINITY;

function useLedgerMs(isLive: boolean): number | false {
  const live = useLive();
  if (!isLive) return false;
  return live === 'live' ? TOLD_MS : POLL_MS;
}

interface LedgerRequest {
  readonly limit: number;
  readonly isLive: boolean;
}

/** Batches, newest first; null for any state or source. */
export function useBatches(
  filter: { readonly state: string | null; readonly source: string | null },
  request: LedgerRequest,
): Pages<BatchPage> {
  return usePages<BatchPage>({
    route: '/batches',
    key: [filter, request.limit],
    first: () => ({ ...filter, limit: request.limit }),
    intervalMs: useLedgerMs(request.isLive),
  });
}

/** Lines that could not be read, newest first; of one batch or of all. */
export function useRejects(batchId: string | null, request: LedgerRequest): Pages<RejectPage> {
  return usePages<RejectPage>({
    route: '/rejects',
    key: [batchId, request.limit],
    first: () => ({ batch_id: batchId, limit: request.limit }),
    intervalMs: useLedgerMs(request.isLive),
  });
}
