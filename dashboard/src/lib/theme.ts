import { useEffect, useState } from 'react';

/** What the reader chose; `system` follows the operating system. */
export type Theme = 'system' | 'light' | 'dark';
export const THEMES: readonly Theme[] = ['system', 'light', 'dark'];

const STORAGE_KEY = 'bucketwatch.theme';
const THEME_EVENT = 'bucketwatch:theme';

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

/** Puts a theme on the page and remembers it in this browser. */
export function chooseTheme(theme: Theme): void {
  writeStored(theme);
  showTheme(theme);
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
