import { RUN_WORDS } from '../../lib/backup-words.ts';

/** What the letters of the calendar stand for. */
export function CalendarLegend() {
  return (
    <ul className="calendar-legend" aria-label="Letters of the calendar">
      {Object.values(RUN_WORDS).map(({ letter, status, word, meaning }) => (
        <li key={letter} data-tip={meaning}>
          <span className="day-cell" data-status={status} data-hollow={letter === RUN_WORDS.expected.letter}>
            {letter}
          </span>
          {word}
        </li>
      ))}
      <li>
        <span className="day-cell-none">
          <span className="day-none" />
        </span>
        Nothing due
      </li>
    </ul>
  );
}
