/** Proposals as the commands about backups print them. */
import { yamlText } from '../config/yaml-text.ts';
import { jsonLines, print, visible } from './output.ts';

export interface FiredRun {
  readonly due: string;
  readonly verdict: string;
  readonly sentence: string;
}

export interface Proposed {
  /** As `backups.series` has it. */
  readonly section: object;
  readonly fired: readonly FiredRun[];
}

/** `In the last 90 days this would have fired 2 times: 2026-11-02T01:30Z missing, 2026-11-14T01:30Z too-small`. */
export function firedText(days: number, fired: readonly FiredRun[]): string {
  const times = fired.length === 1 ? 'once' : `${fired.length} times`;
  const dates = fired.slice(0, 5).map(({ due, verdict }) => `${due.slice(0, 16)}Z ${verdict}`);
  const more = fired.length > dates.length ? ', ...' : '';
  return `In the last ${days} days this would have fired ${times}${dates.length === 0 ? '' : `: ${dates.join(', ')}${more}`}`;
}

export interface PrintRequest {
  readonly days: number;
  readonly isJson: boolean;
  readonly empty: string;
}

/** The proposals as a piece of the configuration, or a line of JSON each. */
export function printProposed(proposed: readonly Proposed[], { days, isJson, empty }: PrintRequest): void {
  if (isJson) {
    const rows = proposed.map(({ section, fired }) => ({
      ...section,
      would_have_fired: fired.map(({ due, verdict, sentence }) => ({ due, verdict, why: sentence })),
    }));
    if (rows.length > 0) print(jsonLines(rows));
    return;
  }
  if (proposed.length === 0) {
    print(`# ${visible(empty)}`);
    return;
  }
  print('backups:\n  series:');
  for (const { section, fired } of proposed)
    print(`    # ${firedText(days, fired)}\n${indented(yamlText([section]))}`);
}

function indented(yaml: string): string {
  return yaml
    .trimEnd()
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n');
}
