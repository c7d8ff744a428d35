import { useState } from 'react';
import { useAct, useBackupLinks } from '../../lib/backup-queries.ts';
import type { BackupSeriesId } from '../../lib/backup-row.ts';
import { CommandLine } from '../../lib/copy.tsx';
import { ProblemBox } from '../../lib/problem-box.tsx';
import { visibleText } from '../../lib/visible.ts';
import { ConfirmButton } from '../../lib/confirm-button.tsx';

/** Its read-only page and its badge, for those without access, once they are asked for. */
export function SeriesLinks({ row }: { readonly row: BackupSeriesId }) {
  const [isAsked, setAsked] = useState(false);
  const links = useBackupLinks(row, isAsked);
  return (
    <>
      <button type="button" className="button" aria-expanded={isAsked} onClick={() => setAsked(!isAsked)}>
        Status link and badge
      </button>
      {isAsked && (
        <div className="series-links" aria-busy={links.isPending}>
          {links.error !== null && <ProblemBox problem={links.error} onRetry={() => void links.refetch()} />}
          {links.data !== undefined && (
            <Links row={row} status={links.data.status} badge={links.data.badge} />
          )}
        </div>
      )}
    </>
  );
}

interface LinksProps {
  readonly row: BackupSeriesId;
  /** Paths on this server. */
  readonly status: string;
  readonly badge: string;
}

function Links({ row, status, badge }: LinksProps) {
  const page = new URL(status, window.location.origin).href;
  const picture = new URL(badge, window.location.origin).href;
  return (
    <dl className="facts">
      <dt>Status page</dt>
      <dd>
        <CommandLine command={page} />
      </dd>
      <dt>Badge</dt>
      <dd>
        <CommandLine command={`[![${visibleText(row.series)}](${picture})](${page})`} />
        <img src={badge} alt={`Badge of ${visibleText(row.series)}`} />
      </dd>
      <dt />
      <dd className="muted">
        <span>Whoever has a link sees this series and nothing else, without a token.</span>
        <RenewLinks row={row} />
      </dd>
    </dl>
  );
}

/** Gives it other links, where one got into the wrong hands. */
function RenewLinks({ row: { bucket, series } }: { readonly row: BackupSeriesId }) {
  const act = useAct();
  return (
    <ConfirmButton
      label="New links…"
      title={`New links for ${visibleText(series)}?`}
      confirm="Make new links"
      onConfirm={() => act.mutateAsync({ bucket, series, act: 'renew-link', author: '', reason: '' })}
    >
      <p>The links there are now show nothing any more, wherever they were put.</p>
    </ConfirmButton>
  );
}
