import { useAlarm } from '../../lib/alarm-queries.ts';
import type { AlarmDetail, AlarmTransition } from '../../lib/alarm-row.ts';
import { KIND_WORDS, SEVERITY_WORDS, STATE_WORDS } from '../../lib/alarm-words.ts';
import { CopyButton } from '../../lib/copy.tsx';
import { counted } from '../../lib/format.ts';
import { Ago, Moment } from '../../lib/moment.tsx';
import { OutsideText } from '../../lib/outside-text.tsx';
import { Skeleton } from '../../lib/panel.tsx';
import { ProblemBox } from '../../lib/problem-box.tsx';
import { StatusMark } from '../../lib/status-mark.tsx';
import { currentPlace, go, hrefWith } from '../../routes/place.ts';
import { SidePanel } from '../../tables/side-panel.tsx';
import { AboutAlarm } from './about-alarm.tsx';
import { AlarmActions } from './alarm-actions.tsx';
import { AlarmChart } from './alarm-chart.tsx';
import { FirstStep } from './alarm-item.tsx';
import { Evidence } from './evidence.tsx';
import { InHand } from './in-hand.tsx';
import { SoFor } from './so-for.tsx';
import { WhoIsTold } from './who-is-told.tsx';

interface AlarmPanelProps {
  readonly alarm: string;
  /** Ids of the alarms of the list beside it, for the arrows. */
  readonly ids: readonly string[];
}

/** Everything about one alarm: why, its chart, who is told, what became of it, and by which rule. */
export function AlarmPanel({ alarm, ids }: AlarmPanelProps) {
  const answer = useAlarm(alarm);
  const index = ids.indexOf(alarm);
  const step = (direction: -1 | 1) => {
    const next = ids[index + direction];
    if (next !== undefined) go(hrefWith(currentPlace(), { alarm: next }), { replace: true });
  };
  return (
    <SidePanel
      title="One alarm"
      row={{}}
      onClose={() => go(hrefWith(currentPlace(), { alarm: null }), { replace: true })}
      onStep={index < 0 ? null : step}
    >
      {answer.error !== null && <ProblemBox problem={answer.error} onRetry={() => void answer.refetch()} />}
      {answer.data === undefined && answer.error === null && <Skeleton heightPx={420} />}
      {answer.data !== undefined && <AlarmFacts key={alarm} detail={answer.data} />}
    </SidePanel>
  );
}

function AlarmFacts({ detail }: { readonly detail: AlarmDetail }) {
  const { row } = detail;
  const { status, word, meaning } = STATE_WORDS[row.state];
  return (
    <div className="alarm-facts">
      <section className="alarm-part" aria-label="The alarm">
        <h3 className="alarm-name">
          <OutsideText text={row.title} />
        </h3>
        <p className="alarm-standing">
          <span data-tip={meaning}>
            <StatusMark status={status} word={word} />
          </span>
          <span className="muted">
            <SoFor since={row.since} />, {SEVERITY_WORDS[row.severity].word.toLowerCase()}
          </span>
        </p>
        <p>
          <OutsideText text={row.sentence} />
        </p>
        {row.state !== 'OK' && <FirstStep text={row.first_step} />}
        <InHand alarm={row} />
        <AlarmActions alarm={row} />
      </section>
      {row.kind === 'metric' && <AlarmChart detail={detail} />}
      {row.evidence.length > 0 && (
        <section className="alarm-part" aria-label="Evidence">
          <h3>Evidence</h3>
          <Evidence rows={row.evidence} />
        </section>
      )}
      <WhoIsTold alarm={row.alarm} />
      <Changes rows={detail.transitions} />
      <Rule detail={detail} />
    </div>
  );
}

/** What became of it, latest first. */
function Changes({ rows }: { readonly rows: readonly AlarmTransition[] }) {
  return (
    <section className="alarm-part" aria-label="Changes">
      <h3>Changes</h3>
      {rows.length === 0 && <p className="muted">It has not changed since it was made.</p>}
      {rows.length > 0 && (
        <ol className="timeline">
          {rows.map((row) => (
            <Change key={row.revision} row={row} />
          ))}
        </ol>
      )}
    </section>
  );
}

function Change({ row }: { readonly row: AlarmTransition }) {
  return (
    <li className="timeline-entry" data-status={STATE_WORDS[row.state].status}>
      <p className="timeline-when">
        <Moment time={row.at} />
        <StatusMark {...STATE_WORDS[row.state]} />
      </p>
      <p className="timeline-what">
        <OutsideText text={row.sentence} />
      </p>
      <p className="timeline-who muted">
        {row.from === null ? 'new' : `from ${STATE_WORDS[row.from].word}`}
        {row.since !== row.at && (
          <span>
            so since <Moment time={row.since} />
          </span>
        )}
      </p>
    </li>
  );
}

function Rule({ detail: { definition, row } }: { readonly detail: AlarmDetail }) {
  return (
    <section className="alarm-part" aria-label="Definition">
      <h3>Definition</h3>
      <p>
        <OutsideText text={definition.rule} />
      </p>
      <dl className="facts">
        <dt>Kind</dt>
        <dd data-tip={KIND_WORDS[definition.kind].meaning}>{KIND_WORDS[definition.kind].word}</dd>
        <dt>From</dt>
        <dd>
          {definition.from === 'default' ? 'default' : 'the configuration'}: <code>{definition.id}</code>,{' '}
          {counted(definition.alarms, 'alarm')}
        </dd>
        <dt>First step</dt>
        <dd>
          <OutsideText text={definition.first_step} />
        </dd>
        <dt>Labels</dt>
        <dd>
          <AboutAlarm alarm={row} />
        </dd>
        <dt>Evaluated</dt>
        <dd>
          <Ago time={row.evaluated_at} />
          <span className="muted">
            with data until <Moment time={row.as_of} />
          </span>
        </dd>
        <dt>Id</dt>
        <dd className="alarm-id">
          <OutsideText text={row.alarm} /> <CopyButton text={row.alarm} label="Copy the id" />
        </dd>
      </dl>
    </section>
  );
}
