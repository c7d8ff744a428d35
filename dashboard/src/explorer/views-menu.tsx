import { useState, type FormEvent, type ReactNode } from 'react';
import { CopyButton } from '../lib/copy.tsx';
import { Icon } from '../lib/icons.tsx';
import { Menu } from '../lib/menu.tsx';
import { Link } from '../routes/link.tsx';
import { hrefTo, hrefWith } from '../routes/place.ts';
import { useView } from '../routes/view.tsx';
import type { ExplorerKind } from './kind.ts';
import { forgetView, saveView, useSavedViews } from './saved-views.ts';
import { useAnalyses } from './use-explorer.ts';

/** Ready-made views, questions with a name, and views saved in this browser. */
export function ViewsMenu({ kind }: { readonly kind: ExplorerKind }) {
  return (
    <Menu label="Views" icon="views" title="Ready-made and saved views">
      {(close) => (
        <div className="views-menu">
          <ReadyViews kind={kind} onChoose={close} />
          <AnalysisViews kind={kind} onChoose={close} />
          <SavedViews kind={kind} onChoose={close} />
        </div>
      )}
    </Menu>
  );
}

interface ViewsProps {
  readonly kind: ExplorerKind;
  readonly onChoose: () => void;
}

function ReadyViews({ kind, onChoose }: ViewsProps) {
  const { place } = useView();
  return (
    <ViewList title="Ready made">
      {kind.views.map((view) => (
        <li key={view.title}>
          <Link href={hrefTo(place, kind.route, view.filters)} onFollow={onChoose}>
            {view.title}
          </Link>
        </li>
      ))}
    </ViewList>
  );
}

function AnalysisViews({ kind, onChoose }: ViewsProps) {
  const { place } = useView();
  const analyses = useAnalyses().data?.rows.filter(({ feed }) => feed === kind.feed) ?? [];
  if (analyses.length === 0) return null;
  return (
    <ViewList title="Analyses">
      {analyses.map(({ name, title, description }) => (
        <li key={name}>
          <Link
            href={hrefTo(place, kind.route, { analysis: name })}
            onFollow={onChoose}
            data-tip={description}
          >
            {title}
          </Link>
        </li>
      ))}
    </ViewList>
  );
}

function SavedViews({ kind, onChoose }: ViewsProps) {
  const { place } = useView();
  const [title, setTitle] = useState('');
  const [isRefused, setRefused] = useState(false);
  const saved = useSavedViews().filter(({ href }) => href.startsWith(kind.route));
  const here = hrefWith(place, { open: null, tab: null });
  const save = (event: FormEvent) => {
    event.preventDefault();
    if (title.trim() === '') return;
    setRefused(!saveView({ title: title.trim(), href: here }));
    setTitle('');
  };
  return (
    <ViewList title="Saved in this browser">
      {saved.map((view) => (
        <li key={view.title}>
          <Link href={view.href} onFollow={onChoose}>
            {view.title}
          </Link>
          <button
            type="button"
            className="icon-button small"
            title="Forget it"
            aria-label={`Forget the view ${view.title}`}
            onClick={() => forgetView(view.title)}
          >
            <Icon name="close" />
          </button>
        </li>
      ))}
      <li>
        <form className="save-view" onSubmit={save}>
          <input
            aria-label="Name of this view"
            placeholder="Save this view as…"
            value={title}
            maxLength={80}
            onChange={(event) => setTitle(event.target.value)}
          />
          <button type="submit" className="button">
            Save
          </button>
          <CopyButton text={window.location.origin + here} label="Copy the address of this view" />
        </form>
        {isRefused && <p className="muted">This browser keeps nothing. The address does.</p>}
      </li>
    </ViewList>
  );
}

function ViewList({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section>
      <h2 className="muted">{title}</h2>
      <ul>{children}</ul>
    </section>
  );
}
