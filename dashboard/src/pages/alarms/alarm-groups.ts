import type { Alarm } from '../../lib/alarm-row.ts';
import { inOrder } from '../../lib/alarm-words.ts';

export const GROUPINGS = [
  { id: null, title: 'Definition' },
  { id: 'bucket', title: 'Bucket' },
] as const;
export type Grouping = (typeof GROUPINGS)[number]['id'];

export interface AlarmGroup {
  /** The definition or the bucket; empty for alarms about no bucket. */
  readonly name: string;
  /** The worst first. */
  readonly alarms: readonly Alarm[];
}

/** Alarms of one definition, or about one bucket, together; the group with the worst first. */
export function groupsOf(alarms: readonly Alarm[], by: Grouping): readonly AlarmGroup[] {
  const groups = new Map<string, Alarm[]>();
  for (const alarm of inOrder(alarms)) {
    const name = by === 'bucket' ? (alarm.labels['bucket'] ?? '') : alarm.definition;
    groups.set(name, [...(groups.get(name) ?? []), alarm]);
  }
  return [...groups].map(([name, rows]) => ({ name, alarms: rows }));
}
