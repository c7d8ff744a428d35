import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react';
import { CALL_VIEWS } from '../explorer/calls-kind.ts';
import { REQUEST_VIEWS } from '../explorer/requests-kind.ts';
import { useSavedViews } from '../explorer/saved-views.ts';
import { useAnalyses } from '../explorer/use-explorer.ts';
import { useAlarms } from '../lib/alarm-queries.ts';
import { useAllBackups } from '../lib/backup-queries.ts';
import { Icon } from '../lib/icons.tsx';
import { useAllPairs, useBuckets } from '../lib/queries.ts';
import { pairTitle } from '../lib/replication-words.ts';
import { chooseTheme } from '../lib/theme.ts';
import { PAGES } from './pages.ts';
import { paletteEntries, type PaletteEntry } from './palette-entries.ts';
import { go } from './place.ts';
import { useView } from './view.tsx';

/** True where a key is text for what is in focus. */
function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && target.closest('input, select, textarea, [contenteditable]') !== null
  );
}

/** `/` outside of fields, Ctrl-K or Cmd-K anywhere. */
function opensPalette(event: globalThis.KeyboardEvent): boolean {
  if (event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey)) return true;
  return event.key === '/' && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event.target);
}

/** Search over everything there is to go to: a button, and a dialog that `/` and Ctrl-K open. */
export function Palette() {
  const dialog = useRef<HTMLDialogElement>(null);
  const [isOpen, setOpen] = useState(false);
  const open = () => {
    setOpen(true);
    if (dialog.current?.open === false) dialog.current.showModal();
  };
  useEffect(() => {
    const press = (event: globalThis.KeyboardEvent) => {
      if (!opensPalette(event) || document.querySelector('dialog[open]') !== null) return;
      event.preventDefault();
      open();
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, []);
  return (
    <>
      <button
        type="button"
        className="button palette-button"
        title="Search and go (/ or Ctrl-K)"
        onClick={open}
      >
        <Icon name="search" /> <span>Search</span> <kbd>/</kbd>
      </button>
      <dialog
        ref={dialog}
        className="dialog palette"
        aria-label="Search and go"
        onClose={() => setOpen(false)}
        onClick={(event) => event.target === dialog.current && dialog.current.close()}
      >
        {isOpen && <PaletteSearch onDone={() => dialog.current?.close()} />}
      </dialog>
    </>
  );
}

function useEntries(typed: string): readonly PaletteEntry[] {
  const { place, isLive } = useView();
  const buckets = useBuckets(false).data?.rows ?? [];
  const analyses = useAnalyses().data?.rows ?? [];
  const savedViews = useSavedViews();
  const pairs = useAllPairs().data?.rows ?? [];
  const backups = useAllBackups().data?.rows ?? [];
  const alarms = useAlarms().data?.rows ?? [];
  return paletteEntries(
    {
      place,
      isLive,
      pages: PAGES,
      buckets: buckets.map((row) => row.bucket),
      pairs: pairs.map((pair) => ({ id: pair.id, title: pairTitle(pair) })),
      backups,
      alarms,
      requestViews: REQUEST_VIEWS,
      callViews: CALL_VIEWS,
      savedViews,
      analyses,
    },
    typed,
  );
}

function PaletteSearch({ onDone }: { readonly onDone: () => void }) {
  const [typed, setTyped] = useState('');
  const [chosen, setChosen] = useState(0);
  const id = useId();
  const entries = useEntries(typed);
  const list = useRef<HTMLUListElement>(null);
  const current = Math.min(chosen, entries.length - 1);
  useEffect(() => {
    list.current?.children[current]?.scrollIntoView({ block: 'nearest' });
  }, [current]);
  const take = (entry: PaletteEntry | undefined) => {
    if (entry === undefined) return;
    onDone();
    if (entry.does.kind === 'go') go(entry.does.href);
    else chooseTheme(entry.does.theme);
  };
  const press = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0 && entries.length > 0) {
      event.preventDefault();
      setChosen((current + step + entries.length) % entries.length);
    }
    if (event.key === 'Enter') {
      event.preventDefault();
      take(entries[current]);
    }
  };
  return (
    <>
      <label className="palette-field">
        <Icon name="search" />
        <input
          type="text"
          role="combobox"
          aria-label="Search and go"
          aria-expanded="true"
          aria-controls={id}
          aria-activedescendant={entries.length > 0 ? `${id}-${current}` : undefined}
          aria-autocomplete="list"
          placeholder="Page, bucket, pair, backup, alarm, time range, view, request id, key…"
          autoFocus
          autoComplete="off"
          spellCheck={false}
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
            setChosen(0);
          }}
          onKeyDown={press}
        />
      </label>
      <ul ref={list} id={id} className="palette-list" role="listbox" aria-label="What there is">
        {entries.map((entry, index) => (
          <li
            key={entry.id}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === current}
            onPointerMove={() => setChosen(index)}
            onClick={() => take(entry)}
          >
            <Icon name={entry.icon} />
            <span className="palette-title">{entry.title}</span>
            <span className="muted">{entry.kind}</span>
          </li>
        ))}
      </ul>
      {entries.length === 0 && <p className="panel-empty">Nothing fits.</p>}
    </>
  );
}
