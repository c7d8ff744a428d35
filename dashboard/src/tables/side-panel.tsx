import { useEffect, useRef, type KeyboardEvent, type ReactNode } from 'react';
import { CopyButton } from '../lib/copy.tsx';
import { fieldText, type FactRow } from '../lib/facts.ts';
import { Icon } from '../lib/icons.tsx';
import { currentPlace, go, hrefWith, usePlace } from '../routes/place.ts';
import type { FilterBy } from './cell-actions.tsx';
import { Field } from './field.tsx';
import { indented, RawText } from './raw-text.tsx';

interface SidePanelProps {
  readonly title: string;
  readonly row: FactRow;
  readonly onClose: () => void;
  /** Goes to the row before (-1) or after (1); null where there is none. */
  readonly onStep: ((direction: -1 | 1) => void) | null;
  /** Narrows the list by a field's value; absent where it cannot. */
  readonly filterBy?: FilterBy;
  /** What happened around it; absent where nothing else is known of such rows. */
  readonly timeline?: ReactNode;
  readonly children?: ReactNode;
}

const KEY_STEPS: Readonly<Record<string, -1 | 1>> = {
  ArrowUp: -1,
  ArrowLeft: -1,
  ArrowDown: 1,
  ArrowRight: 1,
};

/** Everything about one row beside the list it came from. Esc closes, arrows go to the next row. */
export function SidePanel(props: SidePanelProps) {
  const { title, row, onClose, onStep, children } = props;
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
      <SidePanelHead title={title} row={row} onClose={onClose} onStep={onStep} />
      {children}
      {Object.keys(row).length > 0 && <SidePanelBody {...props} />}
    </aside>
  );
}

function SidePanelHead({
  title,
  row,
  onClose,
  onStep,
}: Pick<SidePanelProps, 'title' | 'row' | 'onClose' | 'onStep'>) {
  return (
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
      {Object.keys(row).length > 0 && (
        <CopyButton text={JSON.stringify(row, null, 2)} label="Copy the whole record as JSON" />
      )}
      <button type="button" className="icon-button" title="Close (Esc)" aria-label="Close" onClick={onClose}>
        <Icon name="close" />
      </button>
    </header>
  );
}

type Tab = 'record' | 'raw' | 'timeline';
const TAB_TITLES: Readonly<Record<Tab, string>> = { record: 'Record', raw: 'Raw text', timeline: 'Timeline' };

/** The text a record was read from, where it was kept; else all of its fields as JSON. */
function rawOf(row: FactRow): string {
  const kept = fieldText(row['raw']) || fieldText(row['line']);
  return kept === '' ? JSON.stringify(row, null, 2) : indented(kept);
}

/** Fields, raw text or timeline; which one is in the address. */
function SidePanelBody({ row, filterBy, timeline }: SidePanelProps) {
  const asked = usePlace().params.get('tab');
  const tabs: readonly Tab[] = timeline === undefined ? ['record', 'raw'] : ['record', 'raw', 'timeline'];
  const tab = tabs.find((candidate) => candidate === asked) ?? 'record';
  const choose = (chosen: Tab) =>
    go(hrefWith(currentPlace(), { tab: chosen === 'record' ? null : chosen }), { replace: true });
  return (
    <>
      <div className="segments side-panel-tabs" role="group" aria-label="What is shown of it">
        {tabs.map((candidate) => (
          <button
            key={candidate}
            type="button"
            aria-pressed={candidate === tab}
            onClick={() => choose(candidate)}
          >
            {TAB_TITLES[candidate]}
          </button>
        ))}
      </div>
      {tab === 'record' && (
        <dl className="fields">
          {Object.entries(row).map(([column, value]) => (
            <Field
              key={column}
              column={column}
              value={value}
              {...(filterBy === undefined ? {} : { filterBy })}
            />
          ))}
        </dl>
      )}
      {tab === 'raw' && (
        <div className="side-panel-raw">
          <RawText text={rawOf(row)} />
        </div>
      )}
      {tab === 'timeline' && timeline}
    </>
  );
}
