import { useAccept } from '../../lib/backup-queries.ts';
import type { BackupProposal } from '../../lib/backup-row.ts';
import { counted } from '../../lib/format.ts';
import { OutsideText } from '../../lib/outside-text.tsx';
import { visibleText } from '../../lib/visible.ts';
import { ConfirmButton } from './confirm-button.tsx';

interface AcceptButtonProps {
  readonly rows: readonly BackupProposal[];
  readonly label: string;
  readonly isPrimary?: boolean;
  readonly onDone?: () => void;
}

/** Writes found series into the configuration, once what is written was shown. */
export function AcceptButton({ rows, label, isPrimary = false, onDone }: AcceptButtonProps) {
  const accept = useAccept();
  const [first] = rows;
  const fired = rows.reduce((sum, row) => sum + row.would_have_fired.length, 0);
  const ids = rows.map(({ bucket, series }) => ({ bucket, series }));
  const { data } = accept;
  return (
    <>
      <ConfirmButton
        label={label}
        isPrimary={isPrimary}
        isDisabled={first === undefined}
        title={
          rows.length === 1 ? `Accept ${visibleText(first?.series ?? '')}?` : `Accept ${rows.length} series?`
        }
        confirm="Write it and watch"
        onConfirm={async () => {
          await accept.mutateAsync({ ids });
          onDone?.();
        }}
      >
        <p>
          These lines are added to <code>backups.series</code> of the configuration file. From then on
          somebody is told when {rows.length === 1 ? 'it is' : 'one of them is'} wrong: in the days before it
          would have been {counted(fired, 'time')}.
        </p>
        <pre className="yaml" tabIndex={0} aria-label="Lines of the configuration">
          <code>{rows.map(({ yaml }) => visibleLines(yaml)).join('')}</code>
        </pre>
      </ConfirmButton>
      <span role="status">
        {data !== undefined && (
          <span className="advice">
            Written to <OutsideText text={data.file} />
          </span>
        )}
      </span>
    </>
  );
}

/** Its line ends stay what they are; all else that is invisible is spelled out. */
export function visibleLines(text: string): string {
  return text.trimEnd().split('\n').map(visibleText).join('\n').concat('\n');
}
