import { Icon } from '../lib/icons.tsx';
import { chooseTheme, THEMES, useTheme, type Theme } from '../lib/theme.ts';

const NAMES: Readonly<Record<Theme, string>> = { system: 'as the system', light: 'light', dark: 'dark' };

/** Colours as the system has them, light or dark. */
export function ThemeSwitch() {
  const theme = useTheme();
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'system';
  const label = `Colours: ${NAMES[theme]}. Change to ${NAMES[next]}`;
  return (
    <button
      type="button"
      className="icon-button framed"
      title={label}
      aria-label={label}
      onClick={() => chooseTheme(next)}
    >
      <Icon name={theme} />
    </button>
  );
}
