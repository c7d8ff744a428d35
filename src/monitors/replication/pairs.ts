/** The pairs: rules of buckets and of the configuration, one for each destination. */
import type { Engine } from '../../engine/engine.ts';

export interface PairRule {
  /** Source, destination and rule id, joined by `/`. */
  readonly id: string;
  readonly ruleId: string;
  /** Bucket. */
  readonly source: string;
  /** Bucket. */
  readonly destination: string;
  readonly prefix: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly priority: number;
  readonly isEnabled: boolean;
  /** From the configuration, not from the store. */
  readonly isDeclared: boolean;
  readonly matchBy: 'version' | 'key';
  readonly takesDeleteMarkers: boolean;
  readonly takesExisting: boolean;
  readonly targetSeconds: number;
}

export interface Pair extends PairRule {
  /** Objects written before are older than the rule; milliseconds since 1970 UTC, 0 when there is no such time. */
  readonly activeFromMs: number;
  /** The rule is no more. */
  readonly isGone: boolean;
}

export interface PairChoice {
  /** Id of one pair. */
  readonly pair?: string;
  /** Source or destination. */
  readonly bucket?: string;
}

interface Row {
  readonly pair_id: string;
  readonly rule_id: string;
  readonly source: string;
  readonly destination: string;
  readonly prefix: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly priority: number;
  readonly is_enabled: number;
  readonly is_declared: number;
  readonly match_by: 'version' | 'key';
  readonly takes_delete_markers: number;
  readonly takes_existing: number;
  readonly active_ms: string | number;
  readonly target_seconds: number;
  readonly is_gone: number;
}

export const PAIRS_MAX = 20_000;

/** The pairs as they are in force, gone ones too, by source, destination and rule. */
export async function readPairs(choice: PairChoice, engine: Engine): Promise<Pair[]> {
  const { pair, bucket } = choice;
  const conditions = [
    ...(pair === undefined ? [] : ['pair_id = {pair:String}']),
    ...(bucket === undefined ? [] : ['(source = {bucket:String} or destination = {bucket:String})']),
  ];
  const rows = await engine.query<Row>(
    `select replication_pairs.* except (active_from, revision), toUnixTimestamp64Milli(active_from) as active_ms
     from replication_pairs
     where ${conditions.length === 0 ? '1' : conditions.join(' and ')}
     order by source, destination, rule_id
     limit ${PAIRS_MAX}`,
    { params: { ...(pair === undefined ? {} : { pair }), ...(bucket === undefined ? {} : { bucket }) } },
  );
  return rows.map((row) => ({
    id: row.pair_id,
    ruleId: row.rule_id,
    source: row.source,
    destination: row.destination,
    prefix: row.prefix,
    tags: row.tags,
    priority: row.priority,
    isEnabled: row.is_enabled === 1,
    isDeclared: row.is_declared === 1,
    matchBy: row.match_by,
    takesDeleteMarkers: row.takes_delete_markers === 1,
    takesExisting: row.takes_existing === 1,
    targetSeconds: row.target_seconds,
    activeFromMs: Number(row.active_ms),
    isGone: row.is_gone === 1,
  }));
}
