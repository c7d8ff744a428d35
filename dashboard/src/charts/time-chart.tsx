import { useMemo, useState } from 'react';
import type uPlot from 'uplot';
import { stampText, stepText } from '../lib/format.ts';
import { useColorsVersion } from '../lib/theme.ts';
import { visibleText } from '../lib/visible.ts';
import { currentPlace, go, hrefWith } from '../routes/place.ts';
import { useView } from '../routes/view.tsx';
import { drawnColumns, lastKnown, type ChartLine, type ChartShape } from './chart-lines.ts';
import { chartOptions, lookKey, type ChartLook } from './chart-options.ts';
import type { ChartLimit } from './limit-line.ts';
import { Legend } from './legend.tsx';
import { readPalette } from './palette.ts';
import { Plot, type PlotBuilder } from './plot.tsx';
import type { StepGrid } from './steps.ts';
import { ValueTable } from './value-table.tsx';
import { useZoom } from './chart-state.ts';

interface TimeChartProps {
  /** What the chart shows, in words. */
  readonly label: string;
  /** Its name in the address: `only.<name>` is the line shown alone. */
  readonly name: string;
  readonly grid: StepGrid;
  /** The base of a stack, or the line that matters most, first. */
  readonly lines: readonly ChartLine[];
  readonly shape: ChartShape;
  readonly isLog?: boolean;
  /** A value to draw a line across at: a target, a threshold. */
  readonly limit?: ChartLimit;
  /** A value in short; a function that stays the same. */
  readonly text: (value: number) => string;
  /** The same in full, for hover titles and the table. */
  readonly exactText: (value: number) => string;
  readonly heightPx: number;
}

/** Lines over time with their values under the cursor above and as a table below. */
export function TimeChart(props: TimeChartProps) {
  const { label, name, grid, lines, shape, isLog = false, limit, text, exactText, heightPx } = props;
  const { place } = useView();
  const zoom = useZoom();
  const [cursor, setCursor] = useState<number | null>(null);
  const [hasFocus, setFocus] = useState(false);
  const param = `only.${name}`;
  const asked = place.params.get(param);
  const isolated = lines.some((line) => line.id === asked) ? asked : null;
  const drawn = useMemo(
    () => lines.filter(({ id }) => isolated === null || id === isolated),
    [lines, isolated],
  );
  const rows = useMemo<uPlot.AlignedData>(
    () => [grid.times as number[], ...drawnColumns(drawn, shape, isLog)],
    [grid, drawn, shape, isLog],
  );
  const build = useBuilder(drawn, { shape, isLog, text, limit: limit ?? null });
  const shown = cursor ?? (lines.some((line) => line.whole !== null) ? null : lastKnown(lines));
  const entries = lines.map((line) => {
    const value = shown === null ? line.whole : (line.values[shown] ?? null);
    const words = value === null ? '–' : <span title={exactText(value)}>{text(value)}</span>;
    return { ...line, name: visibleText(line.name), value: words };
  });
  const time = shown === null ? undefined : grid.times[shown];
  const isGap = cursor !== null && lines.every((line) => (line.values[cursor] ?? null) === null);
  const spoken =
    cursor === null || time === undefined || !hasFocus
      ? ''
      : `${stampText(time * 1000)}: ${spokenValues(drawn, cursor, exactText)}`;
  const when = time === undefined ? 'whole range' : stampText(time * 1000);
  return (
    <div onFocus={() => setFocus(true)} onBlur={() => setFocus(false)}>
      <Legend
        entries={entries}
        isolated={isolated}
        onIsolate={(id) => go(hrefWith(currentPlace(), { [param]: id }), { replace: true })}
        when={`${when}${isGap ? ': nothing recorded' : ''} · steps of ${stepText(grid.stepSeconds)}`}
        spoken={spoken}
      />
      <Plot
        build={build}
        scope={grid}
        rows={rows}
        heightPx={heightPx}
        label={label}
        onCursor={setCursor}
        onZoom={zoom}
      />
      <ValueTable label={label} grid={grid} lines={drawn} text={exactText} />
    </div>
  );
}

/** "2xx 120, 5xx 3", or that there is nothing. */
function spokenValues(lines: readonly ChartLine[], index: number, text: (value: number) => string): string {
  const said = lines.flatMap((line) => {
    const value = line.values[index] ?? null;
    return value === null ? [] : [`${visibleText(line.name)} ${text(value)}`];
  });
  return said.length === 0 ? 'nothing recorded' : said.join(', ');
}

interface Look {
  readonly shape: ChartShape;
  readonly isLog: boolean;
  readonly text: (value: number) => string;
  readonly limit: ChartLimit | null;
}

/** A builder that changes only when the chart looks different, not with its values. */
function useBuilder(lines: readonly ChartLine[], { shape, isLog, text, limit }: Look): PlotBuilder {
  const colorsVersion = useColorsVersion();
  // The version stands for the page's colours, which are read again with it.
  const palette = useMemo(() => readPalette(), [colorsVersion]);
  const key = lookKey(lines, limit);
  return useMemo<PlotBuilder>(() => {
    const look = JSON.parse(key) as Pick<ChartLook, 'colors' | 'limit'>;
    return (scope) => chartOptions({ shape, isLog, text, ...look }, palette, scope);
  }, [key, shape, isLog, text, palette]);
}
