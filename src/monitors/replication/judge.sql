-- What a tick finds out: touched versions at every pair they may be of, beside what was judged before; only what differs.
-- Tables that merge rows are merged by hand, for the versions in question alone.
insert into replication_ticks
with
  toDateTime64(0, 3, 'UTC') as never,
  pairs as (
    select
      pair_id, source, destination, prefix, length(tags) > 0 as is_tagged, priority, is_gone,
      is_enabled and not is_gone as is_active, match_by = 'key' as is_by_key, is_declared, takes_delete_markers, takes_existing, active_from
    from replication_pairs final
  ),
  -- What can be a version's, with a rule of no name where some may be for no rule.
  rules as (
    select pair_id, source, destination, prefix, is_tagged, priority, is_by_key, is_declared, takes_delete_markers, takes_existing, active_from
    from pairs
    where is_active
    union all
    select distinct '', source, '', '', false, 0, false, 0, 0, 0, toDateTime64(0, 3, 'UTC')
    from pairs
    where not is_gone and source not in (select pairs.source from pairs where is_active and prefix = '' and not is_tagged)
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
  subjects as (
    select source, key, version_id
    from replication_subjects
    where tick = {tick:UInt64}
  ),
  places as (
    select
      key,
      version_id,
      groupArray(tuple(
        bucket, created, last_write, modified, seen_at, last_seen_at, missing_at, denied_at, removed_at, failed_at,
        header, header_at, size_bytes, is_delete_marker)::Tuple(
          bucket String,
          created Nullable(DateTime64(3, 'UTC')),
          last_write Nullable(DateTime64(3, 'UTC')),
          modified Nullable(DateTime64(3, 'UTC')),
          seen_at Nullable(DateTime64(3, 'UTC')),
          last_seen_at Nullable(DateTime64(3, 'UTC')),
          missing_at Nullable(DateTime64(3, 'UTC')),
          denied_at Nullable(DateTime64(3, 'UTC')),
          removed_at Nullable(DateTime64(3, 'UTC')),
          failed_at Nullable(DateTime64(3, 'UTC')),
          header String,
          header_at DateTime64(3, 'UTC'),
          size_bytes UInt64,
          is_delete_marker UInt8)) as list
    from (
      select
        bucket,
        key,
        version_id,
        if(min(object_versions.created).1 < 255, min(object_versions.created).2, null) as created,
        max(object_versions.last_write) as last_write,
        max(object_versions.modified) as modified,
        min(object_versions.seen_at) as seen_at,
        max(object_versions.last_seen_at) as last_seen_at,
        max(object_versions.missing_at) as missing_at,
        max(object_versions.denied_at) as denied_at,
        max(object_versions.removed_at) as removed_at,
        min(object_versions.failed_at) as failed_at,
        max(object_versions.replication_status).2 as header,
        max(object_versions.replication_status).1 as header_at,
        max(object_versions.size).2 as size_bytes,
        max(object_versions.is_delete_marker) as is_delete_marker
      from object_versions
      where (bucket, key, version_id) global in (
        select links.bucket, subjects.key, subjects.version_id
        from subjects
        join links on links.source = subjects.source)
      group by bucket, key, version_id
    )
    group by key, version_id
  ),
  -- Objects at destinations whose copies have versions of their own.
  copies as (
    select
      bucket,
      key,
      if(version_id in ('', 'null'), max(object_versions.last_write),
        if(min(object_versions.created).1 < 255, min(object_versions.created).2, null)) as copied_at,
      max(object_versions.modified) as modified,
      min(object_versions.seen_at) as seen_at,
      max(object_versions.last_seen_at) as last_seen_at,
      max(object_versions.missing_at) as missing_at,
      max(object_versions.denied_at) as denied_at
    from object_versions
    where (bucket, key) global in (
      select pairs.destination, subjects.key
      from subjects
      join pairs on pairs.source = subjects.source
      where pairs.is_by_key)
    group by bucket, key, version_id
  ),
  arrivals as (
    select bucket as copy_bucket, key as copy_key, toStartOfSecond(assumeNotNull(copied_at)) as copy_second, copied_at
    from copies
    where copied_at is not null
  ),
  sightings as (
    select
      bucket as copy_bucket, key as copy_key, toStartOfSecond(assumeNotNull(modified)) as copy_second,
      if(seen_at >= modified, seen_at, last_seen_at) as sighted
    from copies
    where modified is not null
  ),
  looks as (
    select
      bucket as copy_bucket, key as copy_key, max(copies.last_seen_at) as copy_seen_at,
      max(copies.missing_at) as copy_missing_at, max(copies.denied_at) as copy_denied_at
    from copies
    group by bucket, key
  ),
  reports as (
    select
      bucket,
      key,
      version_id,
      destination,
      max(replication_reports.failed) as failed,
      min(replication_reports.first_failed_at) as first_failed_at,
      min(replication_reports.replicated_at) as replicated_at,
      max(replication_reports.untracked_at) as untracked_at,
      min(replication_reports.requested_at) as requested_at
    from replication_reports
    where (bucket, key, version_id) global in (select source, key, version_id from subjects)
    group by bucket, key, version_id, destination
  ),
  upstreams as (
    select destination as bucket, groupArray(source) as sources
    from pairs
    where is_active and not is_by_key
    group by destination
  ),
  -- A version and a rule whose prefix its key has.
  chances as (
    select
      subjects.source as source,
      subjects.key as key,
      subjects.version_id as version_id,
      rules.pair_id as pair_id,
      rules.destination as destination,
      rules.is_tagged as is_tagged,
      rules.priority as priority,
      rules.is_by_key as is_by_key,
      rules.is_declared as is_declared,
      rules.takes_delete_markers as takes_delete_markers,
      rules.takes_existing as takes_existing,
      rules.active_from as active_from,
      subjects.version_id in ('', 'null') as is_overwritable,
      arrayFirst(place -> place.bucket = subjects.source, places.list) as here,
      arrayFirst(place -> place.bucket = rules.destination and not rules.is_by_key, places.list) as there,
      not is_overwritable and arrayExists(
        place -> has(upstreams.sources, place.bucket) and ifNull(place.created < here.created, false), places.list) as is_copy,
      reports.failed.1 as reported_at,
      reports.failed.2 as reported_reason,
      reports.failed.3 as reported_operation,
      reports.first_failed_at as first_failed_at,
      reports.replicated_at as reported_arrival,
      reports.untracked_at as untracked_at,
      coalesce(
        if(is_overwritable, here.last_write, here.created), here.modified, reports.requested_at, reports.first_failed_at) as written
    from subjects
    join rules on rules.source = subjects.source
    left join places on places.key = subjects.key and places.version_id = subjects.version_id
    left join upstreams on upstreams.bucket = subjects.source
    left join reports on reports.bucket = subjects.source and reports.key = subjects.key
      and reports.version_id = subjects.version_id and reports.destination = rules.destination
    where startsWith(subjects.key, rules.prefix)
  ),
  -- With what is known at the destination. A step of its own for each name that the next ones use: the engine would
  -- otherwise work the same out again and again.
  joined as (
    select
      chances.*,
      chances.second as written_second,
      if(is_overwritable, there.last_write, there.created) as there_at,
      copied_at,
      sighted,
      greatest(
        ifNull(here.last_seen_at, never), ifNull(here.missing_at, never), ifNull(there.last_seen_at, never),
        ifNull(there.missing_at, never), ifNull(copy_seen_at, never), ifNull(copy_missing_at, never)) as answered_at,
      greatest(ifNull(here.denied_at, never), ifNull(there.denied_at, never), ifNull(copy_denied_at, never)) as denied_at
    from (
      select *, assumeNotNull(written) as written_at, toStartOfSecond(assumeNotNull(written)) as second
      from chances
      where written is not null
    ) as chances
    asof left join arrivals on arrivals.copy_bucket = chances.destination and arrivals.copy_key = chances.key
      and arrivals.copy_second >= chances.second
    asof left join sightings on sightings.copy_bucket = chances.destination and sightings.copy_key = chances.key
      and sightings.copy_second >= chances.second
    left join looks on looks.copy_bucket = chances.destination and looks.copy_key = chances.key
  ),
  timed as (
    select
      *,
      multiIf(
        is_by_key, copied_at,
        not is_overwritable or toStartOfSecond(there_at) >= written_second, there_at,
        null) as arrived_at,
      multiIf(
        is_by_key, sighted,
        not is_overwritable or toStartOfSecond(there.modified) >= written_second, there.seen_at,
        null) as sighted_at
    from joined
  ),
  arrived as (
    select
      *,
      arrived_at is not null or sighted_at is not null or (not is_overwritable and there.modified is not null)
        or reported_arrival is not null as is_arrived
    from timed
  ),
  -- One rule for each destination; of rules that ask for tags only those that something speaks for.
  chosen as (
    select *, countIf(pair_id != '') over version as rules_of_version, countIf(pair_id != '' and not is_arrived) over version as waiting
    from (
      select *
      from (select *, countIf(is_tagged) over (partition by source, key, version_id) as tagged_rules from arrived)
      where not is_tagged or is_arrived or here.header != '' or reported_at > never or untracked_at is not null
      order by is_tagged, priority desc, pair_id
      limit 1 by source, key, version_id, destination
    )
    window version as (partition by source, key, version_id)
  ),
  verdicts as (
    select
      *,
      multiIf(
        here.header = 'REPLICA' or is_copy, ('REPLICA', '', ''),
        pair_id = '', ('NOT_TRACKED', if(tagged_rules > 0, 'tags-unknown', 'no-rule'), ''),
        here.is_delete_marker and not takes_delete_markers, ('NOT_TRACKED', 'delete-marker', ''),
        is_arrived and reported_at > coalesce(arrived_at, sighted_at, reported_at) and reported_operation != 'OBJECT_PUT',
          ('FAILED', reported_reason, reported_operation),
        is_arrived, ('COMPLETED', '', ''),
        here.header in ('COMPLETED', 'COMPLETE') and here.header_at >= reported_at, ('COMPLETED', '', ''),
        here.removed_at is not null and (not is_overwritable or here.removed_at >= written_at), ('UNKNOWN', 'removed', ''),
        reported_at > never, ('FAILED', reported_reason, reported_operation),
        here.header = 'FAILED' and waiting = 1, ('FAILED', '', ''),
        here.header = 'FAILED', ('UNKNOWN', 'failed-at-one-of-several', ''),
        untracked_at is not null, ('NOT_TRACKED', 'untracked', ''),
        -- Rules of stores are for versions: a write told without one was told by half, or while versioning was suspended.
        here.header = '' and is_overwritable and not is_by_key and not is_declared, ('NOT_TRACKED', 'no-version-id', ''),
        here.header = '' and written_at < active_from and not takes_existing, ('NOT_TRACKED', 'older-than-rule', ''),
        here.missing_at > ifNull(here.last_seen_at, never) and here.missing_at >= written_at, ('UNKNOWN', 'gone-at-source', ''),
        denied_at > answered_at, ('UNKNOWN', 'denied', ''),
        ('PENDING', '', '')) as verdict
    from chosen
    where pair_id != '' or rules_of_version = 0
  ),
  stated as (
    select
      *,
      verdict.1 as status,
      verdict.1 in ('COMPLETED', 'FAILED') as is_tracked,
      if(verdict.1 in ('COMPLETED', 'FAILED'), ifNull(arrived_at, reported_arrival), null) as replicated_at
    from verdicts
  ),
  judged as (
    select
      source,
      pair_id,
      key,
      version_id,
      destination,
      status,
      verdict.2 as reason,
      verdict.3 as operation,
      written_at,
      replicated_at,
      if(is_tracked, sighted_at, null) as seen_at,
      if(status in ('REPLICA', 'NOT_TRACKED'), null,
        ifNull(first_failed_at, if(status = 'FAILED' or rules_of_version = 1, here.failed_at, null))) as failed_at,
      if(replicated_at is null, null, toUInt64(greatest(0, dateDiff('millisecond', written_at, replicated_at)))) as latency_ms,
      ifNull(dateDiff('millisecond', written_at, replicated_at) < -1000, false) as is_skewed,
      here.is_delete_marker as is_delete_marker,
      if(here.size_bytes > 0, here.size_bytes, there.size_bytes) as size_bytes
    from stated
  ),
  was as (
    select
      source,
      pair_id,
      key,
      version_id,
      argMax(tuple(
        destination, status, reason, operation, written_at, replicated_at, seen_at, failed_at, latency_ms, is_skewed,
        is_delete_marker, size_bytes), tick) as row
    from replications
    where (source, pair_id, key, version_id) global in (
      select subjects.source, known.pair_id, subjects.key, subjects.version_id
      from subjects
      join (select source, pair_id from pairs union distinct select source, '' from pairs) as known
        on known.source = subjects.source)
    group by source, pair_id, key, version_id
  )
select *
from (
  select
    {tick:UInt64} as tick,
    source,
    pair_id,
    key,
    version_id,
    if(is_now, judged.destination, was.row.1) as destination,
    if(is_now, judged.status, 'NONE') as status,
    if(is_now, judged.reason, was.row.3) as reason,
    if(is_now, judged.operation, was.row.4) as operation,
    if(is_now, judged.written_at, was.row.5) as written_at,
    if(is_now, judged.replicated_at, was.row.6) as replicated_at,
    if(is_now, judged.seen_at, was.row.7) as seen_at,
    if(is_now, judged.failed_at, was.row.8) as failed_at,
    if(is_now, judged.latency_ms, was.row.9) as latency_ms,
    if(is_now, judged.is_skewed, was.row.10) as is_skewed,
    if(is_now, judged.is_delete_marker, was.row.11) as is_delete_marker,
    if(is_now, judged.size_bytes, was.row.12) as size_bytes,
    toString(was.row.2) as was_status,
    was.row.5 as was_written_at,
    was.row.6 as was_replicated_at,
    was.row.7 as was_seen_at,
    was.row.8 as was_failed_at,
    was.row.9 as was_latency_ms,
    was.row.10 as was_skewed,
    was.row.12 as was_size_bytes
  from (select *, true as is_now from judged) as judged
  full join was using (source, pair_id, key, version_id)
  where is_now != (was.row.2 != 'NONE') or judged.status != toString(was.row.2) and is_now
    or is_now and toString((judged.destination, judged.reason, judged.operation, judged.written_at, judged.replicated_at, judged.seen_at,
      judged.failed_at, judged.latency_ms, judged.is_skewed, judged.is_delete_marker, judged.size_bytes))
    != toString((was.row.1, was.row.3, was.row.4, was.row.5, was.row.6, was.row.7, was.row.8, was.row.9, was.row.10, was.row.11, was.row.12))
)
settings final = 0, join_use_nulls = 0, max_threads = 2, max_insert_threads = 1
