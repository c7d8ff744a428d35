/** What secret links show: a page without script, and a badge. */
import { bytesText } from '../lib/size-text.ts';
import type { ShownRun, ShownSeries } from '../monitors/backups/linked-series.ts';
import type { RunVerdict, SeriesVerdict } from '../monitors/backups/verdict.ts';
import { escapedText } from './markup.ts';

type Tone = 'good' | 'warn' | 'bad' | 'calm';

/** On light ground, on dark ground, and behind white letters: each with a contrast of 4.5 or more. */
const COLOURS = {
  good: { light: '#1b6e2e', dark: '#6fcf83', badge: '#2a7d3c' },
  warn: { light: '#8a5300', dark: '#f0b35a', badge: '#94590a' },
  bad: { light: '#b3261e', dark: '#ff8a80', badge: '#c0362c' },
  calm: { light: '#565b63', dark: '#b4bac4', badge: '#656b75' },
} as const satisfies Record<Tone, { light: string; dark: string; badge: string }>;

function toneOf(verdict: SeriesVerdict | RunVerdict): Tone {
  switch (verdict) {
    case 'ok':
      return 'good';
    case 'late':
      return 'warn';
    case 'missing':
    case 'too-small':
    case 'too-large':
    case 'incomplete':
    case 'duplicate':
    case 'wrong-content':
      return 'bad';
    case 'new':
    case 'learning':
    case 'paused':
    case 'retired':
    case 'expected':
      return 'calm';
  }
}

/** Verdicts are a closed set of short words: a width for each letter will do, and `textLength` makes it fit. */
const LETTER_WIDTH = 6.6;

/** A badge in the flat style, `backup` and the verdict; the name of the series is its title. */
export function badgeSvg({ series, verdict }: Pick<ShownSeries, 'series' | 'verdict'>): string {
  const label = pieceOf('backup');
  const value = pieceOf(verdict);
  const width = label.width + value.width;
  const title = escapedText(`backup ${series}: ${verdict}`);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="20" role="img" aria-label="${title}">
<title>${title}</title>
<clipPath id="r"><rect width="${width}" height="20" rx="3"/></clipPath>
<g clip-path="url(#r)">
<rect width="${label.width}" height="20" fill="#444a53"/>
<rect x="${label.width}" width="${value.width}" height="20" fill="${COLOURS[toneOf(verdict)].badge}"/>
</g>
<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,Geneva,sans-serif" font-size="11">
${label.at(0)}
${value.at(label.width)}
</g>
</svg>
`;
}

function pieceOf(word: string) {
  const letters = Math.round(word.length * LETTER_WIDTH);
  const width = letters + 12;
  return {
    width,
    at: (x: number) =>
      `<text x="${x + width / 2}" y="14" textLength="${letters}" lengthAdjust="spacingAndGlyphs">${escapedText(word)}</text>`,
  };
}

const TONES = Object.entries(COLOURS);
const STYLE = `
:root{color-scheme:light dark;--ground:#fff;--text:#1d2126;--soft:#565b63;--line:#d9dde3;${tones('light')}}
@media (prefers-color-scheme:dark){:root{--ground:#15181c;--text:#e7eaee;--soft:#b4bac4;--line:#363c45;${tones('dark')}}}
body{margin:0;background:var(--ground);color:var(--text);font:16px/1.5 system-ui,sans-serif}
main{max-width:44rem;margin:0 auto;padding:2rem 1rem}
h1{font-size:1.25rem;margin:0;overflow-wrap:anywhere}
p,dl{margin:.5rem 0}
.verdict{font-size:1.5rem;font-weight:600}
.verdict::before,td.verdict-cell::before{content:"\\25cf";margin-right:.4em}
${TONES.map(([tone]) => `.${tone}{color:var(--${tone})}`).join('')}
.soft,dt,th{color:var(--soft);font-weight:400}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem}
dd{margin:0}
table{border-collapse:collapse;width:100%;margin-top:1.5rem;font-variant-numeric:tabular-nums}
caption{text-align:left;font-weight:600;padding-bottom:.25rem}
th,td{text-align:left;padding:.3rem .75rem .3rem 0;border-top:1px solid var(--line)}
`;

function tones(ground: 'light' | 'dark'): string {
  return TONES.map(([tone, colours]) => `--${tone}:${colours[ground]}`).join(';');
}

/** The page of one series: how it stands, when it is due, and its last runs. */
export function statusPage(shown: ShownSeries): string {
  const { series, verdict, sentence, sinceMs, schedule, nextDueMs, isSeen, judgedMs, runs } = shown;
  const rows = [
    ['Since', sinceMs === null ? '' : timeTag(sinceMs)],
    ['Schedule', escapedText(schedule)],
    ['Next due', nextDueMs === null ? '' : timeTag(nextDueMs)],
    ['Judged', timeTag(judgedMs)],
  ].filter(([, value]) => value !== '');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>${escapedText(`${verdict}: ${series}`)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escapedText(series)}</h1>
<p class="verdict ${toneOf(verdict)}">${escapedText(verdict)}</p>
<p>${escapedText(sentence)}</p>
${isSeen ? '' : '<p class="warn">Its bucket could not be listed when it had to be: newer files may not be known.</p>\n'}<dl>
${rows.map(([name, value]) => `<dt>${name}</dt><dd>${value}</dd>`).join('\n')}
</dl>
${runs.length === 0 ? '<p class="soft">No runs yet.</p>' : runsTable(runs)}
</main>
</body>
</html>
`;
}

function runsTable(runs: readonly ShownRun[]): string {
  const rows = runs.map(
    ({ dueMs, verdict, arrivedMs, sizeBytes }) =>
      `<tr><td>${timeTag(dueMs)}</td><td class="verdict-cell ${toneOf(verdict)}">${escapedText(verdict)}</td>` +
      `<td>${arrivedMs === null ? '' : timeTag(arrivedMs)}</td><td>${sizeBytes === 0 ? '' : bytesText(sizeBytes)}</td></tr>`,
  );
  return `<table>
<caption>Last runs</caption>
<thead><tr><th scope="col">Due</th><th scope="col">Verdict</th><th scope="col">Arrived</th><th scope="col">Size</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>`;
}

function timeTag(ms: number): string {
  const iso = new Date(ms).toISOString();
  return `<time datetime="${iso}">${iso.slice(0, 16).replace('T', ' ')} UTC</time>`;
}
