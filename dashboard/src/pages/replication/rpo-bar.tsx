import type { CSSProperties } from 'react';
import { exactCount, secondsText } from '../../lib/format.ts';
import type { Pair } from '../../lib/replication-row.ts';
import { PAIR_WORDS } from '../../lib/replication-words.ts';

/** The bar's whole length is this many targets; what is more ends in an open edge. */
const TARGETS_SHOWN = 2;

type Waiting = Pick<Pair, 'rpo_seconds' | 'target_seconds' | 'verdict'>;

/** "RPO 2.9 h, target 15 min". */
function rpoText({ rpo_seconds, target_seconds }: Waiting): string {
  const target = `target ${secondsText(target_seconds)}`;
  return rpo_seconds === null ? `RPO unknown, ${target}` : `RPO ${secondsText(rpo_seconds)}, ${target}`;
}

/** How old the oldest object that waits is, against the target. */
export function RpoBar({ pair }: { readonly pair: Waiting }) {
  const { rpo_seconds: rpo, target_seconds: target } = pair;
  const isOver = rpo !== null && rpo > target;
  const { status } = PAIR_WORDS[pair.verdict];
  const length = rpo === null || target === 0 ? 0 : Math.min(1, rpo / (target * TARGETS_SHOWN));
  const tip =
    rpo === null
      ? 'Nothing says what waits'
      : `The oldest object that waits was written ${exactCount(Math.round(rpo))} s ago\nThe target is ${exactCount(target)} s`;
  return (
    <span className="rpo" data-tip={tip}>
      <span
        className="rpo-bar"
        data-status={isOver ? (status === 'alarm' ? 'alarm' : 'late') : rpo === null ? 'unknown' : 'ok'}
        data-open={isOver && rpo > target * TARGETS_SHOWN}
        style={{ '--length': length } as CSSProperties}
        role="img"
        aria-label={rpoText(pair)}
      />
      <span className="rpo-text" aria-hidden="true">
        <strong>{rpo === null ? 'unknown' : secondsText(rpo)}</strong>
        <span className="muted"> of {secondsText(target)}</span>
      </span>
    </span>
  );
}
