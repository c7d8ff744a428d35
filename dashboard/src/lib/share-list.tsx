import type { CSSProperties, ReactNode } from 'react';
import { Link } from '../routes/link.tsx';
import { percentText } from './format.ts';

/** One row of a list with bars. */
export interface Share {
  readonly id: string;
  readonly name: ReactNode;
  /** The rows behind it, null where there is no way to them. */
  readonly href: string | null;
  /** The figure as it is shown. */
  readonly figure: string;
  /** The part of all, 0 to 1; null where it is not known. */
  readonly share: number | null;
  /** Length of the bar, 0 to 1: 1 is the longest of the list. */
  readonly length: number;
  /** The part of the bar that failed, 0 to 1. */
  readonly failed: number;
  /** Everything exact. */
  readonly tip: string;
}

/** Rows with bars: the length is the figure, the red part what failed. */
export function ShareList({ rows, label }: { readonly rows: readonly Share[]; readonly label: string }) {
  return (
    <ol className="top-list" aria-label={label}>
      {rows.map((row) => (
        <li
          key={row.id}
          className="top-row"
          style={{ '--length': row.length, '--failed': row.failed } as CSSProperties}
          data-tip={row.tip}
        >
          <span className="top-name">
            {row.href === null ? row.name : <Link href={row.href}>{row.name}</Link>}
          </span>
          <span className="top-count">{row.figure}</span>
          <span className="top-share">{row.share === null ? '' : percentText(row.share)}</span>
          <span className="share-bar" aria-hidden="true" />
        </li>
      ))}
    </ol>
  );
}
