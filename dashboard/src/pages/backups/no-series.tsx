import type { Backups } from '../../lib/backup-row.ts';
import { CommandLine } from '../../lib/copy.tsx';
import { Pasteable } from '../../lib/pasteable.tsx';
import { Link } from '../../routes/link.tsx';
import { hrefWith } from '../../routes/place.ts';
import { useView } from '../../routes/view.tsx';
import { CHECK_COMMAND, DISCOVER_CONFIG } from './backups-snippet.ts';
import { WatchedBuckets } from './watched-buckets.tsx';

/** What to type when no series is known, or that the bucket chosen has none. */
export function NoSeries({ backups }: { readonly backups: Backups }) {
  const { place, bucket } = useView();
  if (bucket !== null && backups.discovering.length === 0)
    return (
      <section className="panel empty">
        <p>No backup series is known in this bucket.</p>
        <Link className="button" href={hrefWith(place, { bucket: null })}>
          Look at all buckets
        </Link>
      </section>
    );
  const isWatching = backups.discovering.length > 0;
  return (
    <>
      <section className="panel empty-store">
        <h2>{isWatching ? 'No backup series was found yet' : 'No backups are watched yet'}</h2>
        <p className="lines-follow">
          {isWatching
            ? 'The buckets below are listed, and none of their keys comes again and again so far. Another bucket is watched with these lines of '
            : 'A bucket is listed, its keys are sorted into series, and this page shows which of them are late, missing or too small. These lines of '}
          <code>bucketwatch.yaml</code>
          {isWatching ? ':' : ' start it:'}
        </p>
        <Pasteable text={DISCOVER_CONFIG} label="Copy the configuration" />
        <p className="step">What a bucket holds, without changing anything:</p>
        <CommandLine command={CHECK_COMMAND} />
      </section>
      {isWatching && <WatchedBuckets rows={backups.discovering} />}
    </>
  );
}
