import type { ReactNode } from 'react';

interface EmptyPartProps {
  /** The height of what would be there, so that nothing jumps. */
  readonly heightPx: number;
  readonly children: ReactNode;
}

/** Says in the middle of a panel that there is nothing to show, and why. */
export function EmptyPart({ heightPx, children }: EmptyPartProps) {
  return (
    <div className="empty-part" style={{ minHeight: heightPx }}>
      <p>{children}</p>
    </div>
  );
}
