import type { TopDimension } from '../../../../src/serve/api.ts';
import { useTopBy, type TopBy } from '../../lib/activity-queries.ts';
import type { Top } from '../../../../src/serve/api.ts';
import { bytesText, exactCount, shortCount } from '../../lib/format.ts';
import { CutText } from '../../lib/outside-text.tsx';
import { Estimated } from '../../lib/estimated.tsx';
import { EmptyPart } from '../../lib/empty-part.tsx';
import { Panel } from '../../lib/panel.tsx';
import { requestsOf } from '../../lib/rows-behind.ts';
import { ShareList, type Share } from '../../lib/share-list.tsx';
import type { Place } from '../../routes/place.ts';
import { useView } from '../../routes/view.tsx';
import { absentText, DIMENSIONS } from './dimensions.ts';

const ROW_PX = 30;

interface TopPanelProps {
  readonly dimension: TopDimension;
  readonly by: TopBy;
  readonly limit: number;
}

type TopRow = Top['rows'][number];

/** The values of one dimension with the most requests, bytes or errors. */
export function TopPanel({ dimension, by, limit }: TopPanelProps) {
  const { place } = useView();
  // One more than shown: "no error" is taken out of the errors.
  const top = useTopBy({ dimension, by, limit: dimension === 'error_code' ? limit + 1 : limit });
  const title = DIMENSIONS.find((known) => known.id === dimension)?.title ?? dimension;
  return (
    <Panel
      title={title}
      answer={top}
      skeletonPx={limit * ROW_PX}
      actions={top.data !== undefined && <Estimated answer={top.data} />}
    >
      {(answer) => {
        const rows = answer.rows.filter((row) => isTelling(row, dimension, by)).slice(0, limit);
        if (rows.length === 0)
          return <EmptyPart heightPx={limit * ROW_PX}>{emptyText(answer, dimension, by)}</EmptyPart>;
        return <ShareList label={title} rows={sharesOf(rows, { answer, by, place })} />;
      }}
    </Panel>
  );
}

/** In the list of errors "no error" says nothing, and neither does a row with none of what is asked for. */
function isTelling(row: TopRow, dimension: TopDimension, by: TopBy): boolean {
  if (dimension === 'error_code' && row.value === '') return false;
  return by === 'requests' || row[by] > 0;
}

function emptyText(answer: Top, dimension: TopDimension, by: TopBy): string {
  if (answer.total_requests === 0) return 'No requests in this range.';
  if (dimension === 'error_code' || by === 'errors') return 'No request failed in this range.';
  return by === 'bytes_sent' ? 'Nothing was sent in this range.' : 'No request in this range says.';
}

interface SharesParts {
  readonly answer: Top;
  readonly by: TopBy;
  readonly place: Place;
}

function sharesOf(rows: readonly TopRow[], { answer, by, place }: SharesParts): readonly Share[] {
  const { dimension } = answer;
  const isFailing = dimension === 'error_code' || dimension === 'http_status' || by !== 'requests';
  const most = Math.max(1, ...rows.map((row) => row[by]));
  const about = answer.estimated ? '≈ ' : '';
  return rows.map((row) => ({
    id: row.value,
    name:
      row.value === '' || (dimension === 'http_status' && row.value === '0') ? (
        <span className="muted">{absentText(dimension)}</span>
      ) : (
        <CutText text={row.value} />
      ),
    href: requestsOf(place, dimension, row.value),
    figure: about + (by === 'bytes_sent' ? bytesText(row[by]) : shortCount(row[by])),
    share: by === 'requests' ? row.share : null,
    length: row[by] / most,
    failed: isFailing || row.requests === 0 ? 0 : row.errors / row.requests,
    tip: `${about}${exactCount(row.requests)} requests\n${about}${exactCount(row.errors)} failed\n${about}${bytesText(row.bytes_sent)} sent`,
  }));
}
