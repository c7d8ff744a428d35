import type { CSSProperties } from 'react';
import type { SourceRow } from '../../lib/source-row.ts';
import { counted, durationText } from '../../lib/format.ts';

/** One end of the scale: faster than this is drawn at the start. */
const SCALE_MIN_SECONDS = 1;
const SCALE_MAX_SECONDS = 14 * 86_400;

const TICKS = [
  { seconds: 60, text: '1 min' },
  { seconds: 3600, text: '1 h' },
  { seconds: 86_400, text: '1 day' },
];

/** A place on a logarithmic scale from a second to two weeks, 0 to 1. */
function placeOf(seconds: number): number {
  const clamped = Math.min(SCALE_MAX_SECONDS, Math.max(SCALE_MIN_SECONDS, seconds));
  return Math.log(clamped / SCALE_MIN_SECONDS) / Math.log(SCALE_MAX_SECONDS / SCALE_MIN_SECONDS);
}

function durationOf(seconds: number): string {
  return durationText(seconds * 1000);
}

/** How late a source's records come: the middle as a line, to the slowest 5 and 1 in 100 as bands. */
export function LatenessBar({ lateness }: { readonly lateness: SourceRow['lateness'] }) {
  if (lateness === null)
    return (
      <p className="lateness-none muted">
        How late its records come is not known: nothing says when they were delivered.
      </p>
    );
  const { p50_seconds, p95_seconds, p99_seconds, max_seconds, batches } = lateness;
  const style = {
    '--p50': placeOf(p50_seconds),
    '--p95': placeOf(p95_seconds),
    '--p99': placeOf(p99_seconds),
  } as CSSProperties;
  return (
    <div
      className="lateness"
      data-tip={`Half within ${durationOf(p50_seconds)}\n95 of 100 within ${durationOf(p95_seconds)}\n99 of 100 within ${durationOf(p99_seconds)}\nThe latest ${durationOf(max_seconds)}\nFrom ${counted(batches, 'batch')} of the last 14 days`}
    >
      <div className="lateness-bar" style={style} aria-hidden="true">
        {TICKS.map(({ seconds, text }) => (
          <span key={text} style={{ left: `${placeOf(seconds) * 100}%` }}>
            {text}
          </span>
        ))}
      </div>
      <dl className="lateness-values">
        <div>
          <dt>p50</dt>
          <dd>{durationOf(p50_seconds)}</dd>
        </div>
        <div>
          <dt>p95</dt>
          <dd>{durationOf(p95_seconds)}</dd>
        </div>
        <div>
          <dt>p99</dt>
          <dd>{durationOf(p99_seconds)}</dd>
        </div>
      </dl>
    </div>
  );
}
