import { useState } from 'react';
import type { Alarm, Alarms } from '../../lib/alarm-row.ts';
import { inState, isAboutBucket, isInHand, needsAttention } from '../../lib/alarm-words.ts';
import { counted, exactCount } from '../../lib/format.ts';
import { Ago } from '../../lib/moment.tsx';
import { OutsideText } from '../../lib/outside-text.tsx';
import { Segments } from '../../lib/segments.tsx';
import { StatusMark } from '../../lib/status-mark.tsx';
import { currentPlace, go, hrefWith } from '../../routes/place.ts';
import { useView } from '../../routes/view.tsx';
import { AlarmItem, FirstStep } from './alarm-item.tsx';
import { type AlarmGroup, GROUPINGS, groupsOf } from './alarm-groups.ts';
import { QuietAlarms } from './quiet-alarms.tsx';

const SHOWN = 5;
const QUIET_STATES = ['INSUFFICIENT_DATA', 'OK'] as const;

/** Alarms as they stand: what needs attention, what somebody has in hand, what cannot be told, what is fine. */
export function NowView({ alarms }: { readonly alarms: Alarms }) {
  const { bucket } = useView();
  const rows = alarms.rows.filter((alarm) => isAboutBucket(alarm, bucket));
  const wrong = inState(rows, 'ALARM');
  const inHand = wrong.filter(isInHand);
  const unmade = alarms.omitted - unlistedOf(alarms);
  return (
    <>
      <Wrong rows={wrong.filter(needsAttention)} evaluatedAt={alarms.evaluated_at} />
      {inHand.length > 0 && (
        <section className="panel flush" aria-label="In hand">
          <header className="panel-head">
            <h2>In hand</h2>
            <span className="panel-actions muted">in ALARM, and acknowledged or silenced</span>
          </header>
          <Group group={{ name: '', alarms: inHand }} />
        </section>
      )}
      {QUIET_STATES.map((state) => (
        <QuietAlarms
          key={state}
          state={state}
          count={bucket === null ? alarms.counts[state] : inState(rows, state).length}
        />
      ))}
      {unmade > 0 && (
        <p className="muted">
          {counted(unmade, 'alarm')} more {unmade === 1 ? 'is' : 'are'} left out: a definition has 1,000
          alarms at most.
        </p>
      )}
    </>
  );
}

/** How many there are beside the rows of the answer: it has the worst. */
function unlistedOf({ counts, rows }: Alarms): number {
  return counts.ALARM + counts.OK + counts.INSUFFICIENT_DATA - rows.length;
}

interface WrongProps {
  readonly rows: readonly Alarm[];
  readonly evaluatedAt: string | null;
}

function Wrong({ rows, evaluatedAt }: WrongProps) {
  const { place } = useView();
  const by = GROUPINGS.find(({ id }) => id !== null && id === place.params.get('group'))?.id ?? null;
  const groups = groupsOf(rows, by);
  const hasHeads = by === 'bucket' || groups.some(({ alarms }) => alarms.length > 1);
  return (
    <section className="panel flush" aria-label="In ALARM">
      <header className="panel-head">
        <h2>In ALARM</h2>
        {rows.length > 1 && (
          <span className="panel-actions">
            By{' '}
            <Segments
              label="Group by"
              choices={GROUPINGS}
              chosen={by}
              onChoose={(group) => go(hrefWith(currentPlace(), { group }), { replace: true })}
            />
          </span>
        )}
      </header>
      {rows.length === 0 && <NothingWrong evaluatedAt={evaluatedAt} />}
      {groups.map((group) => (
        <Group key={group.name} group={group} hasHead={hasHeads} />
      ))}
    </section>
  );
}

function NothingWrong({ evaluatedAt }: Pick<WrongProps, 'evaluatedAt'>) {
  if (evaluatedAt === null)
    return (
      <p className="panel-empty">
        Nothing was evaluated yet: alarms are evaluated each minute while it runs.
      </p>
    );
  return (
    <p className="panel-empty nothing-wrong">
      <StatusMark status="ok" word="Nothing needs attention" />
      <span>
        Evaluated <Ago time={evaluatedAt} />
      </span>
    </p>
  );
}

interface GroupProps {
  readonly group: AlarmGroup;
  readonly hasHead?: boolean;
}

function Group({ group, hasHead = false }: GroupProps) {
  const [isWhole, setWhole] = useState(false);
  const { name, alarms } = group;
  const shown = isWhole ? alarms : alarms.slice(0, SHOWN);
  const step = hasHead ? commonStep(alarms) : null;
  return (
    <div className="alarm-group">
      {hasHead && (
        <h3>
          {name === '' ? 'About no bucket' : <OutsideText text={name} />}{' '}
          <span className="muted">{counted(alarms.length, 'alarm')}</span>
        </h3>
      )}
      {step !== null && <FirstStep text={step} />}
      <ul>
        {shown.map((alarm) => (
          <AlarmItem key={alarm.alarm} alarm={alarm} hasStep={step === null} />
        ))}
      </ul>
      {alarms.length > SHOWN && (
        <button type="button" className="link-button more" onClick={() => setWhole(!isWhole)}>
          {isWhole ? 'Fewer' : `${exactCount(alarms.length - SHOWN)} more`}
        </button>
      )}
    </div>
  );
}

/** What to do first, where it is the same for several alarms. */
function commonStep(alarms: readonly Alarm[]): string | null {
  const [first] = alarms;
  if (first === undefined || alarms.length === 1) return null;
  return alarms.every(({ first_step }) => first_step === first.first_step) ? first.first_step : null;
}
