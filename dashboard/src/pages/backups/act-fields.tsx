import { useState } from 'react';
import { isoSecond } from '../../routes/range.ts';

const HOUR_MS = 3_600_000;
const PAUSES = [
  { id: 'day', title: 'for a day', lengthMs: 24 * HOUR_MS },
  { id: 'three-days', title: 'for 3 days', lengthMs: 72 * HOUR_MS },
  { id: 'week', title: 'for a week', lengthMs: 168 * HOUR_MS },
] as const;

/** How long a pause lasts. */
export function PauseFields() {
  const [length, setLength] = useState('day');
  return (
    <>
      <label>
        How long
        <select name="length" value={length} onChange={({ target }) => setLength(target.value)}>
          {PAUSES.map(({ id, title }) => (
            <option key={id} value={id}>
              {title}
            </option>
          ))}
          <option value="until">until a time</option>
          <option value="open">until somebody resumes it</option>
        </select>
      </label>
      {length === 'until' && (
        <label>
          Until
          <input type="datetime-local" name="until" required />
        </label>
      )}
    </>
  );
}

/** When the pause that was asked for ends, as ISO 8601; null when it does not end by itself. */
export function pauseUntil(form: FormData, nowMs: number): string | null {
  const until = form.get('until');
  if (typeof until === 'string') return new Date(until).toISOString();
  const pause = PAUSES.find(({ id }) => id === form.get('length'));
  return pause === undefined ? null : isoSecond(nowMs + pause.lengthMs);
}
