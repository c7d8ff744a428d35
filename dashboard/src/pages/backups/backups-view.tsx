import { useMemo, useState } from 'react';
import { RUNS_MAX, useBackupRuns } from '../../lib/backup-queries.ts';
import type { BackupAccepted, BackupRun, Backups } from '../../lib/backup-row.ts';
import { inOrder, proposedOf, seriesKey, worstWords } from '../../lib/backup-words.ts';
import { readersTimezone } from '../../lib/days.ts';
import { counted, exactCount } from '../../lib/format.ts';
import { OutsideText } from '../../lib/outside-text.tsx';
import { ProblemBox } from '../../lib/problem-box.tsx';
import { StatusMark } from '../../lib/status-mark.tsx';
import { go, hrefWith, currentPlace } from '../../routes/place.ts';
import { useView } from '../../routes/view.tsx';
import { AcceptedNote } from './accept-button.tsx';
import { Calendar } from './calendar.tsx';
import { useCalendarDays, type CalendarDays } from './calendar-days.ts';
import { CalendarLegend } from './calendar-legend.tsx';
import { JudgedAt } from './judged-at.tsx';
import { Proposals } from './proposals.tsx';
import { RunPanel } from './run-panel.tsx';
import { runInAddress } from './series-address.ts';
import { VerdictChips, verdictInAddress } from './verdict-chips.tsx';
import { WatchedBuckets } from './watched-buckets.tsx';

interface BackupsViewProps {
  /** Those of the bucket in view. */
  readonly backups: Backups;
}

/** The sentence about all series, how many are of each verdict, and each by day. */
export function BackupsView({ backups }: BackupsViewProps) {
  const { rows } = backups;
  const { place, bucket, range } = useView();
  const days = useCalendarDays(range);
  const runs = useBackupRuns({ bucket, sinceMs: days.sinceMs, untilMs: days.untilMs });
  const run = runInAddress(place);
  const { status, word } = worstWords(rows);
  const [accepted, setAccepted] = useState<BackupAccepted | null>(null);
  const proposals = <Proposals rows={proposedOf(rows)} onAccepted={setAccepted} />;
  const isAllFound = rows.every(({ declared }) => !declared);
  return (
    <>
      <div className="verdict">
        <StatusMark status={status} word={word} />
        <p>
          <OutsideText text={backups.sentence} />
        </p>
      </div>
      {runs.error !== null && <ProblemBox problem={runs.error} onRetry={() => void runs.refetch()} />}
      <AcceptedNote accepted={accepted} />
      {isAllFound && proposals}
      <CalendarPanel backups={backups} runs={runs.data?.rows ?? []} days={days} />
      {!isAllFound && proposals}
      <WatchedBuckets rows={backups.discovering} />
      {run !== null && (
        <RunPanel
          run={run}
          runs={(runs.data?.rows ?? [])
            .filter((row) => seriesKey(row) === seriesKey(run))
            .toSorted((one, other) => Date.parse(one.due) - Date.parse(other.due))}
          isPending={runs.isPending}
          hasLink
        />
      )}
    </>
  );
}

interface CalendarPanelProps extends BackupsViewProps {
  readonly runs: readonly BackupRun[];
  readonly days: CalendarDays;
}

function CalendarPanel({ backups, runs, days }: CalendarPanelProps) {
  const { rows } = backups;
  const { place } = useView();
  const verdict = verdictInAddress(place.params);
  const named = place.params.get('named') ?? '';
  const shown = useMemo(
    () =>
      inOrder(rows).filter(
        (row) =>
          (verdict === null || row.verdict === verdict) &&
          `${row.series} ${row.bucket}`.toLowerCase().includes(named.toLowerCase()),
      ),
    [rows, verdict, named],
  );
  return (
    <section className="panel flush">
      <header className="panel-head">
        <h2>Calendar</h2>
        <span className="panel-actions">
          <input
            type="search"
            aria-label="Series named"
            placeholder="Series named…"
            value={named}
            onChange={({ target }) =>
              go(hrefWith(currentPlace(), { named: target.value === '' ? null : target.value }), {
                replace: true,
              })
            }
          />
        </span>
      </header>
      <VerdictChips rows={rows} chosen={verdict} />
      {shown.length === 0 ? (
        <p className="panel-empty">No series is like this.</p>
      ) : (
        <Calendar label="Backups by day" rows={shown} runs={runs} days={days} />
      )}
      <CalendarLegend />
      {runs.length >= RUNS_MAX && (
        <p className="strip-line muted">
          Only the latest {exactCount(RUNS_MAX)} runs are read: earlier days of series that run several times
          a day may be missing here. Choose a bucket or a shorter range.
        </p>
      )}
      <footer className="panel-foot">
        <JudgedAt time={backups.judged_at} />
        <span>
          {counted(days.days.length, 'day')} in {readersTimezone()}
        </span>
      </footer>
    </section>
  );
}
