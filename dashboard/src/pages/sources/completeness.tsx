import { useCompleteness } from '../../lib/activity-queries.ts';
import type { Completeness as CompletenessAnswer } from '../../../../src/serve/api.ts';
import { Covers } from '../../lib/covers.tsx';
import { counted, durationText, exactCount, percentText } from '../../lib/format.ts';
import { Moment } from '../../lib/moment.tsx';
import { OutsideText } from '../../lib/outside-text.tsx';
import { Panel } from '../../lib/panel.tsx';
import { PlainTable, type PlainColumn } from '../../lib/plain-table.tsx';
import { StatusMark } from '../../lib/status-mark.tsx';
import { Link } from '../../routes/link.tsx';
import { hrefTo } from '../../routes/place.ts';
import { useView } from '../../routes/view.tsx';

type Row = CompletenessAnswer['rows'][number];

const VERDICTS = {
  complete: { status: 'ok', word: 'Complete' },
  incomplete: { status: 'alarm', word: 'Incomplete' },
  unknown: { status: 'unknown', word: 'Unknown' },
} as const;
const TRAILS = {
  verified: { status: 'ok', word: 'Verified' },
  broken: { status: 'alarm', word: 'Broken' },
  unverified: { status: 'unknown', word: 'Not verified' },
  absent: { status: 'unknown', word: 'No digests' },
} as const;
const LISTED_MAX = 20;

/** Whether everything that should have come did, bucket by bucket, and what says so. */
export function CompletenessPanel() {
  const completeness = useCompleteness();
  return (
    <Panel
      title="Completeness by bucket"
      answer={completeness}
      skeletonPx={320}
      footer={(answer) => <Covers coverage={answer.coverage} />}
    >
      {(answer) =>
        answer.rows.length === 0 ? (
          <p className="panel-empty">No bucket has records in this range.</p>
        ) : (
          <>
            <PlainTable
              label="Completeness by bucket"
              columns={COLUMNS}
              rows={answer.rows}
              idOf={(row) => row.bucket}
            />
            <Trails rows={answer.trails} />
          </>
        )
      }
    </Panel>
  );
}

const COLUMNS: readonly PlainColumn<Row>[] = [
  { title: 'Bucket', cell: (row) => <BucketCell row={row} /> },
  { title: 'Deliveries of access logs', cell: ({ delivery }) => <DeliveryCell delivery={delivery} /> },
  { title: 'Trail digests', cell: ({ trail }) => <TrailCell trail={trail} /> },
  {
    title: 'Logged of counted',
    meaning: 'Requests in the logs, of those CloudWatch counted in the same hours',
    align: 'end',
    cell: ({ requests }) => <CountedCell requests={requests} />,
  },
];

type TrailRow = CompletenessAnswer['trails'][number];

const TRAIL_COLUMNS: readonly PlainColumn<TrailRow>[] = [
  {
    title: 'Trail',
    cell: (row) => (
      <>
        <OutsideText text={row.trail} />
        <span className="advice">
          <OutsideText text={`${row.account_id} ${row.region}`} />
        </span>
      </>
    ),
  },
  { title: 'What its digests say', cell: (row) => <OutsideText text={row.sentence} /> },
  { title: 'Files', cell: (row) => <TrailCell trail={row} /> },
  {
    title: 'Verified until',
    meaning: 'The end of its newest digest: nobody vouches for what is after it',
    cell: (row) => <Moment time={row.verified_until} />,
  },
];

/** Each trail by itself: digests are of an account and a region, not of a bucket. */
function Trails({ rows }: { readonly rows: readonly TrailRow[] }) {
  if (rows.length === 0) return null;
  return (
    <>
      <h3 className="panel-part">Trails</h3>
      <PlainTable
        label="Trails"
        columns={TRAIL_COLUMNS}
        rows={rows}
        idOf={(row) => `${row.account_id} ${row.region} ${row.trail}`}
      />
    </>
  );
}

function BucketCell({ row }: { readonly row: Row }) {
  const { place } = useView();
  const verdict = VERDICTS[row.verdict];
  return (
    <>
      <Link href={hrefTo(place, '/requests', { bucket: row.bucket })}>
        <OutsideText text={row.bucket} />
      </Link>{' '}
      <StatusMark status={verdict.status} word={verdict.word} />
      <span className="advice">
        <OutsideText text={row.sentence} />
      </span>
    </>
  );
}

function DeliveryCell({ delivery }: { readonly delivery: Row['delivery'] }) {
  const usual =
    delivery.usual_gap_seconds === null
      ? ''
      : `, usually at most ${durationText(delivery.usual_gap_seconds * 1000)} apart`;
  return (
    <>
      {counted(delivery.objects, 'object')}
      {usual}
      {delivery.gaps.length > 0 && (
        <details className="gaps">
          <summary>{counted(delivery.gaps.length, 'gap')}</summary>
          <ul>
            {delivery.gaps.slice(0, LISTED_MAX).map((gap) => (
              <li key={gap.since}>
                <Moment time={gap.since} />{' '}
                <span className="muted">for {durationText(gap.seconds * 1000)}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

function TrailCell({ trail }: { readonly trail: Row['trail'] }) {
  const words = TRAILS[trail.verdict];
  const faults = [
    ...trail.missing.map((origin) => `missing: ${origin}`),
    ...trail.altered.map((origin) => `altered: ${origin}`),
    ...trail.chain_breaks.map((chain) => `chain broken after ${chain.after}: ${chain.reason}`),
  ];
  return (
    <>
      <StatusMark status={words.status} word={words.word} />
      {trail.digests > 0 && (
        <span className="advice">
          {exactCount(trail.files_loaded)} of {counted(trail.files_listed, 'file')} in{' '}
          {counted(trail.digests, 'digest')}; signatures {trail.signature}
        </span>
      )}
      {faults.length > 0 && (
        <details className="gaps">
          <summary>{counted(faults.length, 'fault')}</summary>
          <ul>
            {faults.slice(0, LISTED_MAX).map((fault) => (
              <li key={fault}>
                <OutsideText text={fault} />
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

function CountedCell({ requests }: { readonly requests: Row['requests'] }) {
  if (requests.counted === null || requests.ratio === null)
    return (
      <>
        {exactCount(requests.logged)}
        <span className="advice">not compared</span>
      </>
    );
  return (
    <>
      {percentText(requests.ratio)}
      <span className="advice">
        {exactCount(requests.logged)} of {exactCount(requests.counted)}
      </span>
    </>
  );
}
