import { counted, percentText, secondsText } from '../../lib/format.ts';
import { Moment } from '../../lib/moment.tsx';
import { OutsideText } from '../../lib/outside-text.tsx';
import type { Pair } from '../../lib/replication-row.ts';
import { Link } from '../../routes/link.tsx';
import { hrefTo, hrefWith } from '../../routes/place.ts';
import { useView } from '../../routes/view.tsx';
import { objectParams } from './object-address.ts';

/** What the rule says, how much of the bucket it covers, and what the verdict rests on. */
export function PairEvidence({ pair }: { readonly pair: Pair }) {
  const { place } = useView();
  const tags = Object.entries(pair.tags);
  return (
    <section className="panel">
      <header className="panel-head">
        <h2>What it rests on</h2>
      </header>
      <dl className="facts">
        <dt>{pair.declared ? 'Declared' : 'Rule'}</dt>
        <dd>
          <OutsideText text={pair.rule_id} />
          {pair.prefix !== '' && (
            <>
              {' for '}
              <OutsideText text={pair.prefix} />
            </>
          )}
          {tags.length > 0 && (
            <>
              {' with '}
              <OutsideText text={tags.map(([name, value]) => `${name}=${value}`).join(', ')} />
            </>
          )}
          {pair.active_from !== null && (
            <span className="advice">
              known since <Moment time={pair.active_from} />
            </span>
          )}
        </dd>
        <dt>Target</dt>
        <dd>{secondsText(pair.target_seconds)}</dd>
        <dt>Buckets</dt>
        <dd>
          {[pair.source, pair.destination].map((bucket) => (
            <Link key={bucket} href={hrefTo(place, '/activity', { bucket })}>
              <OutsideText text={bucket} />
            </Link>
          ))}
        </dd>
        <dt>Covers</dt>
        <dd>
          <Covered pair={pair} />
        </dd>
        <dt>Told by</dt>
        <dd>
          {pair.feeds.length === 0 ? (
            <span className="muted">nothing yet</span>
          ) : (
            <ul>
              {pair.feeds.map((feed) => (
                <li key={feed}>
                  <OutsideText text={feed} />
                </li>
              ))}
            </ul>
          )}
        </dd>
        {pair.unknown_objects > 0 && (
          <>
            <dt>Unknown</dt>
            <dd>
              <Link href={hrefWith(place, { status: 'UNKNOWN', part: 'objects', ...objectParams(null) })}>
                {counted(pair.unknown_objects, 'object')}
              </Link>
            </dd>
          </>
        )}
      </dl>
      {pair.notes.length > 0 && (
        <ul className="notes">
          {pair.notes.map((note) => (
            <li key={note}>
              <OutsideText text={note} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** "98 % of the versions known at the source", and why not all. */
function Covered({ pair }: { readonly pair: Pair }) {
  const { coverage } = pair;
  if (coverage.share === null) return <span className="muted">not known</span>;
  const others = [
    ...(coverage.no_rule_objects > 0
      ? [`${counted(coverage.no_rule_objects, 'object')} without a rule`]
      : []),
    ...(coverage.older_objects > 0
      ? [`${counted(coverage.older_objects, 'object')} older than the rule`]
      : []),
  ];
  return (
    <>
      {percentText(coverage.share)} of what is known at the source
      <span className="advice">{[counted(coverage.covered_objects, 'object'), ...others].join(', ')}</span>
    </>
  );
}
