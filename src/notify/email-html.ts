/** The HTML of a mail: one column, no pictures, nothing loaded from anywhere. */
import type { Message, Part, Tone } from './message.ts';

const COLORS: Readonly<Record<Tone, string>> = {
  bad: '#b3261e',
  warn: '#9a5b00',
  good: '#1b6e2e',
  unknown: '#4b5563',
};

const BODY = 'margin:0;padding:16px;font:15px/1.5 system-ui,sans-serif;color:#1f2933;background:#ffffff';
const PART = 'margin:0 0 24px;padding:4px 0 4px 14px;border-left:4px solid';
const BLOCK =
  'font:13px/1.5 ui-monospace,monospace;background:#f3f4f6;padding:8px;white-space:pre-wrap;word-break:break-all';

export function htmlOf(message: Message): string {
  return [
    '<!doctype html>',
    `<html lang="en"><head><meta charset="utf-8"><title>${escaped(message.headline)}</title></head>`,
    `<body style="${BODY}">`,
    ...message.parts.map(partHtml),
    ...omittedHtml(message),
    '</body></html>',
    '',
  ].join('\n');
}

function partHtml(part: Part): string {
  const color = COLORS[part.tone];
  return [
    `<div style="${PART} ${color}">`,
    `<h2 style="margin:0 0 6px;font-size:17px;color:${color}">${escaped(part.heading)}</h2>`,
    ...part.lines.map((line) => `<p style="margin:0 0 6px">${escaped(line)}</p>`),
    ...factsHtml(part.facts),
    ...(part.evidence.length === 0
      ? []
      : [`<pre style="${BLOCK}">${part.evidence.map(escaped).join('\n')}</pre>`]),
    ...linksHtml(part.links),
    '</div>',
  ].join('\n');
}

function factsHtml(facts: Part['facts']): string[] {
  if (facts.length === 0) return [];
  const rows = facts.map(
    ({ name, value }) =>
      `<tr><td style="padding:0 12px 0 0;color:#4b5563">${escaped(name)}</td><td>${escaped(value)}</td></tr>`,
  );
  return ['<table style="border-collapse:collapse;font-size:14px;margin:0 0 6px">', ...rows, '</table>'];
}

function linksHtml(links: Part['links']): string[] {
  if (links.length === 0) return [];
  return [
    `<p style="margin:6px 0 0">${links.map(({ label, url }) => anchor(label, url)).join(' &middot; ')}</p>`,
  ];
}

function omittedHtml({ omitted, home }: Message): string[] {
  if (omitted === 0) return [];
  return [`<p>and ${omitted} more${home === '' ? '' : ` ${anchor('All alarms', home)}`}</p>`];
}

function anchor(label: string, url: string): string {
  return `<a href="${escaped(url)}">${escaped(label)}</a>`;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
