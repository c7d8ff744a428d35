import { counted } from '../lib/format.ts';
import type { CursorPage, Pages } from '../lib/pages-query.ts';

/** The end of a list: how much is shown, and a button where there is more. */
export function MoreRows({ list, noun }: { readonly list: Pages<CursorPage>; readonly noun: string }) {
  const shown = counted(list.rows.length, noun);
  return (
    <footer className="panel-foot">
      <span>{list.hasMore ? `The newest ${shown}` : `${shown}, that is all`}</span>
      {list.hasMore && (
        <button type="button" className="button" disabled={list.isLoadingMore} onClick={list.loadMore}>
          {list.isLoadingMore ? 'Loading…' : 'Load more'}
        </button>
      )}
    </footer>
  );
}
