import { useQuery } from '@tanstack/react-query';
import type { Timeline as TimelineAnswer } from '../../../src/serve/analysis-api.ts';
import { getJson, type ApiProblem, type Query } from '../lib/api.ts';
import type { IconName } from '../lib/icons.tsx';
import { Icon } from '../lib/icons.tsx';
import { Moment } from '../lib/moment.tsx';
import { CutText, OutsideText } from '../lib/outside-text.tsx';
import { Skeleton } from '../lib/panel.tsx';
import { ProblemBox } from '../lib/problem-box.tsx';
import { RawText } from './raw-text.tsx';

type TimelineRow = TimelineAnswer['rows'][number];

const FEEDS: Readonly<Record<string, { readonly name: string; readonly icon: IconName }>> = {
  'access-log': { name: 'Access log', icon: 'requests' },
  cloudtrail: { name: 'CloudTrail', icon: 'calls' },
  's3-event': { name: 'Event', icon: 'activity' },
};

/** What every feed says about one request or object, in the order it happened. */
export function Timeline({ query }: { readonly query: Query }) {
  const answer = useQuery<TimelineAnswer, ApiProblem>({
    queryKey: ['/timeline', query],
    queryFn: ({ signal }) => getJson<TimelineAnswer>('/timeline', query, signal),
    meta: { isHeld: true },
  });
  if (answer.error !== null)
    return <ProblemBox problem={answer.error} onRetry={() => void answer.refetch()} />;
  if (answer.data === undefined) return <Skeleton heightPx={240} />;
  if (answer.data.rows.length === 0)
    return <p className="panel-empty">No feed has anything about it in this range.</p>;
  return (
    <ol className="timeline">
      {answer.data.rows.map((row, index) => (
        <TimelineEntry key={index} row={row} />
      ))}
    </ol>
  );
}

function TimelineEntry({ row }: { readonly row: TimelineRow }) {
  const feed = FEEDS[row.feed] ?? { name: row.feed, icon: 'info' };
  const isRefused = /^[45]\d\d|Denied|[Ee]rror|[Ff]ail/.test(row.outcome);
  return (
    <li className="timeline-entry">
      <p className="timeline-when">
        <Moment time={row.time} />
        <span className="muted">
          <Icon name={feed.icon} /> {feed.name}
        </span>
      </p>
      <p className="timeline-what">
        <OutsideText text={row.title} />
        {row.outcome !== '' && (
          <span className="timeline-outcome" data-status={isRefused ? 'alarm' : 'ok'}>
            <Icon name={isRefused ? 'alarm' : 'ok'} /> <OutsideText text={row.outcome} />
          </span>
        )}
      </p>
      <p className="timeline-who muted">
        {row.principal === '' ? 'anonymous' : <CutText text={row.principal} />}
        {row.remote_ip !== '' && (
          <span>
            {' from '}
            <OutsideText text={row.remote_ip} />
          </span>
        )}
      </p>
      <details>
        <summary>Record</summary>
        <RawText text={JSON.stringify(row.record, null, 2)} />
      </details>
    </li>
  );
}
