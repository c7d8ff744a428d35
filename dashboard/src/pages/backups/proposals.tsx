import { useState } from 'react';
import { useBackupProposals } from '../../lib/backup-queries.ts';
import type { BackupAccepted, BackupProposal, BackupSeries } from '../../lib/backup-row.ts';
import { RUN_WORDS, seriesKey } from '../../lib/backup-words.ts';
import { counted, exactCount, percentText, stampText } from '../../lib/format.ts';
import { OutsideText } from '../../lib/outside-text.tsx';
import { Skeleton } from '../../lib/panel.tsx';
import { PlainTable, type PlainColumn } from '../../lib/plain-table.tsx';
import { ProblemBox } from '../../lib/problem-box.tsx';
import { visibleText } from '../../lib/visible.ts';
import { useView } from '../../routes/view.tsx';
import { AcceptButton } from './accept-button.tsx';
import { SeriesLink } from './series-name.tsx';

/** The first; the others are shown when asked for. */
const ROWS_MAX = 8;
const NAMED_MAX = 3;

interface ProposalsProps {
  readonly rows: readonly BackupSeries[];
  readonly onAccepted: (accepted: BackupAccepted) => void;
}

/** Series that were found and wait to be accepted, each with what accepting it would have meant. */
export function Proposals({ rows, onAccepted }: ProposalsProps) {
  const { bucket } = useView();
  const proposals = useBackupProposals(rows.length > 0);
  if (rows.length === 0) return null;
  const all = (proposals.data?.rows ?? []).filter((row) => bucket === null || row.bucket === bucket);
  const count = proposals.data === undefined ? rows.length : all.length;
  if (count === 0) return null;
  return (
    <section className="panel flush" aria-label="Found series" aria-busy={proposals.isPending}>
      <header className="panel-head">
        <h2>
          {count === 1
            ? '1 series was found and waits to be accepted'
            : `${exactCount(count)} series were found and wait to be accepted`}
        </h2>
      </header>
      {proposals.error !== null && (
        <ProblemBox problem={proposals.error} onRetry={() => void proposals.refetch()} />
      )}
      {proposals.data === undefined && proposals.error === null && <Skeleton heightPx={160} />}
      {proposals.data !== undefined && (
        <ProposalTable rows={all} days={proposals.data.days} onAccepted={onAccepted} />
      )}
    </section>
  );
}

interface ProposalTableProps {
  readonly rows: readonly BackupProposal[];
  readonly days: number;
  readonly onAccepted: (accepted: BackupAccepted) => void;
}

function ProposalTable({ rows, days, onAccepted }: ProposalTableProps) {
  const [isWhole, setWhole] = useState(false);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const shown = isWhole ? rows : rows.slice(0, ROWS_MAX);
  const toggle = (key: string) => {
    const next = new Set(chosen);
    if (!next.delete(key)) next.add(key);
    setChosen(next);
  };
  const accepted = rows.filter((row) => chosen.has(seriesKey(row)));
  return (
    <>
      <PlainTable
        label="Found series"
        columns={columnsOf({ days, chosen, toggle, onAccepted })}
        rows={shown}
        idOf={seriesKey}
      />
      <footer className="panel-foot proposal-foot">
        <span>
          <label className="check">
            <input
              type="checkbox"
              checked={accepted.length === rows.length}
              onChange={() =>
                setChosen(accepted.length === rows.length ? new Set() : new Set(rows.map(seriesKey)))
              }
            />
            All {rows.length}
          </label>
          <AcceptButton
            rows={accepted}
            label={accepted.length === 0 ? 'Accept chosen' : `Accept ${accepted.length} chosen`}
            isPrimary
            onAccepted={(done) => {
              setChosen(new Set());
              onAccepted(done);
            }}
          />
        </span>
        {rows.length > ROWS_MAX && (
          <button type="button" className="link-button" onClick={() => setWhole(!isWhole)}>
            {isWhole ? 'Fewer' : `${rows.length - ROWS_MAX} more`}
          </button>
        )}
      </footer>
    </>
  );
}

interface Choosing {
  readonly days: number;
  readonly chosen: ReadonlySet<string>;
  readonly toggle: (key: string) => void;
  readonly onAccepted: (accepted: BackupAccepted) => void;
}

function columnsOf({ days, chosen, toggle, onAccepted }: Choosing): readonly PlainColumn<BackupProposal>[] {
  return [
    {
      title: 'Series',
      cell: (row) => (
        <span className="chosen-series">
          <input
            type="checkbox"
            aria-label={`Choose ${visibleText(row.series)}`}
            checked={chosen.has(seriesKey(row))}
            onChange={() => toggle(seriesKey(row))}
          />
          <SeriesLink row={row} />
        </span>
      ),
    },
    {
      title: 'Schedule',
      cell: (row) => (
        <>
          <OutsideText text={row.schedule} />
          <span className="advice">
            fits {percentText(row.fit)} of {counted(row.files, 'file')}
          </span>
        </>
      ),
    },
    { title: `In the last ${days} days`, cell: (row) => <WouldHaveFired row={row} days={days} /> },
    {
      title: 'Accept',
      align: 'end',
      cell: (row) => <AcceptButton rows={[row]} label="Accept" onAccepted={onAccepted} />,
    },
  ];
}

interface WouldHaveFiredProps {
  readonly row: Pick<BackupProposal, 'would_have_fired'>;
  readonly days: number;
  /** All of them, not only the first few. */
  readonly isWhole?: boolean;
}

/** How often the proposal would have woken somebody, and why. */
export function WouldHaveFired({
  row: { would_have_fired: fired },
  days,
  isWhole = false,
}: WouldHaveFiredProps) {
  if (fired.length === 0) return <span>Would not have fired in the last {days} days</span>;
  const latest = fired.toSorted((one, other) => Date.parse(other.due) - Date.parse(one.due));
  const named = isWhole ? latest : latest.slice(0, NAMED_MAX);
  return (
    <>
      Would have fired {counted(fired.length, 'time')}
      {isWhole && ` in the last ${days} days`}:
      <ul className="fired">
        {named.map(({ due, verdict, sentence }) => (
          <li key={due} className="advice">
            {stampText(Date.parse(due))} {RUN_WORDS[verdict].word.toLowerCase()}:{' '}
            <OutsideText text={sentence} />
          </li>
        ))}
        {named.length < latest.length && <li className="advice">and {latest.length - named.length} more</li>}
      </ul>
    </>
  );
}
