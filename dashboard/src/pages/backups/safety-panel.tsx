import type { BackupSeries } from '../../lib/backup-row.ts';
import { SAFETY_WORDS } from '../../lib/backup-words.ts';
import { OutsideText } from '../../lib/outside-text.tsx';
import { StatusMark } from '../../lib/status-mark.tsx';

type Item = BackupSeries['safety']['items'][number];

const TITLES: Readonly<Record<Item['what'], string>> = {
  versioning: 'Versions',
  'object-lock': 'Object lock',
  replica: 'Replica',
  lifecycle: 'Lifecycle',
  retention: 'Retention',
  kept: 'Kept',
};
const WORDS = {
  ...SAFETY_WORDS,
  good: { status: 'ok', word: 'Good' },
  bad: { status: 'alarm', word: 'Bad' },
} as const;

/** Whether what arrived would be there when it is needed, item by item. */
export function SafetyPanel({ safety }: Pick<BackupSeries, 'safety'>) {
  return (
    <section className="panel">
      <header className="panel-head">
        <h2>Safety</h2>
        <span className="panel-actions">
          <StatusMark {...SAFETY_WORDS[safety.state]} />
        </span>
      </header>
      {safety.items.length === 0 && <p className="muted">Nothing is known of how its files are protected.</p>}
      <ul className="safety-items">
        {safety.items.map(({ what, state, sentence }) => (
          <li key={what}>
            <strong>{TITLES[what]}</strong>
            <StatusMark {...WORDS[state]} />
            <p>
              <OutsideText text={sentence} />
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}
