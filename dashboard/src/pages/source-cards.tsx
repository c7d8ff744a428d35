import type { Sources } from '../../../src/serve/api.ts';
import { bytesText, counted, durationText, exactCount, parseTime, shortCount } from '../lib/format.ts';
import { Ago } from '../lib/moment.tsx';
import { useNowMs } from '../lib/now.ts';
import { CutText, OutsideText } from '../lib/outside-text.tsx';
import { StatusMark } from '../lib/status-mark.tsx';
import type { Verdict } from '../lib/verdict.ts';
import { Link } from '../routes/link.tsx';
import { hrefWith } from '../routes/place.ts';
import { useView } from '../routes/view.tsx';

type SourceRow = Sources['rows'][number];

interface StateWords {
  readonly status: Verdict['status'];
  readonly word: string;
  readonly meaning: string;
}

const STATES: Readonly<Record<SourceRow['state'], StateWords>> = {
  idle: { status: 'info', word: 'Idle', meaning: 'Nobody reads it at the moment' },
  reading: { status: 'ok', word: 'Reading', meaning: 'It has something new, which is being loaded' },
  waiting: {
    status: 'ok',
    word: 'Waiting',
    meaning: 'Everything there was is loaded; it is looked at again soon',
  },
  failing: { status: 'alarm', word: 'Failing', meaning: 'It could not be read the last time' },
  done: { status: 'ok', word: 'Done', meaning: 'Everything there was is loaded; it is not looked at again' },
};

/** One card a source: state, how far behind, what it brought and what it cost. */
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
  const state = STATES[row.state];
  return (
    <section className="panel card" aria-label={row.name}>
      <header className="panel-head">
        <h2>
          <OutsideText text={row.name} />
        </h2>
        <span title={state.meaning}>
          <StatusMark status={state.status} word={state.word} />
        </span>
      </header>
      <p className="card-place">
        <span className="muted">{row.kind}</span> <CutText text={row.location} canCopy />
      </p>
      {row.message !== '' && (
        <p className="card-message" data-status={state.status}>
          <OutsideText text={row.message} />
        </p>
      )}
      <SourceFigures row={row} />
      <footer className="panel-foot">
        <Link href={hrefWith(place, { source: row.name, state: null, open: null })}>
          {counted(row.batches, 'batch')}
        </Link>
        {row.rejected_batches > 0 && (
          <Link href={hrefWith(place, { source: row.name, state: 'rejected', open: null })}>
            {exactCount(row.rejected_batches)} rejected
          </Link>
        )}
      </footer>
    </section>
  );
}

function SourceFigures({ row }: { readonly row: SourceRow }) {
  const nowMs = useNowMs();
  const newestMs = parseTime(row.newest_event);
  const requests = Object.entries(row.requests).map(([kind, count]) => `${exactCount(count)} ${kind}`);
  return (
    <dl className="figures">
      <div title="Now minus the time of its newest record">
        <dt>Lag</dt>
        <dd>
          {newestMs === null ? <span className="muted">–</span> : durationText(Math.max(0, nowMs - newestMs))}
        </dd>
      </div>
      <div>
        <dt>Looked at</dt>
        <dd>
          <Ago time={row.last_checked} />
        </dd>
      </div>
      <div>
        <dt>Loaded</dt>
        <dd>
          <Ago time={row.last_loaded} />
        </dd>
      </div>
      <div title={exactCount(row.facts)}>
        <dt>Records</dt>
        <dd>{shortCount(row.facts)}</dd>
      </div>
      <div title={exactCount(row.rejects)}>
        <dt>Rejects</dt>
        <dd>{shortCount(row.rejects)}</dd>
      </div>
      <div title={`${exactCount(row.size_bytes)} bytes`}>
        <dt>Read</dt>
        <dd>{bytesText(row.size_bytes)}</dd>
      </div>
      <div className="wide" title="Requests made to the store, which it may bill">
        <dt>Requests made</dt>
        <dd>{requests.length === 0 ? <span className="muted">none</span> : requests.join(', ')}</dd>
      </div>
    </dl>
  );
}
