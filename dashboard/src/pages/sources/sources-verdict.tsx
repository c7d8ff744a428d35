import type { SourceRow } from '../../lib/source-row.ts';
import { counted, durationText, parseTime } from '../../lib/format.ts';
import { useNowMs } from '../../lib/now.ts';
import { OutsideText } from '../../lib/outside-text.tsx';
import { StatusMark } from '../../lib/status-mark.tsx';
import type { Verdict } from '../../lib/verdict.ts';
import { Link } from '../../routes/link.tsx';
import { hrefWith } from '../../routes/place.ts';
import { useView } from '../../routes/view.tsx';

interface SourcesVerdictProps {
  readonly rows: readonly SourceRow[];
  /** Lines that could not be read, ever. */
  readonly rejects: number;
  /** Buckets of whose records some are missing. */
  readonly incomplete: number;
}

function wordsOf(rows: readonly SourceRow[], incomplete: number): Pick<Verdict, 'status' | 'word'> {
  if (rows.length === 0) return { status: 'unknown', word: 'No source' };
  if (rows.some((row) => row.verdict === 'failing')) return { status: 'alarm', word: 'Failing' };
  if (rows.some((row) => row.verdict === 'silent')) return { status: 'alarm', word: 'Silent' };
  if (rows.some((row) => (row.queue?.dead_letters ?? 0) > 0))
    return { status: 'alarm', word: 'Dead letters' };
  if (incomplete > 0) return { status: 'late', word: 'Incomplete' };
  if (rows.every((row) => row.verdict === 'unknown')) return { status: 'info', word: 'Not known yet' };
  return { status: 'ok', word: 'Fine' };
}

/** The sentence the page of sources opens with: those that are not as usual by name, then how old the newest is. */
export function SourcesVerdict({ rows, rejects, incomplete }: SourcesVerdictProps) {
  const { place } = useView();
  const nowMs = useNowMs();
  const verdict = wordsOf(rows, incomplete);
  const broken = rows.filter((row) => row.verdict === 'failing' || row.verdict === 'silent');
  const quiet = rows.filter((row) => row.verdict === 'quiet').length;
  const newestMs = Math.max(0, ...rows.map((row) => parseTime(row.newest_event) ?? 0));
  const age =
    newestMs === 0
      ? 'nothing has arrived yet'
      : `the newest record is ${durationText(Math.max(0, nowMs - newestMs))} old`;
  const parked = rows.reduce((sum, row) => sum + (row.parked ?? 0), 0);
  return (
    <div className="verdict">
      <StatusMark status={verdict.status} word={verdict.word} />
      <p>
        {broken.map((row) => (
          <span key={row.name}>
            <OutsideText text={row.name} /> {row.verdict === 'failing' ? 'cannot be read' : 'is silent'}.{' '}
          </span>
        ))}
        {counted(rows.length, 'source')}
        {quiet > 0 && `, ${quiet} quiet`}; {age};{' '}
        {rejects === 0 ? (
          'every line was read'
        ) : (
          <Link href={hrefWith(place, { part: 'rejects', open: null })}>
            {counted(rejects, 'line')} could not be read
          </Link>
        )}
        {incomplete > 0 && (
          <>
            ;{' '}
            <Link href={hrefWith(place, { part: 'completeness', open: null })}>
              records of {counted(incomplete, 'bucket')} are incomplete
            </Link>
          </>
        )}
        {parked > 0 && `; ${counted(parked, 'message')} parked`}.
      </p>
    </div>
  );
}
