import { useMemo } from 'react';
import { LANE_TRANSITIONS_MAX, useTransitions } from '../../lib/alarm-queries.ts';
import type { Alarm, AlarmTransition } from '../../lib/alarm-row.ts';
import { isAboutBucket } from '../../lib/alarm-words.ts';
import { exactCount } from '../../lib/format.ts';
import { useNowMs } from '../../lib/now.ts';
import { Skeleton } from '../../lib/panel.tsx';
import { ProblemBox } from '../../lib/problem-box.tsx';
import { rangeWords, windowOf } from '../../routes/range.ts';
import { useView } from '../../routes/view.tsx';
import { alarmInAddress } from './alarm-address.ts';
import { LanesChart } from './lanes-chart.tsx';
import { lanesOf } from './lanes.ts';
import { TransitionsTable } from './transitions-table.tsx';

/** What became of alarms over the range: a lane each, and every change. */
export function HistoryView({ alarms }: { readonly alarms: readonly Alarm[] }) {
  const { place, range, bucket, isLive } = useView();
  const nowMs = useNowMs();
  const list = useTransitions({
    limit: LANE_TRANSITIONS_MAX,
    isLive: isLive && alarmInAddress(place) === null,
  });
  const rows: readonly AlarmTransition[] = useMemo(
    () => list.pages.flatMap((page) => page.rows).filter((row) => isAboutBucket(row, bucket)),
    [list.pages, bucket],
  );
  const { sinceMs, untilMs } = windowOf(range, nowMs);
  const ends = { sinceMs, untilMs: Math.min(untilMs, Math.max(nowMs, sinceMs + 1)) };
  const lanes = useMemo(
    () => lanesOf({ transitions: rows, alarms, ...ends }),
    [rows, alarms, ends.sinceMs, ends.untilMs],
  );
  return (
    <>
      {list.problem !== null && <ProblemBox problem={list.problem} onRetry={list.retry} />}
      <section className="panel flush" aria-label="Lanes" data-stale={list.isStale}>
        <header className="panel-head">
          <h2>Over time</h2>
          <span className="panel-actions muted">{rangeWords(range)}</span>
        </header>
        {list.isPending && list.problem === null && <Skeleton heightPx={240} />}
        {!list.isPending && <LanesChart lanes={lanes} {...ends} />}
        {list.hasMore && (
          <p className="strip-line muted">
            Drawn from the newest {exactCount(rows.length)} changes: what was before them is what they came
            from.
          </p>
        )}
      </section>
      <TransitionsTable list={list} rows={rows} />
    </>
  );
}
