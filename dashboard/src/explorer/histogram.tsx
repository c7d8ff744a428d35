import { useMemo, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import type { Histogram as HistogramAnswer } from '../../../src/serve/search-api.ts';
import { counted, exactCount, shortCount, shortMomentText, stampText, stepText } from '../lib/format.ts';
import { useNowMs } from '../lib/now.ts';
import { Skeleton } from '../lib/panel.tsx';
import { ProblemBox } from '../lib/problem-box.tsx';
import { currentPlace, go, hrefWith } from '../routes/place.ts';
import { rangeParams } from '../routes/range.ts';
import { barAt, barsOf, type Bars } from './bars.ts';
import type { ExplorerKind } from './kind.ts';
import { useHistogram } from './use-explorer.ts';

const HEIGHT_PX = 84;
const DRAG_MIN_RATIO = 0.005;

/** How many records match, over time, with those that failed at the base. A stretch dragged over becomes the range. */
export function Histogram({ kind }: { readonly kind: ExplorerKind }) {
  const answer = useHistogram(kind);
  if (answer.error !== null)
    return <ProblemBox problem={answer.error} onRetry={() => void answer.refetch()} />;
  if (answer.data === undefined) return <Skeleton heightPx={HEIGHT_PX + 52} />;
  return (
    <section
      className="panel histogram"
      aria-label={`Matching ${kind.facts} over time`}
      data-stale={answer.isPlaceholderData}
    >
      <HistogramChart answer={answer.data} noun={kind.noun} />
    </section>
  );
}

/** A stretch of the time axis as shares of its width. */
interface Stretch {
  readonly from: number;
  readonly to: number;
}

function zoomTo(bars: Bars, { from, to }: Stretch): void {
  const lengthMs = bars.untilMs - bars.sinceMs;
  const sinceMs = bars.sinceMs + Math.min(from, to) * lengthMs;
  const untilMs = bars.sinceMs + Math.max(from, to) * lengthMs;
  go(hrefWith(currentPlace(), { ...rangeParams({ kind: 'absolute', sinceMs, untilMs }), open: null }));
}

interface HistogramChartProps {
  readonly answer: HistogramAnswer;
  readonly noun: string;
}

function HistogramChart({ answer, noun }: HistogramChartProps) {
  const bars = useMemo(() => barsOf(answer), [answer]);
  const place = useRef<HTMLDivElement>(null);
  const [cursor, setCursor] = useState<number | null>(null);
  const [drag, setDrag] = useState<Stretch | null>(null);
  const shareAt = (event: PointerEvent) => {
    const box = place.current?.getBoundingClientRect();
    if (box === undefined) return 0;
    return Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
  };
  const move = (event: PointerEvent) => {
    const share = shareAt(event);
    setCursor(barAt(bars, share));
    if (drag !== null) setDrag({ ...drag, to: share });
  };
  const drop = () => {
    if (drag !== null && Math.abs(drag.to - drag.from) > DRAG_MIN_RATIO) zoomTo(bars, drag);
    setDrag(null);
  };
  const press = (event: KeyboardEvent) => {
    const last = bars.steps.length - 1;
    const now = cursor ?? last + 1;
    const step = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : 0;
    if (event.key === 'Escape') setCursor(null);
    if (event.key === 'Enter' && cursor !== null)
      zoomTo(bars, { from: bars.shareOf(cursor), to: bars.shareOf(cursor + 1) });
    if (step === 0) return;
    event.preventDefault();
    setCursor(Math.min(last, Math.max(0, now + step)));
  };
  return (
    <>
      <HistogramWords answer={answer} bars={bars} cursor={cursor} noun={noun} />
      <div
        ref={place}
        className="histogram-plot"
        style={{ height: HEIGHT_PX }}
        role="application"
        aria-roledescription="chart"
        aria-label="Matches over time. Arrow keys move through time, Enter zooms in."
        tabIndex={0}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          setDrag({ from: shareAt(event), to: shareAt(event) });
        }}
        onPointerMove={move}
        onPointerUp={drop}
        onPointerCancel={() => setDrag(null)}
        onPointerLeave={() => setCursor(null)}
        onKeyDown={press}
      >
        <HistogramBars bars={bars} cursor={cursor} drag={drag} />
      </div>
      <p className="histogram-ends" aria-hidden="true">
        <span>{stampText(bars.sinceMs)}</span>
        <span>{stampText((bars.sinceMs + bars.untilMs) / 2)}</span>
        <span>{stampText(bars.untilMs)}</span>
      </p>
    </>
  );
}

interface HistogramWordsProps extends HistogramChartProps {
  readonly bars: Bars;
  readonly cursor: number | null;
}

/** The values under the cursor, or of all. */
function HistogramWords({ answer, bars, cursor, noun }: HistogramWordsProps) {
  const nowMs = useNowMs();
  const step = cursor === null ? undefined : bars.steps[cursor];
  const total = cursor === null ? answer.total : (step?.total ?? 0);
  const errors = cursor === null ? bars.errors : (step?.errors ?? 0);
  const completeMs = bars.completeMs;
  const when = cursor === null ? 'whole range' : stampText(bars.timeOf(cursor));
  return (
    <p className="histogram-words">
      <span>
        <strong>
          {answer.estimated && 'about '}
          {counted(total, noun)}
        </strong>
        {errors > 0 && (
          <span>
            , <span className="swatch failed" /> {exactCount(errors)} failed
          </span>
        )}
      </span>
      <span className="muted">
        {when} · bars of {stepText(answer.step_seconds)}
        {completeMs !== null && ` · complete until ${shortMomentText(completeMs, nowMs)}`}
      </span>
    </p>
  );
}

interface HistogramBarsProps {
  readonly bars: Bars;
  readonly cursor: number | null;
  readonly drag: Stretch | null;
}

/** A record is never thinner than this share of the height, so that one in a million can be seen. */
const HEIGHT_MIN = 0.02;

function HistogramBars({ bars, cursor, drag }: HistogramBarsProps) {
  const highest = Math.max(1, ...bars.steps.map((step) => step?.total ?? 0));
  const heightOf = (count: number) => (count === 0 ? 0 : Math.max(HEIGHT_MIN, count / highest));
  return (
    <>
      <span className="histogram-max" aria-hidden="true">
        {shortCount(highest)}
      </span>
      <svg viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
        {bars.completeMs !== null && (
          <rect
            className="incomplete"
            x={bars.shareAtMs(bars.completeMs)}
            y={0}
            width={1 - bars.shareAtMs(bars.completeMs)}
            height={1}
          />
        )}
        {bars.steps.map((step, index) => {
          if (step === null) return null;
          const x = bars.shareOf(index);
          const width = (bars.shareOf(index + 1) - x) * 0.84;
          const all = heightOf(step.total);
          const failed = heightOf(step.errors);
          return (
            <g key={index} className={index === cursor ? 'chosen' : undefined}>
              <rect className="matches" x={x} y={1 - all} width={width} height={all} />
              <rect className="failed" x={x} y={1 - failed} width={width} height={failed} />
            </g>
          );
        })}
        {drag !== null && (
          <rect
            className="dragged"
            x={Math.min(drag.from, drag.to)}
            y={0}
            width={Math.abs(drag.to - drag.from)}
            height={1}
          />
        )}
      </svg>
    </>
  );
}
