import { usePages, type Pages } from './pages-query.ts';
import { liveIntervalMs } from './queries.ts';
import type { ParkedPage } from '../../../src/serve/api.ts';
import { useView } from '../routes/view.tsx';

interface ParkedRequest {
  readonly source: string | null;
  readonly limit: number;
  /** True while no source is one that parks messages. */
  readonly isIdle: boolean;
}

/** Messages that announce no log and are no event, newest first; of one source or of all. */
export function useParked({ source, limit, isIdle }: ParkedRequest): Pages<ParkedPage> {
  const view = useView();
  return usePages<ParkedPage>({
    route: '/parked',
    key: [source, limit],
    first: () => ({ source, limit }),
    intervalMs: liveIntervalMs(view),
    isIdle,
  });
}
