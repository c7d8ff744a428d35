import { useState } from 'react';
import { SEVERITY_WORDS } from '../lib/alarm-words.ts';
import { capitalised } from '../lib/format.ts';
import { OutsideText } from '../lib/outside-text.tsx';
import { StatusMark } from '../lib/status-mark.tsx';
import { Link } from '../routes/link.tsx';
import { hrefTo } from '../routes/place.ts';
import { useView } from '../routes/view.tsx';
import { AlarmActions } from './alarms/alarm-actions.tsx';
import type { Concern } from './attention.ts';
import type { Concerns } from './concerns.ts';

const SHOWN = 5;

/** What needs attention, each with its evidence, what to do first, and the rows behind it; one line when nothing does. */
export function AttentionList({ concerns: { rows: concerns, isPending } }: { readonly concerns: Concerns }) {
  const [isWhole, setWhole] = useState(false);
  const shown = isWhole ? concerns : concerns.slice(0, SHOWN);
  return (
    <section className="panel flush attention" aria-label="Needs attention">
      <header className="panel-head">
        <h2>Needs attention</h2>
        {concerns.length === 0 && (
          <span className="panel-actions muted">
            {isPending
              ? 'Looking…'
              : 'Nothing: alarms, errors, storms, replication, backups, sources and completeness are as usual'}
          </span>
        )}
      </header>
      <ul>
        {shown.map((concern) => (
          <AttentionRow key={concern.id} concern={concern} />
        ))}
      </ul>
      {concerns.length > SHOWN && (
        <button type="button" className="link-button more" onClick={() => setWhole(!isWhole)}>
          {isWhole ? 'Fewer' : `${concerns.length - SHOWN} more`}
        </button>
      )}
    </section>
  );
}

function AttentionRow({ concern }: { readonly concern: Concern }) {
  const { place } = useView();
  const { alarm, status } = concern;
  const mark =
    alarm === undefined
      ? { status, word: status === 'alarm' ? 'Alarm' : 'Look' }
      : SEVERITY_WORDS[alarm.severity];
  return (
    <li className="attention-row" data-status={status}>
      <StatusMark status={mark.status} word={mark.word} />
      <div>
        <p>
          <Link href={hrefTo(place, concern.path, concern.params)}>
            <OutsideText text={capitalised(concern.title)} />
          </Link>
        </p>
        <p>
          <OutsideText text={concern.evidence} />
        </p>
        <p className="muted">{concern.firstStep}</p>
        {alarm !== undefined && <AlarmActions alarm={alarm} />}
      </div>
    </li>
  );
}
