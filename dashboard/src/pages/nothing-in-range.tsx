import { useNewestRequestMs } from '../charts/chart-state.ts';
import { momentTitle, parseTime, shortMomentText } from '../lib/format.ts';
import { useNowMs } from '../lib/now.ts';
import { Link } from '../routes/link.tsx';
import { hrefWith } from '../routes/place.ts';
import { dayAround, rangeParams, rangeWords, windowOf } from '../routes/range.ts';
import { useView } from '../routes/view.tsx';

/** Says that the range holds nothing, and leads to where there is something. */
export function NothingInRange({ facts }: { readonly facts: 'requests' | 'calls' }) {
  const { place, range, bucket, status } = useView();
  const nowMs = useNowMs();
  const newestRequestMs = useNewestRequestMs();
  const newestMs = facts === 'requests' ? newestRequestMs : parseTime(status.newest_event);
  const { sinceMs, untilMs } = windowOf(range, nowMs);
  const isElsewhere = newestMs !== null && (newestMs < sinceMs || newestMs >= untilMs);
  return (
    <div className="empty">
      <p>
        No {facts} {bucket !== null && 'of this bucket '}
        {rangeWords(range)}.
      </p>
      {isElsewhere && (
        <Link
          className="button"
          href={hrefWith(place, rangeParams(dayAround(newestMs)))}
          title={momentTitle(newestMs)}
        >
          Show the day of the newest record, {shortMomentText(newestMs, nowMs)}
        </Link>
      )}
      {bucket !== null && (
        <Link className="button" href={hrefWith(place, { bucket: null })}>
          Look at all buckets
        </Link>
      )}
    </div>
  );
}
