import type { BackupDetail } from '../../lib/backup-row.ts';
import { counted } from '../../lib/format.ts';
import { Moment } from '../../lib/moment.tsx';
import { OutsideText } from '../../lib/outside-text.tsx';

type Act = BackupDetail['acts'][number];
type Look = BackupDetail['looks'][number];

const SHOWN = 6;
const ACTS: Readonly<Record<Act['act'], string>> = {
  pause: 'Paused',
  resume: 'Resumed',
  retire: 'Retired',
  expect: 'Expected again',
  'accept-size': 'New size accepted',
  'renew-link': 'Status link renewed',
};

/** What people said of a series, and when its bucket was listed. */
export function SeriesHistory({ detail: { acts, looks } }: { readonly detail: BackupDetail }) {
  return (
    <section className="panel">
      <header className="panel-head">
        <h2>Who did what</h2>
      </header>
      {acts.length === 0 && <p className="muted">Nobody paused, retired or changed it.</p>}
      <ol className="timeline">
        {acts.slice(0, SHOWN).map((act) => (
          <ActEntry key={`${act.at} ${act.act}`} act={act} />
        ))}
      </ol>
      <h3 className="small-head">Looks at its bucket</h3>
      {looks.length === 0 && <p className="muted">It was not listed yet: events alone tell.</p>}
      <ul className="looks">
        {looks.slice(0, SHOWN).map((look) => (
          <li key={`${look.at} ${look.prefix}`}>
            <Moment time={look.at} />
            <span>{lookText(look)}</span>
            {look.problem !== '' && (
              <span className="look-problem">
                <OutsideText text={look.problem} />
              </span>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function ActEntry({ act }: { readonly act: Act }) {
  return (
    <li className="timeline-entry">
      <p className="timeline-when">
        <Moment time={act.at} />
      </p>
      <p className="timeline-what">
        {ACTS[act.act]}
        {act.until !== null && (
          <>
            {' until '}
            <Moment time={act.until} />
          </>
        )}
        {act.reason !== '' && (
          <>
            {': '}
            <OutsideText text={act.reason} />
          </>
        )}
      </p>
      <p className="timeline-who muted">
        {act.author === '' ? 'nobody said who' : <OutsideText text={act.author} />}
      </p>
    </li>
  );
}

function lookText({ cause, keys, files }: Look): string {
  return `${cause}: ${counted(keys, 'key')}, ${files === 0 ? 'nothing new' : counted(files, 'new file')}`;
}
