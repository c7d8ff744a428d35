/** What is asked of a cluster with every statement. */

export type Settings = Readonly<Record<string, string | number>>;

/** Bodies that are read, and rows that are worked on, at a time: what bounds a large load's memory. */
export const BLOCK_BODIES = 16;
const BLOCK_ROWS = 8192;
/** Rows of a large load that are inserted at a time. */
export const STRETCH_ROWS = 24 * BLOCK_ROWS;
export const ONE_BLOCK = 1_000_000_000;

const COMMON: Settings = {
  final: 1,
  session_timezone: 'UTC',
  distributed_product_mode: 'global',
  // An answer is sent when it is complete: a failure in the middle is then an error, not a short answer.
  wait_end_of_query: 1,
};

export const READ: Settings = {
  ...COMMON,
  // Not a clause of the statement: `explain` would take it for its own.
  default_format: 'JSONEachRow',
  result_overflow_mode: 'throw',
  output_format_json_quote_64bit_integers: 0,
  cancel_http_readonly_queries_on_client_close: 1,
};

export const WRITE: Settings = {
  ...COMMON,
  async_insert: 0,
  distributed_foreground_insert: 1,
  // 2, the default, would insert where the rows were read, past the sharding expression.
  parallel_distributed_insert_select: 0,
  insert_deduplicate: 1,
  deduplicate_blocks_in_dependent_materialized_views: 1,
  max_partitions_per_insert_block: 0,
};

/** Blocks are cut by row number alone and in one thread: the same blocks of the same input every time. */
export const SAME_BLOCKS: Settings = {
  ...WRITE,
  max_threads: 1,
  max_insert_threads: 1,
  max_block_size: BLOCK_ROWS,
  min_insert_block_size_bytes: 0,
  input_format_parallel_parsing: 0,
};

/** Settings some versions lack; each is given to a node that knows it. */
export const NEWER: Settings = {
  deduplicate_insert: 'enable',
  deduplicate_insert_select: 'enable_even_for_bad_queries',
  use_strict_insert_block_limits: 0,
};
