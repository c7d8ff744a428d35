import { useState } from 'react';
import type { Alarm } from '../../lib/alarm-row.ts';
import { useAlarms } from '../../lib/alarm-queries.ts';
import { counted } from '../../lib/format.ts';
import { Icon } from '../../lib/icons.tsx';
import { WhoAndWhy } from '../../lib/who-and-why.tsx';
import { isFitting, linesOf, matchersOf, type MatcherLine } from './silence-matchers.ts';
import { UntilFields } from './until-fields.tsx';

interface KeyedLine extends MatcherLine {
  readonly key: number;
}

/** Which alarms are silenced, for how long, and why. */
export function SilenceFields({ alarm }: { readonly alarm: Alarm | null }) {
  const [lines, setLines] = useState<readonly KeyedLine[]>(() => firstLines(alarm));
  const change = (key: number, changes: Partial<MatcherLine>) =>
    setLines(lines.map((line) => (line.key === key ? { ...line, ...changes } : line)));
  const add = () =>
    setLines([...lines, { key: Math.max(0, ...lines.map(({ key }) => key)) + 1, label: '', value: '' }]);
  return (
    <>
      <fieldset className="matchers">
        <legend>Alarms whose labels are</legend>
        {lines.map((line) => (
          <div key={line.key} className="matcher">
            <input
              name="label"
              aria-label="Label"
              placeholder="Label"
              required
              maxLength={100}
              autoComplete="off"
              spellCheck={false}
              value={line.label}
              onChange={({ target }) => change(line.key, { label: target.value })}
            />
            <input
              name="value"
              aria-label={`Value of ${line.label || 'the label'}`}
              placeholder="Value"
              required
              maxLength={1100}
              autoComplete="off"
              spellCheck={false}
              value={line.value}
              onChange={({ target }) => change(line.key, { value: target.value })}
            />
            <button
              type="button"
              className="icon-button"
              aria-label={`Without ${line.label || 'this label'}`}
              title="Take it out"
              disabled={lines.length === 1}
              onClick={() => setLines(lines.filter(({ key }) => key !== line.key))}
            >
              <Icon name="close" />
            </button>
          </div>
        ))}
        <button type="button" className="link-button" onClick={add}>
          <Icon name="plus" /> Another label
        </button>
        <p className="advice">
          All have to fit; of lines with the same label, one. <code>*</code> stands for anything, a leading{' '}
          <code>!</code> excludes.
        </p>
        <Fitting lines={lines} />
      </fieldset>
      <UntilFields />
      <WhoAndWhy isRequired />
    </>
  );
}

function firstLines(alarm: Alarm | null): readonly KeyedLine[] {
  const lines = alarm === null ? [{ label: '', value: '' }] : linesOf(alarm);
  return lines.map((line, key) => ({ key, ...line }));
}

/** How many alarms the lines fit as they are. */
function Fitting({ lines }: { readonly lines: readonly MatcherLine[] }) {
  const rows = useAlarms().data?.rows ?? [];
  const matchers = matchersOf(lines);
  const fitting = matchers.length === 0 ? [] : rows.filter((row) => isFitting(matchers, row));
  const wrong = fitting.filter(({ state }) => state === 'ALARM').length;
  return (
    <p role="status" className="fitting">
      {matchers.length > 0 &&
        `Fits ${counted(fitting.length, 'alarm')}; ${wrong === 0 ? 'none' : wrong} in ALARM now.`}
    </p>
  );
}

/** The matchers that a form with these fields asks for. */
export function matchersIn(form: FormData) {
  const textsOf = (name: string) =>
    form.getAll(name).flatMap((value) => (typeof value === 'string' ? [value] : []));
  const values = textsOf('value');
  return matchersOf(textsOf('label').map((label, index) => ({ label, value: values[index] ?? '' })));
}
