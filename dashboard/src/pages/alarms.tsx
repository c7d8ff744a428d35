import { useAlarms } from '../lib/alarm-queries.ts';
import type { Alarms as AlarmsAnswer } from '../lib/alarm-row.ts';
import { bucketSentence, inOrder, isAboutBucket, needsAttention, standingOf } from '../lib/alarm-words.ts';
import { OutsideText } from '../lib/outside-text.tsx';
import { Skeleton } from '../lib/panel.tsx';
import { ProblemBox } from '../lib/problem-box.tsx';
import { SectionLinks } from '../lib/section-links.tsx';
import { StatusMark } from '../lib/status-mark.tsx';
import { useView } from '../routes/view.tsx';
import { alarmInAddress, sectionInAddress, SECTIONS } from './alarms/alarm-address.ts';
import { AlarmPanel } from './alarms/alarm-panel.tsx';
import { DeliveriesView } from './alarms/deliveries-view.tsx';
import { deliveryInAddress } from './alarms/delivery-address.ts';
import { DefinitionsView } from './alarms/definitions-view.tsx';
import { HistoryView } from './alarms/history-view.tsx';
import { NowView } from './alarms/now-view.tsx';
import { SilencesView } from './alarms/silences-view.tsx';

/** What is wrong now, what was, what is muted, who was told, and what is looked for. */
export function Alarms() {
  const { place } = useView();
  const answer = useAlarms();
  const { data } = answer;
  const open = alarmInAddress(place);
  const section = sectionInAddress(place);
  return (
    <div className="stack" data-panel-open={open !== null || deliveryInAddress(place) !== null}>
      {answer.error !== null && <ProblemBox problem={answer.error} onRetry={() => void answer.refetch()} />}
      {data === undefined && answer.error === null && <Skeleton heightPx={56} />}
      {data !== undefined && <AlarmsVerdict alarms={data} />}
      <SectionLinks label="Parts of alarms" param="part" sections={SECTIONS} current={section} />
      {data === undefined && answer.error === null && <Skeleton heightPx={360} />}
      {section === 'now' && data !== undefined && <NowView alarms={data} />}
      {section === 'history' && data !== undefined && <History alarms={data} />}
      {section === 'silences' && data !== undefined && <SilencesView alarms={data.rows} />}
      {section === 'deliveries' && data !== undefined && <DeliveriesView alarms={data.rows} />}
      {section === 'definitions' && <DefinitionsView />}
      {open !== null && (
        <AlarmPanel
          alarm={open}
          ids={inOrder((data?.rows ?? []).filter(needsAttention)).map(({ alarm }) => alarm)}
        />
      )}
    </div>
  );
}

interface AlarmsProps {
  readonly alarms: AlarmsAnswer;
}

function History({ alarms }: AlarmsProps) {
  const { bucket } = useView();
  return <HistoryView alarms={alarms.rows.filter((alarm) => isAboutBucket(alarm, bucket))} />;
}

function AlarmsVerdict({ alarms }: AlarmsProps) {
  const { bucket } = useView();
  const rows = alarms.rows.filter((alarm) => isAboutBucket(alarm, bucket));
  const { status, word } = standingOf(rows, alarms.evaluated_at !== null);
  return (
    <div className="verdict">
      <StatusMark status={status} word={word} />
      <p>
        <OutsideText text={bucket === null ? alarms.sentence : bucketSentence(rows, bucket)} />
      </p>
    </div>
  );
}
