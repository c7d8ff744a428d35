import { useSyncExternalStore } from 'react';

/** A view somebody gave a name: its address. Kept in this browser; the address itself can be sent to anybody. */
export interface SavedView {
  readonly title: string;
  /** Path and query. */
  readonly href: string;
}

const STORAGE_KEY = 'bucketwatch.views';
const CHANGED = 'bucketwatch:views';
const VIEWS_MAX = 50;

function isSavedView(value: unknown): value is SavedView {
  if (typeof value !== 'object' || value === null || !('title' in value) || !('href' in value)) return false;
  return typeof value.title === 'string' && typeof value.href === 'string' && /^\/(?!\/)/.test(value.href);
}

function viewsIn(text: string): readonly SavedView[] {
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) ? parsed.filter(isSavedView).slice(0, VIEWS_MAX) : [];
  } catch {
    return [];
  }
}

/** Reading storage throws where the browser blocks it. */
function stored(): string {
  try {
    return localStorage.getItem(STORAGE_KEY) ?? '[]';
  } catch {
    return '[]';
  }
}

function subscribe(onChange: () => void): () => void {
  window.addEventListener('storage', onChange);
  window.addEventListener(CHANGED, onChange);
  return () => {
    window.removeEventListener('storage', onChange);
    window.removeEventListener(CHANGED, onChange);
  };
}

/** The views saved in this browser, by name. */
export function useSavedViews(): readonly SavedView[] {
  return viewsIn(useSyncExternalStore(subscribe, stored));
}

function store(views: readonly SavedView[]): boolean {
  try {
    localStorage.setItem(STORAGE_KEY, JSON.stringify(views.slice(0, VIEWS_MAX)));
  } catch {
    return false;
  }
  window.dispatchEvent(new Event(CHANGED));
  return true;
}

/** Saves a view under its title, in place of one of the same name; false where the browser keeps nothing. */
export function saveView(view: SavedView): boolean {
  const others = viewsIn(stored()).filter((other) => other.title !== view.title);
  return store([...others, view].toSorted((a, b) => a.title.localeCompare(b.title)));
}

export function forgetView(title: string): void {
  store(viewsIn(stored()).filter((other) => other.title !== title));
}
