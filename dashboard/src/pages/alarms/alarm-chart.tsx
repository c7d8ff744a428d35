import { useCallback, useMemo, useRef, useState } from 'react';
import type { ChartLine } from '../../charts/chart-lines.ts';
import { useZoom } from '../../charts/chart-state.ts';
import { readPalette } from '../../charts/palette.ts';
import { Plot, type PlotScope } from '../../charts/plot.tsx';
import { ValueTable } from '../../charts/value-table.tsx';
import type { AlarmDetail } from '../../lib/alarm-row.ts';
import { EmptyPart } from '../../lib/empty-part.tsx';
import { counted, durationText, stampText } from '../../lib/format.ts';
import { useColorsVersion } from '../../lib/theme.ts';
import { visibleText } from '../../lib/visible.ts';
import { alarmColumns, alarmOptions, type AlarmLook } from './alarm-chart-options.ts';
import { alarmPoints, type AlarmPoints } from './alarm-points.ts';
import { exactFigure, figureText } from './figure.ts';

const HEIGHT_PX = 190;

/** What a metric alarm was judged by: its points, the threshold or band, and when it was in ALARM. */
export function AlarmChart({ detail }: { readonly detail: AlarmDetail }) {
  const points = useMemo(() => alarmPoints(detail), [detail]);
  return (
    <section className="alarm-part" aria-label="Chart">
      <h3>Its points</h3>
      {points.times.length === 0 ? (
        <EmptyPart heightPx={80}>The metric has no points in the periods that are looked at.</EmptyPart>
      ) : (
        <Chart detail={detail} points={points} />
      )}
    </section>
  );
}

interface ChartProps {
  readonly detail: AlarmDetail;
  readonly points: AlarmPoints;
}

function Chart({ detail, points }: ChartProps) {
  const { threshold } = detail;
  const zoom = useZoom();
  const [cursor, setCursor] = useState<number | null>(null);
  const colorsVersion = useColorsVersion();
  // The version stands for the page's colours, which are read again with it.
  const palette = useMemo(() => readPalette(), [colorsVersion]);
  const look = useRef<AlarmLook>({ points, threshold });
  look.current = { points, threshold };
  const build = useCallback(
    (scope: () => PlotScope) => alarmOptions(palette, () => look.current, scope),
    [palette],
  );
  const rows = useMemo(() => alarmColumns(points), [points]);
  const label = `Points of ${visibleText(detail.row.title)}`;
  return (
    <>
      <Key points={points} threshold={threshold} cursor={cursor} />
      <Plot
        build={build}
        scope={points.scope}
        rows={rows}
        heightPx={HEIGHT_PX}
        label={`${label}, ${counted(points.times.length, 'period')}`}
        onCursor={setCursor}
        onZoom={zoom}
      />
      <ValueTable
        label={label}
        grid={{ ...points.scope, times: points.times }}
        lines={linesOf(points)}
        text={exactFigure}
      />
    </>
  );
}

interface KeyProps {
  readonly points: AlarmPoints;
  readonly threshold: number | null;
  readonly cursor: number | null;
}

/** What is what in the chart, and the value under the cursor or the newest. */
function Key({ points, threshold, cursor }: KeyProps) {
  const shown = cursor ?? points.values.findLastIndex((value) => value !== null);
  const value = points.values[shown] ?? null;
  const time = points.times[shown];
  return (
    <div className="legend">
      <Entry swatch="value" name="Value" meaning="One point a period" />
      {points.hasBand && <Entry swatch="band" name="Band" meaning="Within it, it is normal" />}
      {threshold !== null && (
        <Entry swatch="limit" name="Threshold" meaning={`The limit: ${exactFigure(threshold)}`} />
      )}
      {points.broken.length > 0 && <Entry swatch="broken" name="In ALARM" meaning="While it was in ALARM" />}
      <span className="legend-when" role="status">
        {time !== undefined &&
          `${stampText(time * 1000)}: ${value === null ? 'no point' : figureText(value)}`}
        {` · periods of ${durationText(points.scope.stepSeconds * 1000)}`}
      </span>
    </div>
  );
}

interface EntryProps {
  readonly swatch: 'value' | 'band' | 'limit' | 'broken';
  readonly name: string;
  readonly meaning: string;
}

function Entry({ swatch, name, meaning }: EntryProps) {
  return (
    <span className="legend-entry" data-tip={meaning}>
      <span className="alarm-swatch" data-swatch={swatch} />
      {name}
    </span>
  );
}

function linesOf({ values, lower, upper, hasBand }: AlarmPoints): readonly ChartLine[] {
  const line = (id: string, name: string, column: ChartLine['values']): ChartLine => ({
    id,
    name,
    meaning: name,
    color: 'var(--series-1)',
    values: column,
    whole: null,
  });
  const bounds = [line('lower', 'Lower', lower), line('upper', 'Upper', upper)];
  return [line('value', 'Value', values), ...(hasBand ? bounds : [])];
}
