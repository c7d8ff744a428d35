import { useBackupProposals } from '../../lib/backup-queries.ts';
import type { BackupAccepted, BackupSeries } from '../../lib/backup-row.ts';
import { seriesKey } from '../../lib/backup-words.ts';
import { capitalised, counted, percentText } from '../../lib/format.ts';
import { OutsideText } from '../../lib/outside-text.tsx';
import { Panel } from '../../lib/panel.tsx';
import { AcceptButton } from './accept-button.tsx';
import { WouldHaveFired } from './proposals.tsx';

interface LearnedPanelProps {
  readonly row: BackupSeries;
  readonly onAccepted: (accepted: BackupAccepted) => void;
}

/** What the history of a found series says of it, and what accepting it would have meant. */
export function LearnedPanel({ row, onAccepted }: LearnedPanelProps) {
  const proposals = useBackupProposals(row.proposal !== null);
  if (row.proposal === null)
    return (
      <section className="panel">
        <header className="panel-head">
          <h2>What was learned</h2>
        </header>
        <p className="muted">
          It was found by its keys and has {counted(row.files, 'file')}. Four runs or more give a schedule;
          until then nothing is expected of it.
        </p>
      </section>
    );
  return (
    <Panel title="What was learned" answer={proposals} skeletonPx={90}>
      {({ rows, days }) => {
        const proposal = rows.find((one) => seriesKey(one) === seriesKey(row));
        if (proposal === undefined) return <p className="muted">Nothing waits to be accepted any more.</p>;
        return (
          <div className="learned">
            <p>
              <OutsideText text={capitalised(proposal.schedule)} />, which fits {percentText(proposal.fit)} of{' '}
              {counted(proposal.files, 'file')}.
            </p>
            <div>
              <WouldHaveFired row={proposal} days={days} isWhole />
            </div>
            <p>
              <AcceptButton rows={[proposal]} label="Accept" isPrimary onAccepted={onAccepted} />
            </p>
          </div>
        );
      }}
    </Panel>
  );
}
