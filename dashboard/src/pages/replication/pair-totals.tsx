import type { ReactNode } from 'react';
import { bytesText, counted, durationText, exactCount, percentText, shortCount } from '../../lib/format.ts';
import type { Pair } from '../../lib/replication-row.ts';
import { Link } from '../../routes/link.tsx';
import { hrefWith } from '../../routes/place.ts';
import { rangeWords } from '../../routes/range.ts';
import { useView } from '../../routes/view.tsx';
import { objectParams } from './object-address.ts';
import { RpoBar } from './rpo-bar.tsx';

/** The figures of a pair. */
export function PairTotals({ pair }: { readonly pair: Pair }) {
  const { range } = useView();
  const { within_target: within, latency_ms: latency } = pair;
  return (
    <dl className="totals">
      <Total name="RPO now">
        <RpoBar pair={pair} />
      </Total>
      <Total name="Pending">
        <ToObjects count={pair.pending_objects} status="PENDING" />{' '}
        {pair.pending_objects > 0 && (
          <small data-tip={`${exactCount(pair.pending_bytes)} bytes`}>{bytesText(pair.pending_bytes)}</small>
        )}
      </Total>
      <Total name="Failed">
        <ToObjects count={pair.failed_objects} status="FAILED" />{' '}
        {pair.failed_objects > 0 && (
          <small data-tip={`${exactCount(pair.failed_bytes)} bytes`}>{bytesText(pair.failed_bytes)}</small>
        )}
      </Total>
      <Total name="In target, 24 h">
        {shareText(within.day)}{' '}
        <small
          className="below"
          data-tip="Of what arrived, failed or fell due in the last hour and in the last 30 days"
        >
          <span>1 h {shareText(within.hour)},</span> <span>30 days {shareText(within.month)}</span>
        </small>
      </Total>
      <Total name={`Arrived ${rangeWords(range)}`}>
        <span data-tip={counted(pair.replicated_objects, 'object')}>
          {shortCount(pair.replicated_objects)}
        </span>{' '}
        <small>{bytesText(pair.replicated_bytes)}</small>
      </Total>
      <Total name="Half of them within">
        {latency === null ? '–' : durationText(latency.p50)}{' '}
        {latency !== null && (
          <small data-tip={`p95 ${durationText(latency.p95)}\nlongest ${durationText(latency.max)}`}>
            p99 {durationText(latency.p99)}
          </small>
        )}
      </Total>
    </dl>
  );
}

function Total({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function shareText(share: number | null): string {
  return share === null ? '–' : percentText(share);
}

function ToObjects({ count, status }: { readonly count: number; readonly status: string }) {
  const { place } = useView();
  if (count === 0) return 0;
  const href = hrefWith(place, { status, part: 'objects', ...objectParams(null) });
  return (
    <Link href={href} data-tip={counted(count, 'object')}>
      {shortCount(count)}
    </Link>
  );
}
