import { useState } from 'react';
import { isoSecond } from '../../routes/range.ts';

const HOUR_MS = 3_600_000;
const LENGTHS = [
  { id: 'hour', title: 'for an hour', lengthMs: HOUR_MS },
  { id: 'four-hours', title: 'for 4 hours', lengthMs: 4 * HOUR_MS },
  { id: 'day', title: 'for a day', lengthMs: 24 * HOUR_MS },
  { id: 'week', title: 'for a week', lengthMs: 168 * HOUR_MS },
] as const;

/** How long something lasts. `open` is what it is called when it ends by itself; without it, it needs an end. */
export function UntilFields({ open }: { readonly open?: string }) {
  const [length, setLength] = useState(open === undefined ? 'hour' : 'open');
  return (
    <>
      <label>
        How long
        <select name="length" value={length} onChange={({ target }) => setLength(target.value)}>
          {open !== undefined && <option value="open">{open}</option>}
          {LENGTHS.map(({ id, title }) => (
            <option key={id} value={id}>
              {title}
            </option>
          ))}
          <option value="until">until a time</option>
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

/** When what was asked for ends, as ISO 8601; null where it ends by itself. */
export function untilOf(form: FormData, nowMs: number): string | null {
  const until = form.get('until');
  if (typeof until === 'string') return isoSecond(Date.parse(until));
  const length = LENGTHS.find(({ id }) => id === form.get('length'));
  return length === undefined ? null : isoSecond(nowMs + length.lengthMs);
}

/** A field of a form without the space around it. */
export function fieldOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value.trim() : '';
}
