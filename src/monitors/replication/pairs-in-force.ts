/** A subquery: the pairs that are in force, with the columns of the metrics' dimensions. */
export const PAIRS_IN_FORCE = `(
  select pair_id, rule_id as rule, destination
  from replication_pairs final
  where is_gone = 0)`;
