import type { SourceRow } from '../../lib/source-row.ts';
import { counted, durationText, exactCount, parseTime } from '../../lib/format.ts';
import { useNowMs } from '../../lib/now.ts';
import { CutText } from '../../lib/outside-text.tsx';
import { Panel } from '../../lib/panel.tsx';
import { useSources } from '../../lib/queries.ts';
import { StatusMark } from '../../lib/status-mark.tsx';
import { Link } from '../../routes/link.tsx';
import { hrefTo } from '../../routes/place.ts';
import { useView } from '../../routes/view.tsx';
import { SOURCE_VERDICTS } from './source-words.ts';

/** Every source in a line: its verdict, how old its newest record is, how late records come, what was not read. */
export function SourcesStrip() {
  const { isLive, place } = useView();
  const sources = useSources(isLive);
  return (
    <Panel
      title="Sources"
      answer={sources}
      skeletonPx={64}
      actions={<Link href={hrefTo(place, '/sources')}>All about them</Link>}
    >
      {(answer) =>
        answer.rows.length === 0 ? (
          <p className="panel-empty">
            Nothing is followed.{' '}
            <Link href={hrefTo(place, '/sources', { part: 'connect' })}>Connect a source</Link>
          </p>
        ) : (
          <ul className="sources-strip">
            {answer.rows.map((row) => (
              <SourceChip key={row.name} row={row} />
            ))}
          </ul>
        )
      }
    </Panel>
  );
}

function SourceChip({ row }: { readonly row: SourceRow }) {
  const { place } = useView();
  const nowMs = useNowMs();
  const newestMs = parseTime(row.newest_event);
  const words = SOURCE_VERDICTS[row.verdict];
  const age =
    newestMs === null ? 'no record yet' : `newest ${durationText(Math.max(0, nowMs - newestMs))} old`;
  const late = row.lateness === null ? null : `p95 ${durationText(row.lateness.p95_seconds * 1000)} late`;
  return (
    <li data-tip={row.verdict_reason}>
      <Link href={hrefTo(place, '/sources', { source: row.name })}>
        <CutText text={row.name} />
      </Link>
      <StatusMark status={words.status} word={words.word} />
      <span className="muted">{[age, late].filter((part) => part !== null).join(' · ')}</span>
      {row.rejects > 0 && (
        <Link href={hrefTo(place, '/sources', { part: 'rejects' })} data-tip={exactCount(row.rejects)}>
          {counted(row.rejects, 'reject')}
        </Link>
      )}
    </li>
  );
}
