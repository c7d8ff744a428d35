import { CopyButton } from '../../lib/copy.tsx';
import { bytesText, durationText, exactCount, secondsText } from '../../lib/format.ts';
import { Moment } from '../../lib/moment.tsx';
import { CutText, OutsideText } from '../../lib/outside-text.tsx';
import { Skeleton } from '../../lib/panel.tsx';
import { ProblemBox } from '../../lib/problem-box.tsx';
import { useObjectHistory } from '../../lib/replication-queries.ts';
import type { ObjectHistory, ReplicationObject } from '../../lib/replication-row.ts';
import { OBJECT_WORDS } from '../../lib/replication-words.ts';
import { canSay, requestsHref } from '../../lib/rows-behind.ts';
import { StatusMark } from '../../lib/status-mark.tsx';
import { Link } from '../../routes/link.tsx';
import { go, hrefWith } from '../../routes/place.ts';
import { useView } from '../../routes/view.tsx';
import { SidePanel } from '../../tables/side-panel.tsx';
import { objectParams, type ObjectName } from './object-address.ts';
import { objectRowId } from './objects.tsx';

type Version = ObjectHistory['versions'][number];

interface ObjectPanelProps {
  readonly object: ObjectName;
  /** The rows of the list beside it, for the arrows; empty where it was looked up. */
  readonly rows: readonly ReplicationObject[];
}

/** What happened to one object, version by version, at its source and its destinations. */
export function ObjectPanel({ object, rows }: ObjectPanelProps) {
  const { place } = useView();
  const history = useObjectHistory(object.bucket, object.key);
  const id = objectRowId({ key: object.key, version_id: object.version ?? '' });
  const index = rows.findIndex((row) => objectRowId(row) === id);
  const step = (direction: -1 | 1) => {
    const row = rows[index + direction];
    if (row === undefined) return;
    const next = { bucket: row.source, key: row.key, version: row.version_id };
    go(hrefWith(place, objectParams(next)), { replace: true });
  };
  return (
    <SidePanel
      title="One object"
      row={{}}
      onClose={() => go(hrefWith(place, objectParams(null)), { replace: true })}
      onStep={index < 0 ? null : step}
    >
      <div className="object-name">
        <p>
          <OutsideText text={object.key} /> <CopyButton text={object.key} label="Copy the key" />
        </p>
        <p className="muted">
          in <OutsideText text={object.bucket} />
          {canSay(object.key) && (
            <>
              {' · '}
              <Link href={requestsHref(place, { bucket: object.bucket, key: object.key })}>Its requests</Link>
            </>
          )}
        </p>
      </div>
      {history.error !== null && (
        <ProblemBox problem={history.error} onRetry={() => void history.refetch()} />
      )}
      {history.data === undefined && history.error === null && <Skeleton heightPx={280} />}
      {history.data !== undefined && <Versions history={history.data} version={object.version} />}
    </SidePanel>
  );
}

interface VersionsProps {
  readonly history: ObjectHistory;
  readonly version: string | null;
}

/** The version that was asked for first, then the others as they come. */
function Versions({ history, version }: VersionsProps) {
  const { versions } = history;
  if (versions.length === 0)
    return (
      <p className="panel-empty">
        Nothing is known of this object: no notification, log or inventory that was read names it. Is the key
        whole, and is it that of the source bucket?
      </p>
    );
  const asked = versions.filter((each) => each.version_id === version);
  const others = versions.filter((each) => each.version_id !== version);
  return (
    <>
      {[...asked, ...others].map((each) => (
        <VersionHistory key={each.version_id} version={each} />
      ))}
      {history.has_more && <p className="panel-empty">It has further versions, older than these.</p>}
    </>
  );
}

function VersionHistory({ version }: { readonly version: Version }) {
  const { version_id: id, destinations, steps } = version;
  return (
    <section className="object-version" aria-label={id === '' ? 'Without a version' : `Version ${id}`}>
      <h3>
        {version.delete_marker ? 'Delete marker' : 'Version'}{' '}
        {id === '' ? 'without an id' : <CutText text={id} canCopy />}
      </h3>
      <p className="muted">
        {!version.delete_marker && (
          <>
            <span data-tip={`${exactCount(version.size_bytes)} bytes`}>{bytesText(version.size_bytes)}</span>
            {', '}
          </>
        )}
        written <Moment time={version.written_at} />
        {version.removed_at !== null && (
          <>
            , removed <Moment time={version.removed_at} />
          </>
        )}
      </p>
      <ul className="object-destinations">
        {destinations.map((each) => (
          <Destination key={each.pair_id} at={each} />
        ))}
      </ul>
      <Steps version={version} />
      {steps.length === 0 && <p className="muted">No feed told how it came to be.</p>}
    </section>
  );
}

function Destination({ at }: { readonly at: ReplicationObject }) {
  const words = OBJECT_WORDS[at.status];
  return (
    <li>
      <StatusMark {...words} />
      <span>
        {at.destination !== '' && (
          <>
            at <OutsideText text={at.destination} />
          </>
        )}
        {at.latency_ms !== null && ` after ${durationText(at.latency_ms)}`}
        {at.status === 'PENDING' && ` for ${secondsText(at.age_seconds)}`}
        {at.reason !== '' && (
          <>
            {': '}
            <OutsideText text={at.reason} />
          </>
        )}
      </span>
    </li>
  );
}

/** What happened, in order, each with the time since the first. */
function Steps({ version }: { readonly version: Version }) {
  const firstMs = Date.parse(version.steps[0]?.time ?? '');
  return (
    <ol className="timeline">
      {version.steps.map((step, index) => (
        <li
          key={index}
          className="timeline-entry"
          data-status={step.event_name.includes('Failed') ? 'alarm' : undefined}
        >
          <p className="timeline-when">
            <Moment time={step.time} />
            {index > 0 && (
              <span className="muted">+ {durationText(Math.max(0, Date.parse(step.time) - firstMs))}</span>
            )}
          </p>
          <p className="timeline-what">
            <OutsideText text={step.what} />
          </p>
          <p className="timeline-who muted">
            <CutText text={step.bucket} />
            <span data-tip={step.event_name}>{step.feed}</span>
          </p>
        </li>
      ))}
    </ol>
  );
}
