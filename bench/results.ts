/** The results as Markdown: one table of targets, then what each bench measured and how. */
import type { Report } from './bench.ts';

export interface NamedReport {
  readonly name: string;
  readonly report: Report;
}

export function resultsText(head: readonly string[], reports: readonly NamedReport[]): string {
  const findings = reports.flatMap(({ report }) => report.findings);
  const leftOut = reports.flatMap(({ report }) => report.leftOut);
  return [
    '# What the benches measured',
    '',
    ...head,
    '',
    '| what | measured | target | reached |',
    '| --- | ---: | ---: | --- |',
    ...findings.map(
      ({ what, measured, target, isReached }) =>
        `| ${what} | ${measured} | ${target} | ${isReached ? 'yes' : 'no'} |`,
    ),
    '',
    ...leftOut.map((what) => `- left out: ${what}`),
    ...(leftOut.length > 0 ? [''] : []),
    'Programs of one bench run in turn, round after round: once to warm up and three times measured, or twice without warming up when that',
    'would take more than a minute. Compared are medians. Files are in the cache of the operating system; times are of the wall clock.',
    '',
    ...reports.flatMap(({ name, report }) => [`## ${name}`, '', ...report.details, '']),
  ].join('\n');
}
