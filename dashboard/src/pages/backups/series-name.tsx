import type { BackupSeries } from '../../lib/backup-row.ts';
import { CutText } from '../../lib/outside-text.tsx';
import { Link } from '../../routes/link.tsx';
import { useView } from '../../routes/view.tsx';
import { seriesHref } from './series-address.ts';

/** A series above its bucket, with its page behind it. */
export function SeriesLink({ row }: { readonly row: Pick<BackupSeries, 'bucket' | 'series'> }) {
  const { place } = useView();
  return (
    <span className="series-name">
      <Link href={seriesHref(place, row)}>
        <CutText text={row.series} />
      </Link>
      <span className="advice">
        <CutText text={row.bucket} />
      </span>
    </span>
  );
}
