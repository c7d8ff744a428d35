import { Sparkline } from '../../charts/sparkline.tsx';
import type { BackupSeries } from '../../lib/backup-row.ts';
import { SAFETY_WORDS } from '../../lib/backup-words.ts';
import { bytesText, exactCount, momentTitle, parseTime, stampText } from '../../lib/format.ts';
import { Ago } from '../../lib/moment.tsx';
import { StatusMark } from '../../lib/status-mark.tsx';
import { visibleText } from '../../lib/visible.ts';

/** When the next run is due, from now and by the clock, and by when it has to be there. */
export function NextExpected({ row }: { readonly row: BackupSeries }) {
  const dueMs = parseTime(row.next_due);
  if (dueMs === null || row.verdict === 'retired') return <span className="muted">–</span>;
  const deadlineMs = parseTime(row.next_deadline);
  const tip =
    deadlineMs === null
      ? momentTitle(dueMs)
      : `Due ${momentTitle(dueMs)}\nHas to be there by ${stampText(deadlineMs)} local`;
  return (
    <span className="two-lines" data-tip={tip}>
      <Ago time={row.next_due} />
      <span className="muted">{stampText(dueMs)}</span>
    </span>
  );
}

/** The size of the newest run that came, and those of the last thirty as a line. */
export function LastSize({ row }: { readonly row: Pick<BackupSeries, 'recent'> }) {
  const sizes = row.recent
    .filter(({ verdict }) => verdict !== 'expected')
    .map(({ size_bytes }) => (size_bytes === 0 ? null : size_bytes));
  const known = sizes.filter((size) => size !== null);
  const last = known.at(-1);
  if (last === undefined) return <span className="muted">–</span>;
  const between = `${bytesText(Math.min(...known))} to ${bytesText(Math.max(...known))}`;
  return (
    <span className="last-size">
      <span data-tip={`${exactCount(last)} bytes`}>{bytesText(last)}</span>
      <Sparkline values={sizes} label={`Sizes of the last ${sizes.length} runs: ${between}`} />
    </span>
  );
}

/** Whether it would be there when it is needed. */
export function SafetyMark({ safety }: Pick<BackupSeries, 'safety'>) {
  return (
    <span data-tip={visibleText(safety.sentence) || undefined}>
      <StatusMark {...SAFETY_WORDS[safety.state]} />
    </span>
  );
}
