import type { Alarm } from '../../lib/alarm-row.ts';
import { CutText } from '../../lib/outside-text.tsx';

/** What tells an alarm from others like it. */
export function LabelList({ labels }: Pick<Alarm, 'labels'>) {
  return (
    <ul className="label-list" aria-label="Labels">
      {Object.entries(labels).map(([name, value]) => (
        <li key={name}>
          <span className="muted">{name}</span>
          <CutText text={value} />
        </li>
      ))}
    </ul>
  );
}
