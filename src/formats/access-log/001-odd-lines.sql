-- Lines that the fast way could not read, until the careful one has.
create table if not exists access_log_odd (
  batch_id UInt64,
  line_number UInt64,
  line String,
  stored_at DateTime('UTC') materialized now()
)
engine = MergeTree
order by (batch_id, line_number)
settings non_replicated_deduplication_window = 10000
comment 'one row: a line that is not ordinary, waiting to be read carefully within its load [shard by batch_id]';

create materialized view if not exists odd_lines_from_requests to access_log_odd as
select
  batch_id,
  line_number,
  line
from requests_parsed
where outcome = 'odd';
