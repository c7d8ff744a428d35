import type { BatchPage, RejectPage } from '../../../src/serve/api.ts';
import { usePages, type Pages } from './pages-query.ts';

const LIVE_MS = 5000;

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
    intervalMs: request.isLive ? LIVE_MS : false,
  });
}

/** Lines that could not be read, newest first; of one batch or of all. */
export function useRejects(batchId: string | null, request: LedgerRequest): Pages<RejectPage> {
  return usePages<RejectPage>({
    route: '/rejects',
    key: [batchId, request.limit],
    first: () => ({ batch_id: batchId, limit: request.limit }),
    intervalMs: request.isLive ? LIVE_MS : false,
  });
}
