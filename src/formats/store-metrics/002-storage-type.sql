-- What is stored is counted by storage type: a row for each.
alter table store_metrics
  add column if not exists storage_type LowCardinality(String) comment 'of what is stored only, e.g. StandardStorage; AllStorageTypes: all together' after rule_id,
  modify order by (bucket, metric, statistic, filter_id, destination_bucket, rule_id, period_seconds, time, storage_type);

alter table store_metrics modify column statistic comment 'Sum, Maximum or Average';

alter table store_metrics_parsed add column if not exists storage_type LowCardinality(String) after rule_id;

drop view if exists store_metrics_from_store_metrics;

create materialized view if not exists store_metrics_from_store_metrics to store_metrics as
select
  batch_id, time, bucket, filter_id, destination_bucket, rule_id, storage_type, metric, statistic, period_seconds, value, read_at
from store_metrics_parsed
where outcome = 'fact';
