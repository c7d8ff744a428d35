import type { ParkedPage } from '../../../../src/serve/api.ts';
import { CopyButton } from '../../lib/copy.tsx';
import { Ago } from '../../lib/moment.tsx';
import { OutsideText } from '../../lib/outside-text.tsx';
import type { Pages } from '../../lib/pages-query.ts';
import { PlainTable, type PlainColumn } from '../../lib/plain-table.tsx';
import { ProblemBox } from '../../lib/problem-box.tsx';
import { MoreRows } from '../../tables/more-rows.tsx';

type Row = ParkedPage['rows'][number];

const BODY_SHOWN = 2000;

const COLUMNS: readonly PlainColumn<Row>[] = [
  { title: 'Came', cell: (row) => <Ago time={row.received_at} /> },
  { title: 'Source', cell: (row) => <OutsideText text={row.source} /> },
  { title: 'Why it is parked', cell: (row) => <OutsideText text={row.reason} /> },
  {
    title: 'Message',
    cell: (row) => (
      <details className="parked-body">
        <summary>
          <OutsideText text={row.message_id} />
        </summary>
        <pre tabIndex={0} aria-label="The message">
          <OutsideText text={row.body.slice(0, BODY_SHOWN)} />
          {row.body.length > BODY_SHOWN && <span className="muted">…</span>}
        </pre>
        <CopyButton text={row.body} label="Copy the message as it came" />
      </details>
    ),
  },
];

/** Messages that announce no log and are no event, kept until somebody looks. Nothing when there are none. */
export function Parked({ list }: { readonly list: Pages<ParkedPage> }) {
  if (list.problem !== null) return <ProblemBox problem={list.problem} onRetry={list.retry} />;
  if (list.rows.length === 0) return null;
  return (
    <section className="panel flush" data-stale={list.isStale}>
      <header className="panel-head">
        <h2>Parked messages</h2>
      </header>
      <PlainTable label="Parked messages" columns={COLUMNS} rows={list.rows} idOf={(row) => row.parked_id} />
      <MoreRows list={list} noun="message" />
    </section>
  );
}
