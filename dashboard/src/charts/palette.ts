/** The colours of the page as a canvas understands them. */
export interface Palette {
  /** A CSS colour as it is now, such as `var(--accent)`. */
  color(css: string): string;
  /** The same, see-through: alpha from 0 to 1. */
  faint(css: string, alpha: number): string;
}

/** Reads colours from the page as they are now, in the theme the reader has. */
export function readPalette(): Palette {
  const known = new Map<string, string>();
  const color = (css: string): string => {
    const seen = known.get(css) ?? resolved(css);
    known.set(css, seen);
    return seen;
  };
  return { color, faint: (css, alpha) => withAlpha(color(css), alpha) };
}

function resolved(css: string): string {
  const probe = document.createElement('span');
  probe.hidden = true;
  probe.style.color = css;
  document.body.append(probe);
  const color = getComputedStyle(probe).color;
  probe.remove();
  return color;
}

/** Mixed colours come as `color(srgb 0.1 0.2 0.3)`, plain ones as `rgb(26, 51, 77)`. */
function withAlpha(color: string, alpha: number): string {
  const numbers = (color.replace('srgb', '').match(/[\d.]+/g) ?? ['128', '128', '128']).slice(0, 3);
  const channels = color.startsWith('color(') ? numbers.map((number) => Number(number) * 255) : numbers;
  return `rgba(${channels.join(', ')}, ${alpha})`;
}
