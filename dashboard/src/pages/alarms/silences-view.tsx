import { useState } from 'react';
import { useEndSilence, useSilences } from '../../lib/alarm-queries.ts';
import type { Alarm, Silence } from '../../lib/alarm-row.ts';
import { SILENCE_WORDS } from '../../lib/alarm-words.ts';
import { ConfirmButton } from '../../lib/confirm-button.tsx';
import { counted, exactCount } from '../../lib/format.ts';
import { Ago } from '../../lib/moment.tsx';
import { OutsideText } from '../../lib/outside-text.tsx';
import { Panel } from '../../lib/panel.tsx';
import { PlainTable, type PlainColumn } from '../../lib/plain-table.tsx';
import { StatusMark } from '../../lib/status-mark.tsx';
import { currentPlace, go, hrefWith } from '../../routes/place.ts';
import { useView } from '../../routes/view.tsx';
import { SilenceButton } from './alarm-actions.tsx';
import { isFitting, valuesText } from './silence-matchers.ts';

interface SilencesViewProps {
  readonly alarms: readonly Alarm[];
}

/** What is muted, by whom, until when and why. */
export function SilencesView({ alarms }: SilencesViewProps) {
  const { place } = useView();
  const answer = useSilences();
  const [said, setSaid] = useState('');
  const asked = place.params.get('silence');
  const alarm = alarms.find((row) => row.alarm === asked) ?? null;
  const actions = (
    <SilenceButton
      key={asked}
      alarm={alarm}
      onSaid={setSaid}
      label="New silence…"
      startsOpen={asked !== null}
      onClosed={() => go(hrefWith(currentPlace(), { silence: null }), { replace: true })}
    />
  );
  return (
    <Panel title="Silences" answer={answer} skeletonPx={200} actions={actions}>
      {({ rows }) => (
        <div className="alarm-list">
          <p role="status" className="alarm-said">
            <OutsideText text={said} />
          </p>
          <SilenceLists rows={rows} alarms={alarms} onSaid={setSaid} />
        </div>
      )}
    </Panel>
  );
}

interface ListProps extends SilencesViewProps {
  readonly rows: readonly Silence[];
  readonly onSaid: (sentence: string) => void;
}

function SilenceLists({ rows, alarms, onSaid }: ListProps) {
  const current = rows.filter(({ state }) => state !== 'ended');
  const ended = rows.filter(({ state }) => state === 'ended');
  return (
    <>
      {current.length === 0 ? (
        <p className="panel-empty">
          Nothing is silenced: everybody is told of everything. An alarm is silenced where it is shown, or
          here.
        </p>
      ) : (
        <PlainTable
          label="Silences"
          columns={columnsOf(alarms, onSaid)}
          rows={current.toSorted((one, other) => one.state.localeCompare(other.state))}
          idOf={({ id }) => id}
        />
      )}
      {ended.length > 0 && (
        <details className="ended-silences">
          <summary>{counted(ended.length, 'silence')} ended</summary>
          <PlainTable
            label="Ended silences"
            columns={columnsOf(alarms, onSaid).slice(0, -1)}
            rows={ended}
            idOf={({ id }) => id}
          />
        </details>
      )}
    </>
  );
}

function columnsOf(
  alarms: readonly Alarm[],
  onSaid: (sentence: string) => void,
): readonly PlainColumn<Silence>[] {
  return [
    { title: 'Alarms with', cell: ({ matchers }) => <Matchers matchers={matchers} /> },
    {
      title: 'State',
      cell: ({ state, starts_at, ends_at }) => (
        <>
          <StatusMark {...SILENCE_WORDS[state]} />
          <span className="advice">
            {state === 'pending' ? 'begins ' : state === 'active' ? 'ends ' : ''}
            <Ago time={state === 'pending' ? starts_at : ends_at} />
          </span>
        </>
      ),
    },
    {
      title: 'Why',
      cell: ({ reason, author }) => (
        <>
          <OutsideText text={reason} />
          <span className="advice">{author === '' ? 'by nobody named' : <By author={author} />}</span>
        </>
      ),
    },
    {
      title: 'Fits',
      meaning: 'Alarms that it fits now, and how many of them are in ALARM',
      align: 'end',
      cell: ({ matchers }) => <Fits matchers={matchers} alarms={alarms} />,
    },
    { title: 'End', cell: (silence) => <EndSilence silence={silence} onSaid={onSaid} /> },
  ];
}

function By({ author }: { readonly author: string }) {
  return (
    <>
      by <OutsideText text={author} />
    </>
  );
}

function Matchers({ matchers }: Pick<Silence, 'matchers'>) {
  return (
    <ul className="label-list">
      {matchers.map(({ label, values }, index) => (
        <li key={index}>
          <span className="muted">{label}</span> <OutsideText text={valuesText(values)} />
        </li>
      ))}
    </ul>
  );
}

function Fits({ matchers, alarms }: Pick<Silence, 'matchers'> & SilencesViewProps) {
  const fitting = alarms.filter((alarm) => isFitting(matchers, alarm));
  const wrong = fitting.filter(({ state }) => state === 'ALARM').length;
  return (
    <>
      {exactCount(fitting.length)}
      {wrong > 0 && <span className="advice">{exactCount(wrong)} in ALARM</span>}
    </>
  );
}

interface EndSilenceProps {
  readonly silence: Silence;
  readonly onSaid: (sentence: string) => void;
}

function EndSilence({ silence, onSaid }: EndSilenceProps) {
  const end = useEndSilence(silence.id);
  return (
    <ConfirmButton
      label="End…"
      title="End this silence?"
      confirm="End it"
      onConfirm={async () => onSaid((await end.mutateAsync({})).sentence)}
    >
      <p>From then on, alarms that it fits are told again.</p>
      <Matchers matchers={silence.matchers} />
    </ConfirmButton>
  );
}
