import { CopyButton } from '../lib/copy.tsx';
import { fieldText, isTime } from '../lib/facts.ts';
import { bytesText, durationText, parseTime, relativeText } from '../lib/format.ts';
import { Icon } from '../lib/icons.tsx';
import { Moment } from '../lib/moment.tsx';
import { useNowMs } from '../lib/now.ts';
import { OutsideText } from '../lib/outside-text.tsx';
import type { FilterBy } from './cell-actions.tsx';
import { indented, RawText } from './raw-text.tsx';

interface FieldProps {
  readonly column: string;
  readonly value: unknown;
  readonly filterBy?: FilterBy;
}

/** One field of a record: its name, its value, and what can be done with it. */
export function Field({ column, value, filterBy }: FieldProps) {
  const text = fieldText(value);
  const isAbsent = text === '' || text === '[]' || text === '{}';
  return (
    <div className="field" data-absent={isAbsent}>
      <dt>{column}</dt>
      <dd>
        {isAbsent ? (
          <span className="muted">–</span>
        ) : (
          <FieldValue column={column} value={value} text={text} />
        )}
        <span className="field-actions">
          {filterBy?.canInclude(column) === true && (
            <button
              type="button"
              className="icon-button small"
              title={`Only rows with this ${column}`}
              aria-label={`Only rows with this ${column}`}
              onClick={() => filterBy.apply(column, text, true)}
            >
              <Icon name="filter" />
            </button>
          )}
          {filterBy?.canExclude(column) === true && (
            <button
              type="button"
              className="icon-button small"
              title={`Only rows without this ${column}`}
              aria-label={`Only rows without this ${column}`}
              onClick={() => filterBy.apply(column, text, false)}
            >
              <Icon name="exclude" />
            </button>
          )}
          {!isAbsent && <CopyButton text={text} label={`Copy ${column}`} />}
        </span>
      </dd>
    </div>
  );
}

interface FieldValueProps {
  readonly column: string;
  readonly value: unknown;
  readonly text: string;
}

function FieldValue({ column, value, text }: FieldValueProps) {
  const nowMs = useNowMs();
  if (isTime(column, value)) {
    return (
      <span>
        <Moment time={value} /> <span className="muted">{relativeText(parseTime(value) ?? 0, nowMs)}</span>
      </span>
    );
  }
  if (typeof value === 'object') return <RawText text={JSON.stringify(value, null, 2)} />;
  if (/^[[{]/.test(text)) return <RawText text={indented(text)} />;
  const number = Number(text);
  const isBytes =
    /(?:^|_)(?:bytes|bytes_sent|bytes_received|object_size|size_bytes)$/.test(column) && number >= 1024;
  const isDuration = column.endsWith('_ms') && number >= 1000;
  return (
    <span className="field-text">
      <OutsideText text={text} />
      {isBytes && <span className="muted"> {bytesText(number)}</span>}
      {isDuration && <span className="muted"> {durationText(number)}</span>}
    </span>
  );
}
