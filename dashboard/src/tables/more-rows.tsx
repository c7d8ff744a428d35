import { counted } from '../lib/format.ts';
import type { CursorPage, Pages } from '../lib/pages-query.ts';

interface MoreRowsProps {
  readonly list: Pages<CursorPage>;
  readonly noun: string;
  /** What comes first in it. */
  readonly order?: 'newest' | 'oldest';
}

/** The end of a list: how much is shown, and a button where there is more. */
export function MoreRows({ list, noun, order = 'newest' }: MoreRowsProps) {
  const shown = counted(list.rows.length, noun);
  return (
    <footer className="panel-foot">
      <span>{list.hasMore ? `The ${order} ${shown}` : `${shown}, that is all`}</span>
      {list.hasMore && (
        <button type="button" className="button" disabled={list.isLoadingMore} onClick={list.loadMore}>
          {list.isLoadingMore ? 'Loading…' : 'Load more'}
        </button>
      )}
    </footer>
  );
}
