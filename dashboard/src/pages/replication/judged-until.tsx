import { momentTitle, parseTime, shortMomentText } from '../../lib/format.ts';
import { useNowMs } from '../../lib/now.ts';
import { sourcesText } from '../../lib/panel.tsx';
import type { Pairs } from '../../lib/replication-row.ts';

/** Up to when what was stored is in the answer, and where it came from. */
export function JudgedUntil({ pairs }: { readonly pairs: Pairs }) {
  const nowMs = useNowMs();
  const untilMs = parseTime(pairs.judged_until);
  return (
    <>
      <span>
        {untilMs === null ? (
          'Nothing was judged yet'
        ) : (
          <span title={`What was stored up to ${momentTitle(untilMs)} is in these figures`}>
            Judged until {shortMomentText(untilMs, nowMs)}
          </span>
        )}
      </span>
      <span title={pairs.coverage.sources.join('\n')}>{sourcesText(pairs.coverage)}</span>
    </>
  );
}
