import type { UseQueryResult } from '@tanstack/react-query';
import { useNewestRequestMs } from '../charts/chart-state.ts';
import type { ApiProblem } from '../lib/api.ts';
import type { Series } from '../../../src/serve/api.ts';
import { useNowMs } from '../lib/now.ts';
import { Skeleton } from '../lib/panel.tsx';
import { useSources } from '../lib/queries.ts';
import { StatusMark } from '../lib/status-mark.tsx';
import { verdictOf } from '../lib/verdict.ts';
import { visibleText } from '../lib/visible.ts';
import { Link } from '../routes/link.tsx';
import { hrefTo } from '../routes/place.ts';
import { rangeWords, windowOf } from '../routes/range.ts';
import { useView } from '../routes/view.tsx';
import type { Concerns } from './concerns.ts';

const UP_TO_NOW_MS = 3_600_000;

interface VerdictLineProps {
  readonly answer: UseQueryResult<Series, ApiProblem>;
  readonly concerns: Concerns;
}

/** The sentence a page opens with. */
export function VerdictLine({ answer, concerns }: VerdictLineProps) {
  const view = useView();
  const nowMs = useNowMs();
  const newestMs = useNewestRequestMs();
  const sources = useSources(view.isLive).data?.rows ?? [];
  // Nothing is called fine before all was looked at.
  const isOpen = concerns.isPending && concerns.rows.length === 0;
  if (answer.data === undefined || isOpen) return answer.error === null ? <Skeleton heightPx={56} /> : null;
  const verdict = verdictOf({
    series: answer.data,
    rangeWords: rangeWords(view.range),
    isUpToNow: nowMs - windowOf(view.range, nowMs).untilMs < UP_TO_NOW_MS,
    newestMs,
    nowMs,
    concerns: concerns.rows,
    sources,
  });
  return (
    <div className="verdict">
      <StatusMark status={verdict.status} word={verdict.word} />
      <p>
        {verdict.sentence.map((part, index) =>
          part.page === undefined ? (
            part.text
          ) : (
            <Link key={index} href={hrefTo(view.place, part.page, part.params)}>
              {visibleText(part.text)}
            </Link>
          ),
        )}
      </p>
    </div>
  );
}
