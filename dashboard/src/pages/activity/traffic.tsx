import type { Series } from '../../../../src/serve/api.ts';
import { bytesText, exactCount, percentText, shortCount } from '../../lib/format.ts';
import { useSeries } from '../../lib/queries.ts';
import { requestsHref } from '../../lib/rows-behind.ts';
import { Skeleton } from '../../lib/panel.tsx';
import { Link } from '../../routes/link.tsx';
import { useView } from '../../routes/view.tsx';
import { BytesPanel, LatencyPanel, RequestsPanel } from '../chart-panels.tsx';
import { SplitPanel } from './split-panel.tsx';

/** Requests, errors, latency and bytes over time, and by what they can be told apart. */
export function Traffic({ steps }: { readonly steps: number }) {
  const series = useSeries(steps);
  return (
    <>
      {series.data === undefined ? (
        series.error === null && <Skeleton heightPx={68} />
      ) : (
        <Totals series={series.data} />
      )}
      <RequestsPanel answer={series} heightPx={240} />
      <LatencyPanel answer={series} heightPx={220} />
      <BytesPanel answer={series} heightPx={180} />
      <SplitPanel steps={steps} heightPx={240} />
    </>
  );
}

function Totals({ series }: { readonly series: Series }) {
  const { place } = useView();
  const { totals } = series;
  const share = (count: number) => percentText(count / Math.max(1, totals.requests));
  return (
    <dl className="totals">
      <div title={exactCount(totals.requests)}>
        <dt>Requests</dt>
        <dd>
          <Link href={requestsHref(place, {})}>{shortCount(totals.requests)}</Link>
        </dd>
      </div>
      <div title={exactCount(totals.errors_4xx)}>
        <dt>4xx client errors</dt>
        <dd>
          <Link href={requestsHref(place, { http_status: '4xx' })}>{shortCount(totals.errors_4xx)}</Link>{' '}
          <small>{share(totals.errors_4xx)}</small>
        </dd>
      </div>
      <div title={exactCount(totals.errors_5xx)}>
        <dt>5xx server errors</dt>
        <dd>
          <Link href={requestsHref(place, { http_status: '5xx' })}>{shortCount(totals.errors_5xx)}</Link>{' '}
          <small>{share(totals.errors_5xx)}</small>
        </dd>
      </div>
      <div title={`${exactCount(totals.bytes_sent)} bytes`}>
        <dt>Down</dt>
        <dd>{bytesText(totals.bytes_sent)}</dd>
      </div>
      <div title={`${exactCount(totals.bytes_uploaded)} bytes`}>
        <dt>Up</dt>
        <dd>{bytesText(totals.bytes_uploaded)}</dd>
      </div>
    </dl>
  );
}
