import { momentTitle, parseTime, shortMomentText } from '../../lib/format.ts';
import { useNowMs } from '../../lib/now.ts';

/** As of when it was judged. */
export function JudgedAt({ time }: { readonly time: string | null }) {
  const nowMs = useNowMs();
  const timeMs = parseTime(time);
  return (
    <span title={timeMs === null ? undefined : momentTitle(timeMs)}>
      {timeMs === null ? 'Nothing was judged yet' : `Judged ${shortMomentText(timeMs, nowMs)}`}
    </span>
  );
}
