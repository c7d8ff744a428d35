import { useAccess } from '../../lib/activity-queries.ts';
import type { Access as AccessAnswer } from '../../../../src/serve/activity-api.ts';
import { Covers } from '../../lib/covers.tsx';
import { bytesText, counted, exactCount, shortCount } from '../../lib/format.ts';
import { Panel } from '../../lib/panel.tsx';
import { PlainTable, type PlainColumn } from '../../lib/plain-table.tsx';
import { requestsHref } from '../../lib/rows-behind.ts';
import { Link } from '../../routes/link.tsx';
import { useView } from '../../routes/view.tsx';

type AccessRow = AccessAnswer['rows'][number];

/** What each kind means and what to do about it. */
const ADVICE: Readonly<Record<AccessRow['kind'], string>> = {
  anonymous: 'Anybody could have made them. Block public access unless the bucket is a web site.',
  presigned:
    'Made with a link that carries its signature: whoever has the link has the access until it expires.',
  sigv2: 'Signed the old way, which AWS is ending. Update the client or its signature version.',
  old_tls: 'TLS 1.0 or 1.1, which can be broken. Require 1.2 with the condition s3:TlsVersion.',
  no_tls: 'Sent in clear. Deny them with the condition aws:SecureTransport.',
  acl_required:
    'Allowed by an ACL alone: they fail once ACLs are disabled. Move the grant into a policy first.',
};

/** Requests that came in a way worth knowing about. */
export function Access() {
  const { place } = useView();
  const access = useAccess();
  const columns: readonly PlainColumn<AccessRow>[] = [
    {
      title: 'How they came',
      cell: (row) => (
        <>
          {row.requests === 0 ? (
            <span>{row.title}</span>
          ) : (
            <Link href={requestsHref(place, row.filters)}>{row.title}</Link>
          )}
          <span className="advice">{ADVICE[row.kind]}</span>
        </>
      ),
    },
    {
      title: 'Requests',
      align: 'end',
      cell: (row) => <span data-tip={exactCount(row.requests)}>{shortCount(row.requests)}</span>,
    },
    {
      title: 'Sent',
      align: 'end',
      cell: (row) => (
        <span data-tip={`${exactCount(row.bytes_sent)} bytes`}>{bytesText(row.bytes_sent)}</span>
      ),
    },
    { title: 'In', align: 'end', cell: (row) => counted(row.buckets, 'bucket') },
  ];
  return (
    <Panel
      title="Kinds of access"
      answer={access}
      skeletonPx={360}
      footer={(answer) => <Covers coverage={answer.coverage} />}
    >
      {(answer) => (
        <PlainTable label="Kinds of access" columns={columns} rows={answer.rows} idOf={(row) => row.kind} />
      )}
    </Panel>
  );
}
