/** What is known of replication, in the shapes of the API. */
import type { CanaryStatus } from '../monitors/replication/canaries.ts';
import type { ReplicationRow } from '../monitors/replication/objects.ts';
import type { PairState } from '../monitors/replication/pairs-status.ts';
import { type ReplicationSteps, replicationSpeed, type Step } from '../monitors/replication/series.ts';
import { isoOf } from './ledger-queries.ts';
import type { Pair, ReplicationObject, ReplicationSeries } from './replication-api.ts';

const timeOf = (ms: number | null): string | null => (ms === null ? null : isoOf(ms));
/** Sums of what is taken back and added again may be below 0 for as long as the engine has one without the other. */
const countOf = (sum: number): number => Math.max(0, sum);

/** `canary` is how the pair's canaries stand; absent when it has none. */
export function pairAnswer(state: PairState, canary: CanaryStatus | undefined): Pair {
  const { pair, sums } = state;
  return {
    id: pair.id,
    rule_id: pair.ruleId,
    source: pair.source,
    destination: pair.destination,
    prefix: pair.prefix,
    tags: { ...pair.tags },
    priority: pair.priority,
    declared: pair.isDeclared,
    match_by: pair.matchBy,
    active_from: pair.activeFromMs === 0 ? null : isoOf(pair.activeFromMs),
    target_seconds: pair.targetSeconds,
    verdict: state.verdict,
    sentence: state.sentence,
    rpo_seconds: state.rpoSeconds,
    oldest_pending: timeOf(state.oldestPendingMs),
    overdue_objects: state.overdueObjects,
    ...countsOf(state),
    latency_ms: sums.latency,
    within_target: state.withinTarget,
    coverage: {
      covered_objects: state.coverage.coveredObjects,
      no_rule_objects: countOf(state.coverage.rulelessObjects),
      older_objects: state.coverage.olderObjects,
      share: state.coverage.share,
    },
    canary: canary === undefined ? null : canaryAnswer(canary),
    feeds: [...state.feeds],
    notes: [...state.notes],
  };
}

function canaryAnswer(canary: CanaryStatus): NonNullable<Pair['canary']> {
  return {
    last_sent: timeOf(canary.lastSentMs),
    last_arrived: timeOf(canary.lastArrivedMs),
    last_latency_ms: canary.lastLatencyMs,
    waiting_seconds: canary.waitingSeconds,
    problem: canary.problem,
  };
}

function countsOf({ sums }: PairState) {
  return {
    pending_objects: countOf(sums.pendingObjects),
    pending_bytes: countOf(sums.pendingBytes),
    failed_objects: countOf(sums.failedObjects),
    failed_bytes: countOf(sums.failedBytes),
    unknown_objects: countOf(sums.unknownObjects),
    untracked_objects: countOf(sums.untrackedObjects),
    replicated_objects: countOf(sums.replicatedObjects),
    replicated_bytes: countOf(sums.replicatedBytes),
    failures: countOf(sums.failures),
    skewed_objects: countOf(sums.skewedObjects),
  };
}

export function objectAnswer(row: ReplicationRow, nowMs: number): ReplicationObject {
  return {
    pair_id: row.pair_id,
    source: row.source,
    destination: row.destination,
    key: row.key,
    version_id: row.version_id,
    status: row.status,
    reason: row.reason,
    operation: row.operation,
    written_at: isoOf(row.written_ms),
    replicated_at: timeOf(row.replicated_ms),
    seen_at: timeOf(row.seen_ms),
    failed_at: timeOf(row.failed_ms),
    latency_ms: row.latency_ms,
    age_seconds: Math.max(0, Math.floor((nowMs - row.written_ms) / 1000)),
    skewed: row.is_skewed === 1,
    delete_marker: row.is_delete_marker === 1,
    size_bytes: row.size_bytes,
  };
}

type Series = ReplicationSeries['series'][number];

/** Each series by its name: unit, statistic, and its value in a step. */
const SERIES: readonly (readonly [
  Series['metric'],
  unit: string,
  statistic: string,
  of: (step: Step) => number | null,
])[] = [
  [
    'ReplicationLatency',
    'Seconds',
    'Maximum',
    ({ latency }) => (latency === null ? null : latency.max / 1000),
  ],
  ['BytesPendingReplication', 'Bytes', 'Maximum', ({ pendingBytes }) => pendingBytes],
  ['OperationsPendingReplication', 'Count', 'Maximum', ({ pendingObjects }) => pendingObjects],
  ['OperationsFailedReplication', 'Count', 'Sum', ({ failures }) => countOf(failures)],
  ['ReplicationObjects', 'Count', 'Sum', ({ replicatedObjects }) => countOf(replicatedObjects)],
  ['ReplicationSpeed', 'Kilobits/Second', 'Average', replicationSpeed],
  ['FailedReplications', 'Count', 'Sum', ({ failures }) => countOf(failures)],
  ['ReplicatedBytes', 'Bytes', 'Sum', ({ replicatedBytes }) => countOf(replicatedBytes)],
];

/** `canaryMs` is the longest time of a canary in each step, null where none arrived. */
export function seriesAnswer(
  { stepSeconds, steps }: ReplicationSteps,
  canaryMs: readonly (number | null)[],
): Omit<ReplicationSeries, 'coverage'> {
  const percentile = (name: 'p50' | 'p95' | 'p99' | 'max') =>
    steps.map(({ latency }) => latency?.[name] ?? null);
  return {
    step_seconds: stepSeconds,
    times: steps.map(({ startS }) => isoOf(startS * 1000)),
    latency_ms: {
      p50: percentile('p50'),
      p95: percentile('p95'),
      p99: percentile('p99'),
      max: percentile('max'),
    },
    series: [
      ...SERIES.map(([metric, unit, statistic, of]) => ({
        metric,
        unit,
        statistic,
        values: steps.map((step) => (step.isKnown ? of(step) : null)),
      })),
      {
        metric: 'CanaryLatency' as const,
        unit: 'Seconds',
        statistic: 'Maximum',
        values: steps.map((_, index) => secondsOf(canaryMs[index] ?? null)),
      },
    ],
  };
}

function secondsOf(ms: number | null): number | null {
  return ms === null ? null : ms / 1000;
}
