import type { ReactNode } from 'react';
import type { SourceRow } from '../../lib/source-row.ts';
import { bytesText, counted, durationText, exactCount, parseTime, shortCount } from '../../lib/format.ts';
import { Ago } from '../../lib/moment.tsx';
import { useNowMs } from '../../lib/now.ts';
import { CutText, OutsideText } from '../../lib/outside-text.tsx';
import { StatusMark } from '../../lib/status-mark.tsx';
import { Link } from '../../routes/link.tsx';
import { hrefWith } from '../../routes/place.ts';
import { useView } from '../../routes/view.tsx';
import { LatenessBar } from './lateness-bar.tsx';
import { SOURCE_STATES, SOURCE_VERDICTS } from './source-words.ts';

/** One card a source: its verdict, how late its records come, what waits, what it brought and what it cost. */
export function SourceCards({ rows }: { readonly rows: readonly SourceRow[] }) {
  return (
    <div className="grid cards">
      {rows.map((row) => (
        <SourceCard key={row.name} row={row} />
      ))}
    </div>
  );
}

function SourceCard({ row }: { readonly row: SourceRow }) {
  const { place } = useView();
  const words = SOURCE_VERDICTS[row.verdict];
  const parked = row.parked ?? 0;
  const ledger = (state: string | null) =>
    hrefWith(place, { part: 'ledger', source: row.name, state, open: null });
  return (
    <section
      className="panel card"
      aria-label={row.name}
      aria-current={place.params.get('source') === row.name}
    >
      <header className="panel-head">
        <h2>
          <OutsideText text={row.name} />
        </h2>
        <span data-tip={words.meaning}>
          <StatusMark status={words.status} word={words.word} />
        </span>
      </header>
      <p className="card-place">
        <span className="muted">{row.kind}</span> <CutText text={row.location} canCopy />
      </p>
      <p className="card-message" data-status={words.status}>
        <OutsideText text={row.verdict_reason} />
      </p>
      {row.message !== '' && row.message !== row.verdict_reason && (
        <p className="card-message" data-status={row.state === 'failing' ? 'alarm' : 'info'}>
          <OutsideText text={row.message} />
        </p>
      )}
      <h3>How late its records come</h3>
      <LatenessBar lateness={row.lateness} />
      {row.queue !== undefined && row.queue !== null && <QueueFigures queue={row.queue} />}
      <SourceFigures row={row} />
      <footer className="panel-foot">
        <Link href={ledger(null)}>{counted(row.batches, 'batch')}</Link>
        {row.rejected_batches > 0 && (
          <Link href={ledger('rejected')}>{exactCount(row.rejected_batches)} rejected</Link>
        )}
        {parked > 0 && (
          <Link href={hrefWith(place, { part: 'rejects', source: row.name, open: null })}>
            {counted(parked, 'message')} parked
          </Link>
        )}
      </footer>
    </section>
  );
}

interface FigureProps {
  readonly title: string;
  readonly tip?: string;
  readonly children: ReactNode;
}

function Figure({ title, tip, children }: FigureProps) {
  return (
    <div data-tip={tip}>
      <dt>{title}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function QueueFigures({ queue }: { readonly queue: NonNullable<SourceRow['queue']> }) {
  const oldest = queue.oldest_age_seconds;
  const dead = queue.dead_letters;
  return (
    <>
      <h3>Its queue</h3>
      <dl className="figures">
        <Figure title="Waiting" tip={`${exactCount(queue.delayed)} more are delayed`}>
          {exactCount(queue.waiting)}
        </Figure>
        <Figure title="In flight" tip="Taken by this program and not acknowledged yet">
          {exactCount(queue.in_flight)}
        </Figure>
        <Figure title="Oldest">{oldest === null ? '–' : durationText(oldest * 1000)}</Figure>
        <Figure title="Dead letters" tip={queue.dead_letter_queue ?? 'It has no dead letter queue'}>
          {dead === null ? (
            <span className="muted">{queue.dead_letter_queue === null ? 'no queue' : 'not known'}</span>
          ) : dead === 0 ? (
            '0'
          ) : (
            <StatusMark status="alarm" word={exactCount(dead)} />
          )}
        </Figure>
      </dl>
    </>
  );
}

function SourceFigures({ row }: { readonly row: SourceRow }) {
  const nowMs = useNowMs();
  const newestMs = parseTime(row.newest_event);
  const lag = row.intake_lag_seconds;
  const requests = Object.entries(row.requests).map(([kind, count]) => `${exactCount(count)} ${kind}`);
  const none = <span className="muted">–</span>;
  return (
    <>
      <h3>What it brought</h3>
      <dl className="figures">
        <Figure title="Newest record" tip="Now minus the time of its newest record">
          {newestMs === null ? none : durationText(Math.max(0, nowMs - newestMs))}
        </Figure>
        <Figure
          title="Intake lag"
          tip="From delivered to stored: 95 of 100 batches of the last 24 hours are faster"
        >
          {lag === null ? none : durationText(lag * 1000)}
        </Figure>
        <Figure title="Looked at" tip={SOURCE_STATES[row.state]}>
          <Ago time={row.last_checked} />
        </Figure>
        <Figure title="Records" tip={exactCount(row.facts)}>
          {shortCount(row.facts)}
        </Figure>
        <Figure title="Rejects" tip={exactCount(row.rejects)}>
          {shortCount(row.rejects)}
        </Figure>
        <Figure title="Read" tip={`${exactCount(row.size_bytes)} bytes`}>
          {bytesText(row.size_bytes)}
        </Figure>
      </dl>
      <p className="card-place muted" data-tip="Requests made to the store, which it may bill">
        Requests made: {requests.length === 0 ? 'none' : requests.join(', ')}
      </p>
    </>
  );
}
