import { useAllBackups, useBackupRuns } from '../../lib/backup-queries.ts';
import { inOrder, seriesOfBucket } from '../../lib/backup-words.ts';
import { OutsideText } from '../../lib/outside-text.tsx';
import { Skeleton } from '../../lib/panel.tsx';
import { ProblemBox } from '../../lib/problem-box.tsx';
import { Link } from '../../routes/link.tsx';
import { hrefTo } from '../../routes/place.ts';
import type { Range } from '../../routes/range.ts';
import { useView } from '../../routes/view.tsx';
import { Calendar, CALENDAR_ROW_PX } from './calendar.tsx';
import { useCalendarDays } from './calendar-days.ts';

const SHOWN = 8;
const TWO_WEEKS: Range = { kind: 'preset', id: '14d', lengthMs: 14 * 86_400_000 };

/** The sentence about backups, and the last 14 days of the series that are worst. */
export function BackupsStrip() {
  const { place, bucket } = useView();
  const answer = useAllBackups();
  const days = useCalendarDays(TWO_WEEKS);
  const runs = useBackupRuns({ bucket, sinceMs: days.sinceMs, untilMs: days.untilMs });
  const rows = inOrder(seriesOfBucket(answer.data?.rows ?? [], bucket));
  return (
    <section className="panel flush" aria-label="Backups" aria-busy={answer.isPending}>
      <header className="panel-head">
        <h2>Backups</h2>
        <span className="panel-actions">
          <Link href={hrefTo(place, '/backups')}>
            {rows.length > SHOWN ? `All ${rows.length} series` : 'All about them'}
          </Link>
        </span>
      </header>
      {answer.error !== null && <ProblemBox problem={answer.error} onRetry={() => void answer.refetch()} />}
      {answer.data === undefined && answer.error === null && <Skeleton heightPx={4 * CALENDAR_ROW_PX} />}
      {answer.data !== undefined && (
        <>
          {bucket === null && (
            <p className="strip-line">
              <OutsideText text={answer.data.sentence} />
            </p>
          )}
          {rows.length === 0 ? (
            <p className="strip-line muted">
              {bucket === null ? (
                <Link href={hrefTo(place, '/backups')}>What makes backups visible</Link>
              ) : (
                'No backup series is known in this bucket.'
              )}
            </p>
          ) : (
            <Calendar
              label="Backups of the last 14 days"
              rows={rows.slice(0, SHOWN)}
              runs={runs.data?.rows ?? []}
              days={days}
              isShort
            />
          )}
        </>
      )}
    </section>
  );
}
