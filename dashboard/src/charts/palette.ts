/** The colours of the page as a canvas understands them. */
export interface Palette {
  /** The colour behind a token such as `--accent`. */
  color(token: string): string;
  /** The same, see-through: alpha from 0 to 1. */
  faint(token: string, alpha: number): string;
}

/** Reads tokens from the page as they are now, in the theme the reader has. */
export function readPalette(): Palette {
  const probe = document.createElement('span');
  probe.hidden = true;
  document.body.append(probe);
  const colors = new Map<string, string>();
  const style = getComputedStyle(probe);
  for (const token of TOKENS) {
    probe.style.color = `var(${token})`;
    colors.set(token, style.color);
  }
  probe.remove();
  const color = (token: string) => colors.get(token) ?? 'gray';
  return { color, faint: (token, alpha) => withAlpha(color(token), alpha) };
}

const TOKENS = [
  '--text',
  '--muted',
  '--line',
  '--accent',
  '--latency',
  '--status-2xx',
  '--status-3xx',
  '--status-4xx',
  '--status-5xx',
  '--status-other',
];

function withAlpha(color: string, alpha: number): string {
  const numbers = color.match(/[\d.]+/g) ?? ['128', '128', '128'];
  return `rgba(${numbers.slice(0, 3).join(', ')}, ${alpha})`;
}
