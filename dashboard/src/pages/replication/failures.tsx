import { bytesText, capitalised, counted, exactCount, shortCount } from '../../lib/format.ts';
import { CopyButton } from '../../lib/copy.tsx';
import { Ago } from '../../lib/moment.tsx';
import { CutText, OutsideText } from '../../lib/outside-text.tsx';
import { Panel } from '../../lib/panel.tsx';
import { PlainTable, type PlainColumn } from '../../lib/plain-table.tsx';
import { usePairFailures } from '../../lib/replication-queries.ts';
import type { Pair, ReplicationFailures } from '../../lib/replication-row.ts';
import { StatusMark } from '../../lib/status-mark.tsx';
import { Link } from '../../routes/link.tsx';
import { hrefWith, type Place } from '../../routes/place.ts';
import { useView } from '../../routes/view.tsx';
import { objectParams } from './object-address.ts';

type Cause = ReplicationFailures['rows'][number];

/** Why objects of a pair failed, what mends each cause, and the list to replicate them again. */
export function FailuresPanel({ pair }: { readonly pair: Pair }) {
  const { place } = useView();
  const failures = usePairFailures(pair.id);
  return (
    <Panel
      title="Failed, by cause"
      answer={failures}
      skeletonPx={110}
      actions={pair.failed_objects > 0 && <ManifestLink pair={pair.id} />}
    >
      {({ rows }) =>
        rows.length === 0 ? (
          <p className="panel-empty">
            <StatusMark status="ok" word="Nothing failed" />
          </p>
        ) : (
          <PlainTable
            label="Failed, by cause"
            columns={columnsOf(place, pair)}
            rows={rows}
            idOf={({ reason, operation }) => `${reason} ${operation}`}
          />
        )
      }
    </Panel>
  );
}

function ManifestLink({ pair }: { readonly pair: string }) {
  return (
    <a
      className="button"
      href={`/api/v1/replication/manifest?${new URLSearchParams({ pair }).toString()}`}
      download
      data-tip="Bucket, key and version of each failed object, as S3 Batch Operations reads it"
    >
      Manifest (CSV)
    </a>
  );
}

function columnsOf(place: Place, pair: Pair): readonly PlainColumn<Cause>[] {
  return [
    {
      title: 'Cause',
      cell: (row) => (
        <>
          <OutsideText text={row.reason} />
          <span className="advice">{capitalised(row.cause)}</span>
        </>
      ),
    },
    {
      title: 'What mends it',
      cell: (row) => (
        <span className="fix">
          {row.fix}
          {row.permission !== '' && (
            <span className="fix-permission">
              <span className="muted">Missing permission</span> <code>{row.permission}</code>
              <CopyButton text={row.permission} label="Copy the permission" />
            </span>
          )}
        </span>
      ),
    },
    {
      title: 'Objects',
      align: 'end',
      cell: (row) => (
        <span>
          <Link
            href={hrefWith(place, { status: 'FAILED', part: 'objects', ...objectParams(null) })}
            data-tip={counted(row.objects, 'object')}
          >
            {shortCount(row.objects)}
          </Link>
          <span className="advice" data-tip={`${exactCount(row.bytes)} bytes`}>
            {bytesText(row.bytes)}
          </span>
        </span>
      ),
    },
    {
      title: 'Last',
      cell: (row) => (
        <span>
          <Ago time={row.last_failed} />
          <span className="advice">
            first <Ago time={row.first_failed} />
          </span>
        </span>
      ),
    },
    {
      title: 'For example',
      cell: ({ example }) => (
        <Link
          href={hrefWith(
            place,
            objectParams({ bucket: pair.source, key: example.key, version: example.version_id }),
          )}
        >
          <CutText text={example.key} />
        </Link>
      ),
    },
  ];
}
