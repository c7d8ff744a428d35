import { momentText, momentTitle, parseTime, relativeText, rowMomentText } from './format.ts';
import { useNowMs } from './now.ts';
import { OutsideText } from './outside-text.tsx';

interface MomentProps {
  /** A time as the API gives it. */
  readonly time: string | null;
  /** What to say when there is none. */
  readonly none?: string;
}

/** "3 min ago", with local time and UTC on hover. */
export function Ago({ time, none = 'never' }: MomentProps) {
  const nowMs = useNowMs();
  const timeMs = parseTime(time);
  if (timeMs === null) return <span className="muted">{none}</span>;
  return (
    <time dateTime={new Date(timeMs).toISOString()} data-tip={momentTitle(timeMs)}>
      {relativeText(timeMs, nowMs)}
    </time>
  );
}

/** "2026-11-21 13:40:05" in the reader's zone, with milliseconds and UTC on hover. */
export function Moment({ time }: { readonly time: unknown }) {
  const timeMs = parseTime(time);
  if (timeMs === null)
    return typeof time === 'string' ? <OutsideText text={time} /> : <span className="muted">–</span>;
  return (
    <time className="moment" dateTime={new Date(timeMs).toISOString()} data-tip={momentTitle(timeMs)}>
      {momentText(timeMs)}
    </time>
  );
}

/** The same as short as a table needs it: "Nov 21 13:40:05". */
export function RowMoment({ time }: { readonly time: unknown }) {
  const nowMs = useNowMs();
  const timeMs = parseTime(time);
  if (timeMs === null) return <Moment time={time} />;
  return (
    <time dateTime={new Date(timeMs).toISOString()} data-tip={momentTitle(timeMs)}>
      {rowMomentText(timeMs, nowMs)}
    </time>
  );
}
