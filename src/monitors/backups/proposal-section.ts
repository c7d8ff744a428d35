/** A proposal as the section `backups.series` of the configuration has it. */
import type { SeriesProposal } from './monitor.ts';
import { ruleSection } from './rule-section.ts';
import type { SeriesRule } from './verdict.ts';

export interface ProposedSeries {
  readonly name: string;
  readonly bucket: string;
  readonly pattern: string;
  readonly rule: SeriesRule;
  /** How many members a run has; absent: it does not matter. */
  readonly members?: number | undefined;
}

export interface SeriesSection {
  readonly name: string;
  readonly bucket: string;
  readonly pattern: string;
  readonly [setting: string]: unknown;
}

/** The largest share that `size.up` takes. */
const UP_MAX = 1000;

/** The section of one series. */
export function proposalSection({ name, bucket, pattern, rule, members }: ProposedSeries): SeriesSection {
  return {
    name: name.replaceAll('${', '$ {').replace(/^file:/, 'file :'),
    bucket,
    pattern: plainPattern(pattern),
    ...ruleSection({ ...rule, ...cappedChange(rule) }),
    ...(members === undefined ? {} : { members }),
  };
}

function cappedChange({ change }: SeriesRule): Pick<SeriesRule, 'change'> {
  if (change?.up === undefined) return {};
  return { change: { ...change, up: Math.min(UP_MAX, change.up) } };
}

/** The section of what the monitor proposes. */
export function monitorSection({ bucket, series, pattern, proposal }: SeriesProposal): SeriesSection {
  const { rule, runs } = proposal;
  const newest = runs.findLast(({ membersExpected }) => membersExpected !== undefined);
  return proposalSection({ name: series, bucket, pattern, rule, members: newest?.membersExpected });
}

/** Keys are anybody's: nothing in one is taken for a part that is none, or for a reference to a variable or a file. */
function plainPattern(pattern: string): string {
  return pattern
    .split(/(\{[a-z][a-z0-9_]{0,30}\})/)
    .map((piece, index) => (index % 2 === 1 ? piece : piece.replace(/(?:\{[^{}]*\}|[{}])+/g, '*')))
    .join('')
    .replaceAll('${', '*{')
    .replace(/^file:/, 'file*');
}
