import type { Alarm } from '../../lib/alarm-row.ts';
import { Link } from '../../routes/link.tsx';
import { hrefTo } from '../../routes/place.ts';
import { useView } from '../../routes/view.tsx';
import { subjectOf } from './alarm-subject.ts';
import { LabelList } from './label-list.tsx';

/** The labels of an alarm, and the way to what they name. */
export function AboutAlarm({ alarm }: { readonly alarm: Alarm }) {
  const { place } = useView();
  const subject = subjectOf(alarm);
  return (
    <div className="about-alarm">
      <LabelList labels={alarm.labels} />
      {subject !== null && <Link href={hrefTo(place, subject.path, subject.params)}>{subject.title}</Link>}
    </div>
  );
}
