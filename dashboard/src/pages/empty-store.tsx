import type { Status } from '../../../src/serve/api.ts';
import { CommandLine } from '../lib/copy.tsx';

/** How to watch what is yours. */
export const WATCH_COMMAND = 'npm run bucketwatch -- serve s3://your-log-bucket/prefix/';
export const INGEST_COMMAND = 'npm run bucketwatch -- ingest <files>';

/** True when nothing was ever loaded. */
export function isEmptyStore(status: Status): boolean {
  const { requests, api_calls, object_events, batches } = status.facts;
  return requests + api_calls + object_events + batches === 0;
}

/** What to type when nothing was loaded yet. */
export function EmptyStore({ status }: { readonly status: Status }) {
  return (
    <section className="panel empty-store">
      <h2>Nothing has been loaded yet</h2>
      <p>
        Bucketwatch reads S3 server access logs, CloudTrail files, S3 event notifications, audit logs of MinIO
        and ops logs of Ceph, plain or gzipped. This page fills by itself as soon as there are some.
      </p>
      <p className="step">Watch the bucket your logs are delivered to:</p>
      <CommandLine command={WATCH_COMMAND} />
      <p className="step">Or load files you have:</p>
      <CommandLine command={INGEST_COMMAND} />
      <p className="muted">
        Loading the same files again changes nothing. Everything is kept in <code>{status.data_folder}</code>.
      </p>
    </section>
  );
}
