import { useState } from 'react';
import type { FactPage } from '../../../src/serve/api.ts';
import { fieldText, idOfRow, rowIds, type FactRow } from '../lib/facts.ts';
import { parseTime } from '../lib/format.ts';
import { usePages } from '../lib/pages-query.ts';
import { Skeleton } from '../lib/panel.tsx';
import { ProblemBox } from '../lib/problem-box.tsx';
import { scopeOf } from '../lib/queries.ts';
import { go, hrefWith } from '../routes/place.ts';
import { isoSecond } from '../routes/range.ts';
import { useView } from '../routes/view.tsx';
import type { FilterBy } from '../tables/cell-actions.tsx';
import { SidePanel } from '../tables/side-panel.tsx';
import { Timeline } from '../tables/timeline.tsx';
import type { ExplorerKind } from './kind.ts';

const SAME_ID_ROWS = 100;

interface OpenRowProps {
  readonly kind: ExplorerKind;
  readonly openId: string;
  readonly rows: readonly FactRow[];
  readonly ids: readonly string[];
  readonly filterBy: FilterBy;
}

/** The panel of the open row; a row that is not in the list, as behind a pasted link, is asked for by its id. */
export function OpenRow({ kind, openId, rows, ids, filterBy }: OpenRowProps) {
  const view = useView();
  const { place } = view;
  const index = ids.indexOf(openId);
  const isListed = index >= 0;
  const alone = usePages<FactPage>({
    route: kind.route,
    key: ['alone', idOfRow(openId), view.range],
    first: () => ({
      ...scopeOf(view, Date.now()),
      bucket: null,
      [kind.idColumn]: idOfRow(openId),
      limit: SAME_ID_ROWS,
    }),
    intervalMs: false,
    isIdle: isListed,
  });
  const row = isListed ? rows[index] : alone.rows[rowIds(alone.rows, kind.idColumn).indexOf(openId)];
  const close = () => go(hrefWith(place, { open: null, tab: null, about: null }), { replace: true });
  const step = (direction: -1 | 1) => {
    const id = ids[index + direction];
    if (id !== undefined) go(hrefWith(place, { open: id }), { replace: true });
  };
  const title = `One ${kind.noun}`;
  if (row !== undefined)
    return (
      <SidePanel
        title={title}
        row={row}
        onClose={close}
        onStep={isListed ? step : null}
        filterBy={filterBy}
        timeline={<RowTimeline kind={kind} row={row} />}
      />
    );
  return (
    <SidePanel title={title} row={{}} onClose={close} onStep={null}>
      {alone.problem !== null && <ProblemBox problem={alone.problem} onRetry={alone.retry} />}
      {alone.isPending && alone.problem === null && <Skeleton heightPx={320} />}
      {!alone.isPending && <p className="panel-empty">It is not in this range. A longer one may hold it.</p>}
    </SidePanel>
  );
}

/** The timeline of the row's request, or of the object it was about. */
function RowTimeline({ kind, row }: { readonly kind: ExplorerKind; readonly row: FactRow }) {
  const view = useView();
  const { place } = view;
  const requestId = fieldText(row['request_id']);
  const timeMs = parseTime(row[kind.timeColumn]);
  const bucket = fieldText(row['bucket']);
  const key = fieldText(row['key']);
  const hasObject = bucket !== '' && key !== '';
  const isAboutObject = hasObject && (place.params.get('about') === 'object' || requestId === '');
  const about = (what: string | null) => go(hrefWith(place, { about: what }), { replace: true });
  if (!isAboutObject && (requestId === '' || timeMs === null))
    return <p className="panel-empty">This record names neither a request nor an object.</p>;
  return (
    <>
      {hasObject && requestId !== '' && (
        <div className="segments side-panel-tabs" role="group" aria-label="Timeline of">
          <button type="button" aria-pressed={!isAboutObject} onClick={() => about(null)}>
            This request
          </button>
          <button type="button" aria-pressed={isAboutObject} onClick={() => about('object')}>
            This object
          </button>
        </div>
      )}
      {isAboutObject ? (
        <ObjectTimeline key={`${bucket}/${key}`} bucket={bucket} object={key} />
      ) : (
        <Timeline query={{ request_id: requestId, time: isoSecond(timeMs ?? 0) }} />
      )}
    </>
  );
}

function ObjectTimeline({ bucket, object }: { readonly bucket: string; readonly object: string }) {
  const view = useView();
  // Its ends are those of the moment it was opened, or every drawing would ask anew.
  const [range] = useState(() => scopeOf(view, Date.now()));
  return <Timeline query={{ ...range, bucket, key: object }} />;
}
