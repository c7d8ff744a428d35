import { useCallback, useMemo, useState } from 'react';
import type { Series } from '../../../src/serve/api.ts';
import { parseTime, stampText } from '../lib/format.ts';
import { useBuckets } from '../lib/queries.ts';
import { useColorsVersion } from '../lib/theme.ts';
import { currentPlace, go, hrefWith } from '../routes/place.ts';
import { rangeParams } from '../routes/range.ts';
import { useView } from '../routes/view.tsx';
import { readPalette, type Palette } from './palette.ts';
import type { PlotScope } from './plot.tsx';
import { stepsOf, type Steps } from './steps.ts';

interface ChartState {
  readonly steps: Steps;
  readonly scope: PlotScope;
  readonly palette: Palette;
  /** The step under the cursor, null for none. */
  readonly cursor: number | null;
  readonly setCursor: (index: number | null) => void;
  /** What the legend's values are of. */
  readonly when: string;
}

/** What every chart over a series has in common. */
export function useChartState(series: Series): ChartState {
  const [cursor, setCursor] = useState<number | null>(null);
  const colorsVersion = useColorsVersion();
  // The version stands for the page's colours, which are read again with it.
  const palette = useMemo(() => readPalette(), [colorsVersion]);
  const steps = useMemo(() => stepsOf(series), [series]);
  const newestMs = useNewestRequestMs();
  const scope = useMemo(
    () => ({ ...steps, frontier: newestMs === null ? null : newestMs / 1000 }),
    [steps, newestMs],
  );
  const time = cursor === null ? undefined : steps.times[cursor];
  const when = time === undefined ? 'whole range' : stampText(time * 1000);
  return { steps, scope, palette, cursor, setCursor, when };
}

/** Makes a stretch of time the page's range; Back returns to the one before. */
export function useZoom(): (sinceMs: number, untilMs: number) => void {
  return useCallback((sinceMs: number, untilMs: number) => {
    go(hrefWith(currentPlace(), rangeParams({ kind: 'absolute', sinceMs, untilMs })));
  }, []);
}

/** When the newest request of the bucket in view, or of any bucket, was made; null when there is none. */
export function useNewestRequestMs(): number | null {
  const view = useView();
  const buckets = useBuckets(view.isLive).data?.rows ?? [];
  const times = buckets
    .filter((row) => view.bucket === null || row.bucket === view.bucket)
    .map((row) => parseTime(row.newest_event) ?? 0);
  return times.length === 0 ? null : Math.max(...times);
}
