import { useAccept } from '../../lib/backup-queries.ts';
import type { BackupAccepted, BackupProposal } from '../../lib/backup-row.ts';
import { counted } from '../../lib/format.ts';
import { OutsideText } from '../../lib/outside-text.tsx';
import { StatusMark } from '../../lib/status-mark.tsx';
import { visibleText } from '../../lib/visible.ts';
import { ConfirmButton } from '../../lib/confirm-button.tsx';

interface AcceptButtonProps {
  readonly rows: readonly BackupProposal[];
  readonly label: string;
  readonly isPrimary?: boolean;
  /** Told what was written where. */
  readonly onAccepted: (accepted: BackupAccepted) => void;
}

/** Writes found series into the configuration, once what is written was shown. */
export function AcceptButton({ rows, label, isPrimary = false, onAccepted }: AcceptButtonProps) {
  const accept = useAccept();
  const [first] = rows;
  const fired = rows.reduce((sum, row) => sum + row.would_have_fired.length, 0);
  const ids = rows.map(({ bucket, series }) => ({ bucket, series }));
  return (
    <ConfirmButton
      label={label}
      isPrimary={isPrimary}
      isDisabled={first === undefined}
      title={
        rows.length === 1 ? `Accept ${visibleText(first?.series ?? '')}?` : `Accept ${rows.length} series?`
      }
      confirm="Write it and watch"
      onConfirm={async () => {
        onAccepted(await accept.mutateAsync({ ids }));
      }}
    >
      <p>
        These lines are added to <code>backups.series</code> of the configuration file. From then on somebody
        is told when {rows.length === 1 ? 'it is' : 'one of them is'} wrong: in the days before it would have
        been {counted(fired, 'time')}.
      </p>
      <pre className="yaml" tabIndex={0} aria-label="Lines of the configuration">
        <code>{rows.map(({ yaml }) => visibleLines(yaml)).join('')}</code>
      </pre>
    </ConfirmButton>
  );
}

/** Says what became of accepting, where what was accepted is not shown any more. */
export function AcceptedNote({ accepted }: { readonly accepted: BackupAccepted | null }) {
  return (
    <div role="status">
      {accepted !== null && (
        <p className="panel accepted">
          <span>
            <StatusMark status="ok" word="Accepted" />: {counted(accepted.names.length, 'backup')} more{' '}
            {accepted.names.length === 1 ? 'is' : 'are'} watched. Written to{' '}
            <OutsideText text={accepted.file} />
          </span>
        </p>
      )}
    </div>
  );
}

/** Its line ends stay what they are; all else that is invisible is spelled out. */
export function visibleLines(text: string): string {
  return text.trimEnd().split('\n').map(visibleText).join('\n').concat('\n');
}
