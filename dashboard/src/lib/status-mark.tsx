import { Icon } from './icons.tsx';
import type { Verdict } from './verdict.ts';

interface StatusMarkProps {
  readonly status: Verdict['status'];
  readonly word: string;
}

/** A status as colour, icon and word together. */
export function StatusMark({ status, word }: StatusMarkProps) {
  return (
    <span className="status" data-status={status}>
      <Icon name={status} />
      {word}
    </span>
  );
}
