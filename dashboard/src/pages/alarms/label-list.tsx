import type { Alarm } from '../../lib/alarm-row.ts';
import { OutsideText } from '../../lib/outside-text.tsx';

/** What tells an alarm from others like it. */
export function LabelList({ labels }: Pick<Alarm, 'labels'>) {
  return (
    <ul className="label-list" aria-label="Labels">
      {Object.entries(labels).map(([name, value]) => (
        <li key={name}>
          <span className="muted">{name}</span> <OutsideText text={value} />
        </li>
      ))}
    </ul>
  );
}
