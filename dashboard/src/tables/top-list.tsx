import type { CSSProperties } from 'react';
import type { Top, TopDimension } from '../../../src/serve/api.ts';
import { bytesText, exactCount, percentText, shortCount } from '../lib/format.ts';
import { CutText } from '../lib/outside-text.tsx';
import { Panel } from '../lib/panel.tsx';
import { useTop } from '../lib/queries.ts';
import { Link } from '../routes/link.tsx';
import { hrefTo } from '../routes/place.ts';
import { useView, type View } from '../routes/view.tsx';
import { canFilterRequests } from './filters.ts';

const TITLES: Readonly<Record<TopDimension, string>> = {
  bucket: 'Buckets',
  operation: 'Operations',
  http_status: 'Status codes',
  error_code: 'Errors',
  key: 'Keys',
  prefix: 'Prefixes',
  principal: 'Principals',
  requester: 'Requesters',
  remote_ip: 'Addresses',
  user_agent: 'User agents',
};

/** What an empty value means in each dimension. */
const ABSENT: Readonly<Record<TopDimension, string>> = {
  bucket: 'no bucket',
  operation: 'no operation',
  http_status: 'no status',
  error_code: 'no error',
  key: 'no key (about the bucket)',
  prefix: 'no prefix',
  principal: 'anonymous',
  requester: 'anonymous',
  remote_ip: 'no address (S3 itself)',
  user_agent: 'no user agent',
};

type TopRow = Top['rows'][number];

function hrefOf(view: View, dimension: TopDimension, value: string): string | null {
  if (value === '' || !canFilterRequests(dimension)) return null;
  return hrefTo(view.place, '/requests', { [dimension]: value });
}

/** Rows that say something: in the list of errors, "no error" does not. */
function shownRows(top: Top): readonly TopRow[] {
  return top.dimension === 'error_code' ? top.rows.filter((row) => row.value !== '') : top.rows;
}

function rowTitle(row: TopRow, total: number): string {
  const share = percentText(row.requests / Math.max(1, total));
  return `${exactCount(row.requests)} requests, ${share} of all\n${exactCount(row.errors)} failed\n${bytesText(row.bytes_sent)} sent`;
}

/** True where the value itself says whether its requests failed: a mark for it would say nothing. */
function isFailing(dimension: TopDimension): boolean {
  return dimension === 'error_code' || dimension === 'http_status';
}

interface TopEntryProps {
  readonly row: TopRow;
  readonly dimension: TopDimension;
  readonly total: number;
  /** The longest bar's requests. */
  readonly requestsMax: number;
}

function TopEntry({ row, dimension, total, requestsMax }: TopEntryProps) {
  const view = useView();
  const href = hrefOf(view, dimension, row.value);
  const name =
    row.value === '' ? <span className="muted">{ABSENT[dimension]}</span> : <CutText text={row.value} />;
  const bar = {
    '--length': row.requests / Math.max(1, requestsMax),
    '--failed': isFailing(dimension) || row.requests === 0 ? 0 : row.errors / row.requests,
  } as CSSProperties;
  return (
    <li className="top-row" style={bar} title={rowTitle(row, total)}>
      <span className="top-name">{href === null ? name : <Link href={href}>{name}</Link>}</span>
      <span className="top-count">{shortCount(row.requests)}</span>
      <span className="top-share">{percentText(row.requests / Math.max(1, total))}</span>
      <span className="share-bar" aria-hidden="true" />
    </li>
  );
}

/** The most frequent values of one dimension as bars: length is requests, the red part those that failed. */
export function TopList({ dimension, limit }: { readonly dimension: TopDimension; readonly limit: number }) {
  // One more than shown: "no error" is taken out of the errors.
  const top = useTop(dimension, dimension === 'error_code' ? limit + 1 : limit);
  return (
    <Panel title={TITLES[dimension]} answer={top} skeletonPx={limit * 30}>
      {(answer) => {
        const rows = shownRows(answer).slice(0, limit);
        if (rows.length === 0) {
          const isQuiet = dimension === 'error_code' && answer.total_requests > 0;
          return (
            <p className="panel-empty">
              {isQuiet ? 'No request failed in this range.' : 'No requests in this range.'}
            </p>
          );
        }
        const requestsMax = Math.max(...rows.map((row) => row.requests));
        return (
          <ol className="top-list">
            {rows.map((row) => (
              <TopEntry
                key={row.value}
                row={row}
                dimension={dimension}
                total={answer.total_requests}
                requestsMax={requestsMax}
              />
            ))}
          </ol>
        );
      }}
    </Panel>
  );
}
