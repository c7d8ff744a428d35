import type { Coverage } from '../../../src/serve/api.ts';
import { momentTitle, parseTime, shortMomentText } from './format.ts';
import { useNowMs } from './now.ts';
import { sourcesText } from './panel.tsx';

/** What an answer covers: "Complete until 13:40", "from access-logs". */
export function Covers({ coverage }: { readonly coverage: Coverage }) {
  const sources = sourcesText(coverage);
  return (
    <>
      <span>
        <CompleteUntil coverage={coverage} />
      </span>
      <span title={coverage.sources.join('\n')}>{sources}</span>
    </>
  );
}

function CompleteUntil({ coverage }: { readonly coverage: Coverage }) {
  const nowMs = useNowMs();
  const completeMs = parseTime(coverage.complete_until);
  const newestMs = parseTime(coverage.newest_event);
  if (completeMs !== null && completeMs >= Date.parse(coverage.until)) return 'Complete';
  if (completeMs !== null)
    return (
      <span
        title={`Records of before ${momentTitle(completeMs)} have usually arrived (99 of 100 batches)\nThe shaded part may still change`}
      >
        Complete until {shortMomentText(completeMs, nowMs)}
      </span>
    );
  if (newestMs === null) return 'No record in this range';
  return (
    <span title={`${momentTitle(newestMs)}\nHow late records come is not known yet`}>
      Newest record {shortMomentText(newestMs, nowMs)}
    </span>
  );
}
