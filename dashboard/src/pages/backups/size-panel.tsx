import { useCallback, useMemo, useState } from 'react';
import { useZoom } from '../../charts/chart-state.ts';
import { readPalette } from '../../charts/palette.ts';
import { Plot, type PlotScope } from '../../charts/plot.tsx';
import type { BackupDetail, BackupRun } from '../../lib/backup-row.ts';
import { RUN_WORDS } from '../../lib/backup-words.ts';
import { EmptyPart } from '../../lib/empty-part.tsx';
import { bytesText, counted, stampText } from '../../lib/format.ts';
import { StatusMark } from '../../lib/status-mark.tsx';
import { useColorsVersion } from '../../lib/theme.ts';
import type { Range } from '../../routes/range.ts';
import { useView } from '../../routes/view.tsx';
import { sizeColumns, sizeOptions } from './size-options.ts';
import { sizePoints, type SizePoints } from './size-points.ts';

const HEIGHT_PX = 200;
const HOUR_S = 3600;
/** Between the ends of the axis and the first and last run, as a share of what is between those. */
const MARGIN = 0.02;

/** How large the runs were, what is normal, and which were wrong. */
export function SizePanel({ detail }: { readonly detail: BackupDetail }) {
  const points = useMemo(() => sizePoints(detail), [detail]);
  return (
    <section className="panel" aria-label="Size of runs">
      <header className="panel-head">
        <h2>Size of runs</h2>
      </header>
      {points.sizes.every((size) => size === null) ? (
        <EmptyPart heightPx={HEIGHT_PX}>No run has come yet.</EmptyPart>
      ) : (
        <SizeChart points={points} />
      )}
    </section>
  );
}

function SizeChart({ points }: { readonly points: SizePoints }) {
  const { range } = useView();
  const zoom = useZoom();
  const [cursor, setCursor] = useState<number | null>(null);
  const colorsVersion = useColorsVersion();
  // The version stands for the page's colours, which are read again with it.
  const palette = useMemo(() => readPalette(), [colorsVersion]);
  const build = useCallback((scope: () => PlotScope) => sizeOptions(palette, scope), [palette]);
  const rows = useMemo(() => sizeColumns(points), [points]);
  const scope = useMemo(() => scopeOf(points, range), [points, range]);
  const hasBand = points.high.some((value) => value !== null);
  const shown = points.runs[cursor ?? points.runs.length - 1];
  return (
    <>
      <div className="legend">
        {hasBand && <Entry swatch="band" name="Normal" meaning="Where the rule lets a run be" />}
        <Entry swatch="median" name="Median" meaning="Of the good runs before each" />
        <Entry swatch="ok" name="OK" meaning={RUN_WORDS.ok.meaning} />
        <Entry swatch="late" name="Late, too big, duplicate" meaning="Came, and not as it should be" />
        <Entry swatch="alarm" name="Wrong or missing" meaning="What did not come is at zero" />
        <span className="legend-when" role="status">
          {shown !== undefined && <RunText run={shown} />}
        </span>
      </div>
      <Plot
        build={build}
        scope={scope}
        rows={rows}
        heightPx={HEIGHT_PX}
        label={`Size of ${counted(points.runs.length, 'run')}`}
        onCursor={setCursor}
        onZoom={zoom}
      />
    </>
  );
}

/** All the runs, or the stretch that was dragged over. */
function scopeOf({ times }: SizePoints, range: Range): PlotScope {
  const first = times[0] ?? 0;
  const last = times.at(-1) ?? first;
  const margin = Math.max(HOUR_S, (last - first) * MARGIN);
  const whole = { since: first - margin, until: last + margin };
  const asked =
    range.kind === 'absolute' ? { since: range.sinceMs / 1000, until: range.untilMs / 1000 } : whole;
  const isWithin = asked.since < last && asked.until > first;
  return { ...(isWithin ? asked : whole), stepSeconds: 0, completeUntil: null };
}

interface EntryProps {
  readonly swatch: 'band' | 'median' | 'ok' | 'late' | 'alarm';
  readonly name: string;
  readonly meaning: string;
}

function Entry({ swatch, name, meaning }: EntryProps) {
  return (
    <span className="legend-entry" data-tip={meaning}>
      <span className="size-swatch" data-swatch={swatch} />
      {name}
    </span>
  );
}

/** `Nov 21 02:00: 1.2 GiB, usually 4.1 GiB` and its verdict. */
function RunText({ run }: { readonly run: BackupRun }) {
  const { status, word } = RUN_WORDS[run.verdict];
  const usual = run.usual_bytes === null ? '' : `, usually ${bytesText(run.usual_bytes)}`;
  return (
    <>
      {stampText(Date.parse(run.due))}: {run.files === 0 ? 'nothing came' : bytesText(run.size_bytes)}
      {usual} <StatusMark status={status} word={word} />
    </>
  );
}
