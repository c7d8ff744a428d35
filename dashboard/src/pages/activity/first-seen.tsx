import { useFirstSeen } from '../../lib/activity-queries.ts';
import type { FirstSeen as FirstSeenPage } from '../../../../src/serve/activity-api.ts';
import { exactCount, shortCount } from '../../lib/format.ts';
import { Ago, Moment } from '../../lib/moment.tsx';
import { CutText } from '../../lib/outside-text.tsx';
import { Skeleton } from '../../lib/panel.tsx';
import { PlainTable, type PlainColumn } from '../../lib/plain-table.tsx';
import { ProblemBox } from '../../lib/problem-box.tsx';
import { requestsHref } from '../../lib/rows-behind.ts';
import { Segments } from '../../lib/segments.tsx';
import { StatusMark } from '../../lib/status-mark.tsx';
import { Link } from '../../routes/link.tsx';
import { currentPlace, go, hrefWith, type Place } from '../../routes/place.ts';
import { useView } from '../../routes/view.tsx';
import { MoreRows } from '../../tables/more-rows.tsx';

type Row = FirstSeenPage['rows'][number];

const LIMIT = 50;
const KINDS = [
  { id: 'action', title: 'Actions' },
  { id: 'remote_ip', title: 'Addresses' },
  { id: 'user_agent', title: 'User agents' },
] as const;
const WORDS: Readonly<Record<string, string>> = {
  action: 'No one did anything for the first time in this range.',
  remote_ip: 'No one came from a new address in this range.',
  user_agent: 'No one came with a new user agent in this range.',
};

/** The requests behind a row; a role is named without its sessions. */
function hrefOf(place: Place, row: Row, kind: string): string {
  const filters: Record<string, string> = { requester: row.principal === '' ? '-' : `${row.principal}*` };
  if (row.bucket !== '') filters['bucket'] = row.bucket;
  if (row.action !== '') filters['operation'] = row.action;
  if (kind !== 'action') filters[kind] = row.value;
  return requestsHref(place, filters);
}

function columnsOf(place: Place, kind: string): readonly PlainColumn<Row>[] {
  const title = kind === 'action' ? 'Action' : kind === 'remote_ip' ? 'Address' : 'User agent';
  return [
    {
      title: 'Who',
      cell: (row) => (
        <Link href={hrefOf(place, row, kind)}>
          {row.principal === '' ? 'anonymous' : <CutText text={row.principal} />}
        </Link>
      ),
    },
    { title, cell: (row) => <CutText text={kind === 'action' ? row.action : row.value} /> },
    { title: 'Bucket', cell: (row) => <CutText text={row.bucket} /> },
    { title: 'First seen', cell: (row) => <Moment time={row.first_seen} /> },
    { title: 'Last seen', cell: (row) => <Ago time={row.last_seen} /> },
    {
      title: 'Requests',
      align: 'end',
      cell: (row) => <span data-tip={exactCount(row.requests)}>{shortCount(row.requests)}</span>,
    },
  ];
}

/** Who did something, or came from somewhere, for the first time in the range. */
export function FirstSeen() {
  const { place } = useView();
  const kind = KINDS.find((known) => known.id === place.params.get('kind'))?.id ?? 'action';
  const list = useFirstSeen(kind, LIMIT);
  return (
    <section className="panel flush" data-stale={list.isStale} aria-busy={list.isPending}>
      <header className="panel-head">
        <h2>Seen for the first time</h2>
        <span className="panel-actions">
          <Segments
            label="What is new"
            choices={KINDS}
            chosen={kind}
            onChoose={(id) =>
              go(hrefWith(currentPlace(), { kind: id === 'action' ? null : id }), { replace: true })
            }
          />
        </span>
      </header>
      {list.problem !== null && <ProblemBox problem={list.problem} onRetry={list.retry} />}
      {list.isPending && list.problem === null && <Skeleton heightPx={420} />}
      {!list.isPending && list.rows.length === 0 && list.problem === null && (
        <p className="panel-empty">
          <StatusMark status="ok" word={WORDS[kind] ?? ''} />
        </p>
      )}
      {list.rows.length > 0 && (
        <>
          <PlainTable
            label="Seen for the first time"
            columns={columnsOf(place, kind)}
            rows={list.rows}
            idOf={(row) => JSON.stringify([row.bucket, row.principal, row.action, row.value])}
          />
          <MoreRows list={list} noun="row" />
        </>
      )}
    </section>
  );
}
