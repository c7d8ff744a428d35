import type { Reject } from '../../../../src/serve/api.ts';
import { CopyButton } from '../../lib/copy.tsx';
import { offendingSpan } from '../../lib/offending.ts';
import { OutsideText } from '../../lib/outside-text.tsx';

/** So much around the fault is shown; the record itself is copied whole. */
const AROUND = 1000;

/** A rejected record with the bytes its reason speaks of marked, and every invisible character spelled out. */
export function RejectLine({ reject }: { readonly reject: Reject }) {
  const { line, reason } = reject;
  const span = offendingSpan(reason, line);
  const start = span?.start ?? 0;
  const end = span?.end ?? 0;
  const from = Math.max(0, start - AROUND);
  const until = Math.min(line.length, Math.max(end, start) + AROUND);
  return (
    <figure className="reject-line">
      <figcaption>
        <OutsideText text={reason} /> <CopyButton text={line} label="Copy the record as it came" />
      </figcaption>
      <pre tabIndex={0} aria-label="The record, with the offending part marked">
        {from > 0 && <span className="muted">…</span>}
        <OutsideText text={line.slice(from, start)} />
        {span !== null && <Offending text={line.slice(start, end)} />}
        <OutsideText text={line.slice(end, until)} />
        {until < line.length && <span className="muted">…</span>}
      </pre>
    </figure>
  );
}

function Offending({ text }: { readonly text: string }) {
  return (
    <mark>{text === '' ? <span className="control">ends here</span> : <OutsideText text={text} />}</mark>
  );
}
