import { shortCount } from '../lib/format.ts';
import { useBuckets } from '../lib/queries.ts';
import { visibleText } from '../lib/visible.ts';
import { Link } from './link.tsx';
import { LiveSwitch } from './live-switch.tsx';
import { Palette } from './palette.tsx';
import { go, hrefTo, hrefWith } from './place.ts';
import { RangePicker } from './range-picker.tsx';
import { ThemeSwitch } from './theme-switch.tsx';
import { useView } from './view.tsx';

/** What every page is narrowed to: bucket and range; and how the page behaves: live, colours. */
export function TopBar() {
  const { place, status } = useView();
  return (
    <header className="top-bar">
      <Palette />
      <BucketPicker />
      {status.demo && (
        <Link
          className="demo-badge"
          href={hrefTo(place, '/')}
          title="Made-up buckets and traffic. The overview says how to watch your own."
        >
          Demo<span> estate</span>
        </Link>
      )}
      <span className="spacer" />
      <RangePicker />
      <LiveSwitch />
      <ThemeSwitch />
    </header>
  );
}

function BucketPicker() {
  const { place, bucket, isLive } = useView();
  const rows = useBuckets(isLive).data?.rows ?? [];
  const isListed = bucket === null || rows.some((row) => row.bucket === bucket);
  const choose = (chosen: string) =>
    go(hrefWith(place, { bucket: chosen === '' ? null : chosen, open: null }));
  return (
    <select
      className="bucket-picker"
      aria-label="Bucket"
      value={bucket ?? ''}
      onChange={(event) => choose(event.target.value)}
    >
      <option value="">All buckets</option>
      {!isListed && bucket !== null && <option value={bucket}>{visibleText(bucket)}</option>}
      {rows.map((row) => (
        <option key={row.bucket} value={row.bucket}>
          {visibleText(row.bucket)} ({shortCount(row.requests)})
        </option>
      ))}
    </select>
  );
}
