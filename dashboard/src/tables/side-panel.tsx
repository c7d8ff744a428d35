import { useEffect, useRef, type KeyboardEvent, type ReactNode } from 'react';
import { CopyButton } from '../lib/copy.tsx';
import { fieldText, isTime, type FactRow } from '../lib/facts.ts';
import { bytesText, durationText, relativeText, parseTime } from '../lib/format.ts';
import { Icon } from '../lib/icons.tsx';
import { Moment } from '../lib/moment.tsx';
import { useNowMs } from '../lib/now.ts';
import { OutsideText } from '../lib/outside-text.tsx';
import { Link } from '../routes/link.tsx';

interface SidePanelProps {
  readonly title: string;
  readonly row: FactRow;
  readonly onClose: () => void;
  /** Goes to the row before (-1) or after (1); null where there is none. */
  readonly onStep: ((direction: -1 | 1) => void) | null;
  /** Where a field's value leads, null for fields that lead nowhere. */
  readonly linkOf?: (column: string, value: string) => string | null;
  readonly children?: ReactNode;
}

const KEY_STEPS: Readonly<Record<string, -1 | 1>> = {
  ArrowUp: -1,
  ArrowLeft: -1,
  ArrowDown: 1,
  ArrowRight: 1,
};

/** Everything about one row beside the list it came from. Esc closes, arrows go to the next row. */
export function SidePanel({ title, row, onClose, onStep, linkOf, children }: SidePanelProps) {
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    panel.current?.focus({ preventScroll: true });
    return () => {
      if (before instanceof HTMLElement) before.focus({ preventScroll: true });
    };
  }, []);
  const press = (event: KeyboardEvent) => {
    const step = KEY_STEPS[event.key];
    if (event.key === 'Escape') onClose();
    if (step === undefined || onStep === null) return;
    event.preventDefault();
    onStep(step);
  };
  return (
    <aside ref={panel} className="side-panel" aria-label={title} tabIndex={-1} onKeyDown={press}>
      <header className="side-panel-head">
        <h2>{title}</h2>
        {onStep !== null && (
          <>
            <button
              type="button"
              className="icon-button"
              title="Row above (arrow up)"
              aria-label="Row above"
              onClick={() => onStep(-1)}
            >
              <Icon name="previous" />
            </button>
            <button
              type="button"
              className="icon-button"
              title="Row below (arrow down)"
              aria-label="Row below"
              onClick={() => onStep(1)}
            >
              <Icon name="next" />
            </button>
          </>
        )}
        <CopyButton text={JSON.stringify(row, null, 2)} label="Copy the whole record as JSON" />
        <button
          type="button"
          className="icon-button"
          title="Close (Esc)"
          aria-label="Close"
          onClick={onClose}
        >
          <Icon name="close" />
        </button>
      </header>
      {children}
      <dl className="fields">
        {Object.entries(row).map(([column, value]) => (
          <Field
            key={column}
            column={column}
            value={value}
            href={linkOf?.(column, fieldText(value)) ?? null}
          />
        ))}
      </dl>
    </aside>
  );
}

interface FieldProps {
  readonly column: string;
  readonly value: unknown;
  readonly href: string | null;
}

function Field({ column, value, href }: FieldProps) {
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
        {!isAbsent && (
          <span className="field-actions">
            {href !== null && (
              <Link
                className="icon-button small"
                href={href}
                title={`Only rows with this ${column}`}
                aria-label={`Only rows with this ${column}`}
              >
                <Icon name="filter" />
              </Link>
            )}
            <CopyButton text={text} label={`Copy ${column}`} />
          </span>
        )}
      </dd>
    </div>
  );
}

function FieldValue({
  column,
  value,
  text,
}: {
  readonly column: string;
  readonly value: unknown;
  readonly text: string;
}) {
  const nowMs = useNowMs();
  if (isTime(column, value)) {
    return (
      <span>
        <Moment time={value} /> <span className="muted">{relativeText(parseTime(value) ?? 0, nowMs)}</span>
      </span>
    );
  }
  if (typeof value === 'object') return <Structure value={value} />;
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

/** A list or an object, indented. Its line ends are ours, so they are not spelled out as those from outside are. */
function Structure({ value }: { readonly value: unknown }) {
  return (
    <pre className="raw">
      {JSON.stringify(value, null, 2)
        .split('\n')
        .map((line, index) => (
          <div key={index}>
            <OutsideText text={line} />
          </div>
        ))}
    </pre>
  );
}
