import { useState } from 'react';
import { Icon } from '../lib/icons.tsx';
import { chooseTheme, initialTheme, THEMES, type Theme } from '../lib/theme.ts';
import { currentPlace, go, hrefWith } from './place.ts';

const NAMES: Readonly<Record<Theme, string>> = { system: 'as the system', light: 'light', dark: 'dark' };

/** Colours as the system has them, light or dark. */
export function ThemeSwitch() {
  const [theme, setTheme] = useState(() => initialTheme(currentPlace().params));
  const choose = (chosen: Theme) => {
    setTheme(chosen);
    chooseTheme(chosen);
    const place = currentPlace();
    if (place.params.has('theme')) go(hrefWith(place, { theme: null }), { replace: true });
  };
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'system';
  const label = `Colours: ${NAMES[theme]}. Change to ${NAMES[next]}`;
  return (
    <button
      type="button"
      className="icon-button framed"
      title={label}
      aria-label={label}
      onClick={() => choose(next)}
    >
      <Icon name={theme} />
    </button>
  );
}
