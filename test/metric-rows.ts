/** Rows that metrics are made of, and a reader of them, for tests. Times are ISO 8601. */
import type { MetricQuestion } from '../src/alarms/feed.ts';
import type { Engine } from '../src/engine/engine.ts';
import { type Metrics, type MetricsParts, openMetrics } from '../src/metrics/metrics.ts';
import { engineTime } from './replication-rows.ts';

export interface RequestFixture {
  readonly bucket: string;
  readonly time: string;
  readonly operation?: string;
  readonly status?: number;
  readonly bytes?: number;
  readonly turnAroundMs?: number;
}

let batches = 0;

export async function storeRequests(requests: readonly RequestFixture[], engine: Engine): Promise<void> {
  batches += 1;
  await engine.insertRows({
    table: 'requests',
    rows: requests.map((request, index) => ({
      batch_id: batches,
      line_number: index + 1,
      bucket: request.bucket,
      time: request.time,
      operation: request.operation ?? 'REST.GET.OBJECT',
      http_status: request.status ?? 200,
      bytes_sent: request.bytes ?? 0,
      turn_around_time_ms: request.turnAroundMs ?? null,
    })),
  });
}

export interface BatchFixture {
  readonly source: string;
  readonly loaded: string;
  readonly delivered?: string;
  readonly state?: 'loaded' | 'rejected';
  readonly facts?: number;
  readonly rejects?: number;
}

export async function storeBatches(rows: readonly BatchFixture[], engine: Engine): Promise<void> {
  await engine.insertRows({
    table: 'batches',
    rows: rows.map((row) => {
      batches += 1;
      return {
        batch_id: batches,
        source: row.source,
        state: row.state ?? 'loaded',
        facts: row.facts ?? 0,
        rejects: row.rejects ?? 0,
        size_bytes: 100,
        delivered_at: row.delivered === undefined ? null : engineTime(row.delivered),
        received_at: engineTime(row.loaded),
        loaded_at: engineTime(row.loaded),
      };
    }),
  });
}

export interface StoreMetricFixture {
  readonly metric: string;
  readonly statistic: string;
  readonly time: string;
  readonly value: number;
  readonly bucket: string;
  readonly filter?: string;
  readonly destination?: string;
  readonly rule?: string;
  readonly type?: string;
  readonly periodS?: number;
  readonly read?: string;
}

export async function storeStoreMetrics(rows: readonly StoreMetricFixture[], engine: Engine): Promise<void> {
  await engine.insertRows({
    table: 'store_metrics',
    rows: rows.map((row) => ({
      batch_id: 1,
      time: row.time,
      bucket: row.bucket,
      filter_id: row.filter ?? '',
      destination_bucket: row.destination ?? '',
      rule_id: row.rule ?? '',
      storage_type: row.type ?? '',
      metric: row.metric,
      statistic: row.statistic,
      period_seconds: row.periodS ?? 60,
      value: row.value,
      read_at: engineTime(row.read ?? row.time),
    })),
  });
}

export function metricsOf(
  engine: Engine,
  nowMs: number,
  completeUntil: MetricsParts['completeUntil'] = () => Promise.resolve(undefined),
): Metrics {
  const clock = { nowMs: () => nowMs, sleep: () => Promise.resolve() };
  return openMetrics({
    engine,
    clock,
    names: { backups: { name: 'Backups', dimension: 'System' } },
    completeUntil,
  });
}

/** A question about an hour in periods of five minutes, as far as nothing else is said. */
export function questionOf(
  metric: string,
  given: Partial<Omit<MetricQuestion, 'startMs' | 'endMs'>> & {
    readonly from?: string;
    readonly to?: string;
  } = {},
): MetricQuestion {
  const { from = '2026-11-20T10:00:00Z', to = '2026-11-20T11:00:00Z', ...rest } = given;
  return {
    metric,
    statistic: '',
    where: {},
    periodMs: 300_000,
    ...rest,
    startMs: Date.parse(from),
    endMs: Date.parse(to),
  };
}
