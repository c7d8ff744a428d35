import { useEffect, useState, useSyncExternalStore } from 'react';
import { currentPlace, go, hrefWith } from '../routes/place.ts';

/** What the reader chose; `system` follows the operating system. */
export type Theme = 'system' | 'light' | 'dark';
export const THEMES: readonly Theme[] = ['system', 'light', 'dark'];

const STORAGE_KEY = 'bucketwatch.theme';
const THEME_EVENT = 'bucketwatch:theme';

/** The theme on the page now. */
function shownTheme(): Theme {
  const shown = document.documentElement.dataset['theme'];
  return THEMES.find((theme) => theme === shown) ?? 'system';
}

function subscribeTheme(onChange: () => void): () => void {
  window.addEventListener(THEME_EVENT, onChange);
  return () => window.removeEventListener(THEME_EVENT, onChange);
}

/** The theme on the page, whoever chose it. */
export function useTheme(): Theme {
  return useSyncExternalStore(subscribeTheme, shownTheme);
}

function storedTheme(): Theme {
  const stored = readStored();
  return THEMES.find((theme) => theme === stored) ?? 'system';
}

/** Reading storage throws where the browser blocks it; the choice is then not remembered. */
function readStored(): string | null {
  try {
    return localStorage.getItem(STORAGE_KEY);
  } catch {
    return null;
  }
}

function writeStored(theme: Theme): void {
  try {
    localStorage.setItem(STORAGE_KEY, theme);
  } catch {
    // Blocked storage: the choice holds until the page is closed.
  }
}

/** `theme` in the address wins over what this browser remembers, so that a link can fix it. */
export function initialTheme(params: URLSearchParams): Theme {
  const asked = params.get('theme');
  return THEMES.find((theme) => theme === asked) ?? storedTheme();
}

/** Puts a theme on the page without remembering it. */
export function showTheme(theme: Theme): void {
  document.documentElement.dataset['theme'] = theme;
  window.dispatchEvent(new Event(THEME_EVENT));
}

/** Puts a theme on the page and remembers it in this browser; one in the address gives way. */
export function chooseTheme(theme: Theme): void {
  writeStored(theme);
  showTheme(theme);
  const place = currentPlace();
  if (place.params.has('theme')) go(hrefWith(place, { theme: null }), { replace: true });
}

/** A number that grows whenever the colours on the page change: charts are drawn again with it. */
export function useColorsVersion(): number {
  const [version, setVersion] = useState(0);
  useEffect(() => {
    const change = () => setVersion((old) => old + 1);
    const system = window.matchMedia('(prefers-color-scheme: dark)');
    system.addEventListener('change', change);
    window.addEventListener(THEME_EVENT, change);
    return () => {
      system.removeEventListener('change', change);
      window.removeEventListener(THEME_EVENT, change);
    };
  }, []);
  return version;
}
