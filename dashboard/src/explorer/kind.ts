import type { FactRow } from '../lib/facts.ts';
import type { Filter } from '../tables/filters.ts';
import type { Column } from '../tables/record-table.tsx';

/** A list of the explorer that is worth a name: its filters. */
export interface ReadyView {
  readonly title: string;
  readonly filters: Readonly<Record<string, string>>;
}

/** What tells the explorer of one fact table from that of another. */
export interface ExplorerKind {
  readonly route: '/requests' | '/calls';
  /** "request", "call". */
  readonly noun: string;
  readonly facts: 'requests' | 'calls';
  /** The feed whose analyses belong here. */
  readonly feed: string;
  readonly idColumn: string;
  readonly timeColumn: string;
  readonly filters: readonly Filter[];
  /** Every column that can be shown. */
  readonly columns: readonly Column<FactRow>[];
  /** Ids of those shown when the reader chose none. */
  readonly usual: readonly string[];
  /** What the values beside the list are of. */
  readonly facets: readonly Filter[];
  readonly views: readonly ReadyView[];
}
