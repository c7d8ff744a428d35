import { useState } from 'react';
import { useBackupSeries } from '../../lib/backup-queries.ts';
import type { BackupAccepted, BackupDetail, BackupSeriesId } from '../../lib/backup-row.ts';
import { SERIES_WORDS, seriesKey } from '../../lib/backup-words.ts';
import { OutsideText } from '../../lib/outside-text.tsx';
import { Skeleton } from '../../lib/panel.tsx';
import { ProblemBox } from '../../lib/problem-box.tsx';
import { StatusMark } from '../../lib/status-mark.tsx';
import { visibleText } from '../../lib/visible.ts';
import { Link } from '../../routes/link.tsx';
import { hrefTo } from '../../routes/place.ts';
import { useView } from '../../routes/view.tsx';
import { AcceptedNote } from './accept-button.tsx';
import { JudgedAt } from './judged-at.tsx';
import { FilesPanel } from './files-panel.tsx';
import { LearnedPanel } from './learned-panel.tsx';
import { RulePanel } from './rule-panel.tsx';
import { RunPanel } from './run-panel.tsx';
import { RunsTable } from './runs-table.tsx';
import { SafetyPanel } from './safety-panel.tsx';
import { SchedulePanel } from './schedule-panel.tsx';
import { runInAddress } from './series-address.ts';
import { SeriesActions } from './series-actions.tsx';
import { SeriesHistory } from './series-history.tsx';
import { SizePanel } from './size-panel.tsx';

/** One series: its verdict, what to do about it, when and how large its runs were, and what it rests on. */
export function SeriesView({ id }: { readonly id: BackupSeriesId }) {
  const { place } = useView();
  const answer = useBackupSeries(id);
  return (
    <div className="stack" data-panel-open={runInAddress(place) !== null}>
      <p className="back-link">
        <Link href={hrefTo(place, '/backups')}>All backups</Link>
      </p>
      {answer.error !== null && <ProblemBox problem={answer.error} onRetry={() => void answer.refetch()} />}
      {answer.data === undefined && answer.error === null && (
        <>
          <Skeleton heightPx={72} />
          <Skeleton heightPx={260} />
          <Skeleton heightPx={320} />
        </>
      )}
      {answer.data !== undefined && <OneSeries key={seriesKey(id)} detail={answer.data} />}
    </div>
  );
}

function OneSeries({ detail }: { readonly detail: BackupDetail }) {
  const { place } = useView();
  const { row } = detail;
  const { status, word } = SERIES_WORDS[row.verdict];
  const [accepted, setAccepted] = useState<BackupAccepted | null>(null);
  const run = runInAddress(place);
  return (
    <>
      <div className="verdict">
        <StatusMark status={status} word={word} />
        <div>
          <h2 className="pair-title">{visibleText(row.series)}</h2>
          <p>
            <OutsideText text={row.sentence} />
          </p>
          <p className="advice">
            in <OutsideText text={row.bucket} />
            {row.evidence !== '' && (
              <>
                {'. '}
                <OutsideText text={row.evidence} />
              </>
            )}
          </p>
        </div>
      </div>
      <SeriesActions row={row} />
      <AcceptedNote accepted={accepted} />
      {!row.declared && <LearnedPanel row={row} onAccepted={setAccepted} />}
      <SizePanel detail={detail} />
      <div className="grid halves">
        <div className="stack column">
          <SchedulePanel detail={detail} />
          <SeriesHistory detail={detail} />
        </div>
        <SafetyPanel safety={row.safety} />
      </div>
      <RunsTable detail={detail} />
      <RulePanel detail={detail} />
      <FilesPanel detail={detail} />
      <p className="panel-foot">
        <JudgedAt time={row.judged_at} />
      </p>
      {run !== null && <RunPanel run={run} runs={detail.runs} isPending={false} />}
    </>
  );
}
