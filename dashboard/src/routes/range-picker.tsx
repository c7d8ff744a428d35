import { useId, useRef, useState, type FormEvent } from 'react';
import { clockText, dateText } from '../lib/format.ts';
import { Icon } from '../lib/icons.tsx';
import { go, hrefWith } from './place.ts';
import { PRESETS, presetLabel, rangeLabel, rangeParams, windowOf, type Range } from './range.ts';
import { useView } from './view.tsx';

/** The text a `datetime-local` input takes, in the reader's zone. */
function inputText(timeMs: number): string {
  return `${dateText(timeMs)}T${clockText(timeMs)}`;
}

/** Presets as buttons, and a dialog for two fixed ends. */
export function RangePicker() {
  const { place, range } = useView();
  const dialog = useRef<HTMLDialogElement>(null);
  const choose = (chosen: Range) => go(hrefWith(place, { ...rangeParams(chosen), open: null }));
  return (
    <div className="segments range-picker" role="group" aria-label="Time range">
      {PRESETS.map((preset) => (
        <button
          key={preset.id}
          type="button"
          aria-pressed={range.kind === 'preset' && range.id === preset.id}
          title={`The last ${presetLabel(preset.id)}`}
          onClick={() => choose(preset)}
        >
          {preset.id}
        </button>
      ))}
      <button
        type="button"
        className="range-absolute"
        aria-pressed={range.kind === 'absolute'}
        aria-label={range.kind === 'absolute' ? `${rangeLabel(range)}, change` : 'From and to'}
        title="From and to. Or drag over a chart"
        onClick={() => dialog.current?.showModal()}
      >
        <Icon name="calendar" />
        {range.kind === 'absolute' && <span>{rangeLabel(range)}</span>}
      </button>
      <dialog ref={dialog} className="dialog" aria-label="Time range">
        <RangeForm
          key={place.params.toString()}
          range={range}
          onChoose={choose}
          onClose={() => dialog.current?.close()}
        />
      </dialog>
    </div>
  );
}

interface RangeFormProps {
  readonly range: Range;
  readonly onChoose: (range: Range) => void;
  readonly onClose: () => void;
}

function RangeForm({ range, onChoose, onClose }: RangeFormProps) {
  const [opened] = useState(() => windowOf(range, Date.now()));
  const [since, setSince] = useState(inputText(opened.sinceMs));
  const [until, setUntil] = useState(inputText(opened.untilMs));
  const id = useId();
  const isOrdered = Date.parse(since) < Date.parse(until);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isOrdered) return;
    onClose();
    onChoose({ kind: 'absolute', sinceMs: Date.parse(since), untilMs: Date.parse(until) });
  };
  return (
    <form className="dialog-form" onSubmit={submit}>
      <h2>From and to</h2>
      <label htmlFor={`${id}-since`}>From</label>
      <input
        id={`${id}-since`}
        type="datetime-local"
        required
        value={since}
        onChange={(event) => setSince(event.target.value)}
      />
      <label htmlFor={`${id}-until`}>To</label>
      <input
        id={`${id}-until`}
        type="datetime-local"
        required
        value={until}
        onChange={(event) => setUntil(event.target.value)}
      />
      <p className="muted" role="status">
        {isOrdered
          ? `Your time zone: ${Intl.DateTimeFormat().resolvedOptions().timeZone}`
          : '"From" has to be before "to".'}
      </p>
      <div className="dialog-actions">
        <button type="button" className="button" onClick={onClose}>
          Cancel
        </button>
        <button type="submit" className="button primary" disabled={!isOrdered}>
          Show
        </button>
      </div>
    </form>
  );
}
