import type { Alarm } from '../../lib/alarm-row.ts';
import { SEVERITY_WORDS } from '../../lib/alarm-words.ts';
import { OutsideText } from '../../lib/outside-text.tsx';
import { StatusMark } from '../../lib/status-mark.tsx';
import { Link } from '../../routes/link.tsx';
import { hrefWith } from '../../routes/place.ts';
import { useView } from '../../routes/view.tsx';
import { AboutAlarm } from './about-alarm.tsx';
import { AlarmActions } from './alarm-actions.tsx';
import { alarmInAddress } from './alarm-address.ts';
import { Evidence } from './evidence.tsx';
import { InHand } from './in-hand.tsx';
import { SoFor } from './so-for.tsx';

const EVIDENCE_ROWS = 3;

interface AlarmItemProps {
  readonly alarm: Alarm;
  /** False where what to do first is said above it. */
  readonly hasStep?: boolean;
}

/** One alarm in ALARM: why, the rows behind it, what to do first, and what can be said of it. */
export function AlarmItem({ alarm, hasStep = true }: AlarmItemProps) {
  const { place } = useView();
  const { status, word, meaning } = SEVERITY_WORDS[alarm.severity];
  return (
    <li className="alarm-item" data-status={status} data-current={alarmInAddress(place) === alarm.alarm}>
      <span data-tip={meaning}>
        <StatusMark status={status} word={word} />
      </span>
      <div className="alarm-said-of">
        <p className="alarm-title">
          <Link href={hrefWith(place, { alarm: alarm.alarm })}>
            <OutsideText text={alarm.title} />
          </Link>
          <span className="muted">
            <SoFor since={alarm.since} />
          </span>
          <AlarmActions alarm={alarm} />
        </p>
        <p>
          <OutsideText text={alarm.sentence} />
        </p>
        <Evidence rows={alarm.evidence} limit={EVIDENCE_ROWS} />
        {hasStep && <FirstStep text={alarm.first_step} />}
        <InHand alarm={alarm} />
        <AboutAlarm alarm={alarm} />
      </div>
    </li>
  );
}

/** What to do first; nothing where nothing is to be done. */
export function FirstStep({ text }: { readonly text: string }) {
  if (text === '') return null;
  return (
    <p className="first-step">
      <strong>First</strong> <OutsideText text={text} />
    </p>
  );
}
