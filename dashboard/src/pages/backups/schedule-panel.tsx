import type { BackupDetail } from '../../lib/backup-row.ts';
import { capitalised, durationText, parseTime } from '../../lib/format.ts';
import { Ago, Moment } from '../../lib/moment.tsx';
import { OutsideText } from '../../lib/outside-text.tsx';

/** When its runs are due, in words, and the next five times. */
export function SchedulePanel({ detail: { row, next_dues } }: { readonly detail: BackupDetail }) {
  return (
    <section className="panel">
      <header className="panel-head">
        <h2>Schedule</h2>
      </header>
      {row.schedule === '' ? (
        <p className="muted">None is known yet: four runs or more give one.</p>
      ) : (
        <p className="schedule-words">
          <OutsideText text={capitalised(row.schedule)} />
        </p>
      )}
      {next_dues.length > 0 && (
        <>
          <h3 className="small-head">The next times</h3>
          <ol className="next-dues">
            {next_dues.map((due, index) => (
              <li key={due}>
                <Moment time={due} />
                <span className="muted">
                  <Ago time={due} />
                  {index === 0 && <Grace row={row} />}
                </span>
              </li>
            ))}
          </ol>
        </>
      )}
    </section>
  );
}

/** `, with 30 min of grace`. */
function Grace({ row }: { readonly row: BackupDetail['row'] }) {
  const dueMs = parseTime(row.next_due);
  const deadlineMs = parseTime(row.next_deadline);
  if (dueMs === null || deadlineMs === null || deadlineMs <= dueMs) return null;
  return `, with ${durationText(deadlineMs - dueMs)} of grace`;
}
