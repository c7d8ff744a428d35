import { useCompleteness } from '../lib/activity-queries.ts';
import { useBatches, useRejects } from '../lib/ledger-queries.ts';
import { useParked } from '../lib/parked-query.ts';
import { Skeleton } from '../lib/panel.tsx';
import { ProblemBox } from '../lib/problem-box.tsx';
import { useSources } from '../lib/queries.ts';
import type { SourceRow } from '../lib/source-row.ts';
import { SectionLinks } from '../lib/section-links.tsx';
import { useView } from '../routes/view.tsx';
import { EmptyStore, isEmptyStore } from './empty-store.tsx';
import { CompletenessPanel } from './sources/completeness.tsx';
import { Connect } from './sources/connect.tsx';
import { Ledger, Rejects } from './sources/ledger.tsx';
import { OpenBatch, OpenReject } from './sources/open-row.tsx';
import { Parked } from './sources/parked.tsx';
import { SourceCards } from './sources/source-cards.tsx';
import { SourcesVerdict } from './sources/sources-verdict.tsx';

const PAGE_ROWS = 50;
const PARKED_ROWS = 20;
const SECTIONS = [
  { id: 'sources', title: 'Sources' },
  { id: 'completeness', title: 'Completeness' },
  { id: 'rejects', title: 'Rejects' },
  { id: 'ledger', title: 'Ledger' },
  { id: 'connect', title: 'Connect a source' },
] as const;
type SectionId = (typeof SECTIONS)[number]['id'];

/** The part the address names; a row that is open tells in which list it is. */
function sectionOf(params: URLSearchParams): SectionId {
  const open = params.get('open') ?? '';
  if (open.startsWith('batch:')) return 'ledger';
  if (open.startsWith('reject:') || params.has('batch')) return 'rejects';
  return SECTIONS.find(({ id }) => id === params.get('part'))?.id ?? 'sources';
}

/** Where facts come from, how late they are, what is missing, what was loaded and what could not be read. */
export function Sources() {
  const { place, status, isLive } = useView();
  const sources = useSources(isLive);
  const completeness = useCompleteness();
  const incomplete = (completeness.data?.rows ?? []).filter((row) => row.verdict === 'incomplete').length;
  const section = sectionOf(place.params);
  const names = sources.data?.rows.map((row) => row.name) ?? [];
  return (
    <div className="stack" data-panel-open={place.params.has('open')}>
      {sources.error !== null && (
        <ProblemBox problem={sources.error} onRetry={() => void sources.refetch()} />
      )}
      {sources.data === undefined && sources.error === null && <Skeleton heightPx={56} />}
      {sources.data !== undefined && (
        <SourcesVerdict rows={sources.data.rows} rejects={status.facts.rejects} incomplete={incomplete} />
      )}
      <SectionLinks label="Parts of sources" param="part" sections={SECTIONS} current={section} />
      {section === 'sources' && isEmptyStore(status) && <EmptyStore status={status} />}
      {section === 'sources' && sources.data === undefined && sources.error === null && (
        <Skeleton heightPx={420} />
      )}
      {section === 'sources' && sources.data !== undefined && <SourceCards rows={sources.data.rows} />}
      {section === 'completeness' && <CompletenessPanel />}
      {section === 'rejects' && <RejectsSection rows={sources.data?.rows ?? []} />}
      {section === 'ledger' && <LedgerSection sources={names} />}
      {section === 'connect' && <Connect />}
    </div>
  );
}

function RejectsSection({ rows }: { readonly rows: readonly SourceRow[] }) {
  const { place, isLive } = useView();
  const openName = place.params.get('open');
  const request = { limit: PAGE_ROWS, isLive: isLive && openName === null };
  const rejects = useRejects(place.params.get('batch'), request);
  const parked = useParked({
    source: place.params.get('source'),
    limit: PARKED_ROWS,
    isIdle: !rows.some((row) => (row.parked ?? 0) > 0),
  });
  return (
    <>
      <Rejects list={rejects} />
      <Parked list={parked} />
      {openName !== null && <OpenReject name={openName} list={rejects} />}
    </>
  );
}

function LedgerSection({ sources }: { readonly sources: readonly string[] }) {
  const { place, isLive } = useView();
  const { params } = place;
  const openName = params.get('open');
  const batches = useBatches(
    { state: params.get('state'), source: params.get('source') },
    { limit: PAGE_ROWS, isLive: isLive && openName === null },
  );
  return (
    <>
      <Ledger list={batches} sources={sources} />
      {openName !== null && <OpenBatch name={openName} list={batches} />}
    </>
  );
}
