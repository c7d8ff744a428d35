-- What a tick looks at: the versions something new is known of, as versions of every bucket at which that counts.
insert into replication_subjects
with
  pairs as (
    select
      pair_id, source, destination, prefix, length(tags) > 0 as is_tagged, priority, is_gone,
      is_enabled and not is_gone as is_active, match_by = 'key' as is_by_key, takes_delete_markers, takes_existing, active_from
    from replication_pairs final
  ),
  -- From a bucket in which something happened to the buckets at which that counts.
  links as (
    select source as bucket, source from pairs
    union distinct
    select destination as bucket, source from pairs where not is_by_key
    union distinct
    select pairs.source as bucket, pairs.destination as source
    from pairs
    where not is_by_key and pairs.destination in (select pairs.source from pairs)
  ),
  touched as (
    select distinct bucket, key, version_id
    from replication_touched
    where unit in ({units}) and cityHash64(key) % {slices:UInt32} = {slice:UInt32}
  )
select distinct {tick:UInt64} as tick, source, key, version_id
from (
  select links.source as source, touched.key as key, touched.version_id as version_id
  from touched
  join links on links.bucket = touched.bucket
  union distinct
  select bucket as source, key, version_id
  from object_versions
  where (bucket, key) global in (
    select pairs.source, touched.key
    from touched
    join pairs on pairs.destination = touched.bucket
    where pairs.is_by_key)
)
settings final = 0
