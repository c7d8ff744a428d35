-- Which ticks of the judge have left for the archive.
create table if not exists replication_archive_runs (
  first_tick UInt64 comment 'the first it covers; part of the names of its objects',
  last_tick UInt64,
  slices UInt32 comment 'objects of an hour, by hash of key and version',
  is_stored UInt8 comment '0: planned, and to be repeated before any other; 1: every object of it is stored',
  objects UInt32,
  records UInt64,
  size_bytes UInt64 comment 'of the objects',
  stored_at Nullable(DateTime64(3, 'UTC')),
  planned_at DateTime64(3, 'UTC')
)
engine = ReplacingMergeTree(is_stored)
order by first_tick
comment 'one row: a run of the archive [shard by 1]';
