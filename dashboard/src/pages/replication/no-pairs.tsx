import { Pasteable } from '../../lib/pasteable.tsx';
import { Link } from '../../routes/link.tsx';
import { hrefTo, hrefWith } from '../../routes/place.ts';
import { useView } from '../../routes/view.tsx';
import { ESTATE_CONFIG, EVENTS_COMMAND } from './estate-snippet.ts';

/** What to type when no pair is known, or that the bucket chosen has none. */
export function NoPairs() {
  const { place, bucket } = useView();
  if (bucket !== null)
    return (
      <section className="panel empty">
        <p>No pair has this bucket at either end.</p>
        <Link className="button" href={hrefWith(place, { bucket: null })}>
          Look at all buckets
        </Link>
      </section>
    );
  return (
    <section className="panel empty-store">
      <h2>No pair of buckets is known yet</h2>
      <p className="lines-follow">
        Pairs come from the replication rules of your buckets, which are read and never changed. These lines
        of <code>bucketwatch.yaml</code> make them visible:
      </p>
      <Pasteable text={ESTATE_CONFIG} label="Copy the configuration" />
      <p className="step">Let source and destination tell what is written, and the source what failed:</p>
      <Pasteable text={EVENTS_COMMAND} label="Copy the command" />
      <p className="muted">
        The queue is read as any other:{' '}
        <Link href={hrefTo(place, '/sources', { part: 'connect', kind: 'queue' })}>connect a source</Link>.
        CloudTrail files and inventories tell of arrivals, too.
      </p>
    </section>
  );
}
