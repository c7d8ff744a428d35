import { durationText, momentTitle } from '../../lib/format.ts';
import { useNowMs } from '../../lib/now.ts';

/** How long it has been so, `for 42 min`, with the time it began on hover. */
export function SoFor({ since }: { readonly since: string }) {
  const sinceMs = Date.parse(since);
  const ageMs = Math.max(0, useNowMs() - sinceMs);
  return (
    <time dateTime={since} data-tip={`since ${momentTitle(sinceMs)}`}>
      for {durationText(ageMs)}
    </time>
  );
}
