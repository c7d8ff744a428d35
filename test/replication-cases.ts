/** The rules of the judge as data: what is known of one version, and what is judged of it. */
import type { StoredPair } from './replication-store.ts';

const START_MS = Date.UTC(2026, 4, 1, 12);

/** A moment so many seconds after the start of all cases, as the engine writes it. */
export function at(seconds: number): string {
  return new Date(START_MS + seconds * 1000).toISOString().replace('T', ' ').replace('Z', '');
}

interface Event {
  readonly bucket: string;
  readonly event_name: string;
  readonly event_time: string;
  readonly version_id: string;
  readonly replication_destination_bucket?: string;
  readonly [column: string]: unknown;
}

function event(event_name: string, bucket: string, seconds: number, more: Record<string, unknown>): Event {
  return { event_name, bucket, event_time: at(seconds), version_id: 'v1', ...more };
}

const put = (bucket: string, seconds: number, more: Record<string, unknown> = {}): Event =>
  event(`ObjectCreated:${(more['how'] as string | undefined) ?? 'Put'}`, bucket, seconds, {
    size_bytes: 1000,
    etag: 'e',
    sequencer_padded: `${bucket}${seconds}`,
    ...more,
    how: undefined,
  });
const marker = (bucket: string, seconds: number): Event =>
  event('ObjectRemoved:DeleteMarkerCreated', bucket, seconds, {});
const removed = (bucket: string, seconds: number, more: Record<string, unknown> = {}): Event =>
  event('ObjectRemoved:Delete', bucket, seconds, more);
const look = (bucket: string, seconds: number, state: string, more: Record<string, unknown> = {}): Event =>
  event(`ObjectObserved:${state}`, bucket, seconds, { envelope: 'head', ...more });
const seen = (bucket: string, seconds: number, more: Record<string, unknown> = {}): Event =>
  look(bucket, seconds, 'Present', { last_modified: at(0), size_bytes: 1000, ...more });
const header = (seconds: number, replication_status: string): Event =>
  seen('s', seconds, { replication_status });
const report = (what: string, seconds: number, more: Record<string, unknown> = {}): Event =>
  event(`Replication:${what}`, 's', seconds, { replication_destination_bucket: 'd', ...more });
const failed = (seconds: number, more: Record<string, unknown> = {}): Event =>
  report('OperationFailedReplication', seconds, {
    replication_failure_reason: 'DstPutObjectNotPermitted',
    replication_operation: 'OBJECT_PUT',
    ...more,
  });

/** A row of `replications`; times in seconds after the start. */
export interface Expected {
  readonly pair?: string;
  readonly version?: string;
  readonly status: string;
  readonly reason?: string;
  readonly operation?: string;
  readonly written?: number;
  readonly replicated?: number;
  readonly seen?: number;
  readonly failed?: number;
  readonly latencyMs?: number;
  readonly isSkewed?: boolean;
  readonly size?: number;
}

export interface Case {
  readonly name: string;
  /** Buckets `s`, `d` and `e`; by default one pair from `s` to `d`. */
  readonly pairs?: readonly StoredPair[];
  /** Pairs as they are changed after all was judged once, with a judgement asked for. */
  readonly later?: readonly StoredPair[];
  readonly key?: string;
  readonly events: readonly Event[];
  readonly expected: readonly Expected[];
}

const PAIR: StoredPair = { source: 's', destination: 'd' };
const OTHER: StoredPair = { source: 's', destination: 'e' };
const BY_KEY: StoredPair = { ...PAIR, match_by: 'key' };
const NONE: Expected = { status: 'NONE', pair: 's/d/r', written: 0 };
const DONE = { status: 'COMPLETED', pair: 's/d/r', written: 0 } as const;
const FAILED = {
  status: 'FAILED',
  pair: 's/d/r',
  written: 0,
  reason: 'DstPutObjectNotPermitted',
  operation: 'OBJECT_PUT',
} as const;
const PENDING = { status: 'PENDING', pair: 's/d/r', written: 0 } as const;
const UNTRACKED = { status: 'NOT_TRACKED', pair: 's/d/r', written: 0 } as const;

export const DEFAULT_PAIRS: readonly StoredPair[] = [PAIR];

export const CASES: readonly Case[] = [
  { name: 'written and not there yet', events: [put('s', 0)], expected: [PENDING] },
  {
    name: 'written and arrived',
    events: [put('s', 0), put('d', 5.25)],
    expected: [{ ...DONE, replicated: 5.25, latencyMs: 5250 }],
  },
  {
    name: 'a multipart upload counts',
    events: [
      put('s', 0, { how: 'CompleteMultipartUpload' }),
      put('d', 9, { how: 'CompleteMultipartUpload' }),
    ],
    expected: [{ ...DONE, replicated: 9, latencyMs: 9000 }],
  },
  {
    name: 'a copy counts',
    events: [put('s', 0, { how: 'Copy' }), put('d', 2)],
    expected: [{ ...DONE, replicated: 2, latencyMs: 2000 }],
  },
  {
    name: 'ETags of original and copy differ',
    events: [put('s', 0, { etag: 'one' }), put('d', 2, { etag: 'two' })],
    expected: [{ ...DONE, replicated: 2, latencyMs: 2000 }],
  },
  {
    name: 'overwritten at once, and only the later version arrived',
    events: [put('s', 0), put('s', 0.2, { version_id: 'v2' }), put('d', 3, { version_id: 'v2' })],
    expected: [PENDING, { ...DONE, version: 'v2', written: 0.2, replicated: 3, latencyMs: 2800 }],
  },
  {
    name: 'two destinations, each with a state of its own',
    pairs: [PAIR, OTHER],
    events: [put('s', 0), put('d', 4), failed(6, { replication_destination_bucket: 'e' })],
    expected: [
      { ...DONE, replicated: 4, latencyMs: 4000 },
      { ...FAILED, pair: 's/e/r', failed: 6 },
    ],
  },
  { name: 'failed', events: [put('s', 0), failed(3)], expected: [{ ...FAILED, failed: 3 }] },
  {
    name: 'a failure reported twice is one, counted when it was first',
    events: [put('s', 0), failed(3), failed(400)],
    expected: [{ ...FAILED, failed: 3 }],
  },
  {
    name: 'a failure hours later',
    events: [put('s', 0), failed(20_000)],
    expected: [{ ...FAILED, failed: 20_000 }],
  },
  {
    name: 'failed, then arrived by Batch Replication',
    events: [put('s', 0), failed(3), put('d', 9000)],
    expected: [{ ...DONE, replicated: 9000, latencyMs: 9_000_000, failed: 3 }],
  },
  {
    name: 'arrived, and its tags failed later',
    events: [put('s', 0), put('d', 2), failed(60, { replication_operation: 'OBJECT_TAGGING' })],
    expected: [{ ...FAILED, operation: 'OBJECT_TAGGING', failed: 60, replicated: 2, latencyMs: 2000 }],
  },
  {
    name: 'a failure is all that was told',
    events: [failed(30, { replication_request_time: at(1) })],
    expected: [{ ...FAILED, written: 1, failed: 30, size: 0 }],
  },
  {
    name: 'a copy one second early is latency 0',
    events: [put('s', 1), put('d', 0)],
    expected: [{ ...DONE, written: 1, replicated: 0, latencyMs: 0 }],
  },
  {
    name: 'a copy five seconds early is clocks that differ',
    events: [put('s', 5), put('d', 0)],
    expected: [{ ...DONE, written: 5, replicated: 0, latencyMs: 0, isSkewed: true }],
  },
  {
    name: 'the time of a notification wins over that of CloudTrail',
    events: [put('s', 0.75), put('s', 0, { completeness: 0, envelope: 'cloudtrail' }), put('d', 2.75)],
    expected: [{ ...DONE, written: 0.75, replicated: 2.75, latencyMs: 2000 }],
  },
  {
    name: 'only seen at the destination: arrived no later, LastModified says nothing',
    events: [put('s', 0), seen('d', 500)],
    expected: [{ ...DONE, seen: 500 }],
  },
  {
    name: 'the original only seen',
    events: [seen('s', 500, { replication_status: 'PENDING' })],
    expected: [PENDING],
  },
  { name: 'the header says COMPLETED', events: [put('s', 0), header(60, 'COMPLETED')], expected: [DONE] },
  { name: 'the header says COMPLETE', events: [put('s', 0), header(60, 'COMPLETE')], expected: [DONE] },
  {
    name: 'the header says COMPLETED and a later report says failed',
    events: [put('s', 0), header(60, 'COMPLETED'), failed(90)],
    expected: [{ ...FAILED, failed: 90 }],
  },
  {
    name: 'the header says FAILED, and there is one destination',
    events: [put('s', 0), header(60, 'FAILED'), header(90, 'FAILED')],
    expected: [{ ...FAILED, reason: '', operation: '', failed: 60 }],
  },
  {
    name: 'the header says FAILED, and two have no copy',
    pairs: [PAIR, OTHER],
    events: [put('s', 0), header(60, 'FAILED')],
    expected: [
      { ...PENDING, status: 'UNKNOWN', reason: 'failed-at-one-of-several' },
      { ...PENDING, pair: 's/e/r', status: 'UNKNOWN', reason: 'failed-at-one-of-several' },
    ],
  },
  {
    name: 'the header says FAILED, and one of two has a copy',
    pairs: [PAIR, OTHER],
    events: [put('s', 0), header(60, 'FAILED'), put('e', 1)],
    expected: [
      { ...FAILED, reason: '', operation: '', failed: 60 },
      { ...DONE, pair: 's/e/r', replicated: 1, latencyMs: 1000 },
    ],
  },
  {
    name: 'the header says REPLICA',
    events: [put('s', 0), header(60, 'REPLICA')],
    expected: [{ ...PENDING, status: 'REPLICA' }],
  },
  {
    name: 'two buckets that replicate to each other: the copy is no original',
    pairs: [PAIR, { source: 'd', destination: 's' }],
    events: [put('s', 0), put('d', 3)],
    expected: [
      { ...PENDING, pair: 'd/s/r', status: 'REPLICA', written: 3 },
      { ...DONE, replicated: 3, latencyMs: 3000 },
    ],
  },
  {
    name: 'a copy that is a source itself is no original there',
    pairs: [PAIR, { source: 'd', destination: 'e' }],
    events: [put('s', 0), put('d', 3)],
    expected: [
      { ...PENDING, pair: 'd/e/r', status: 'REPLICA', written: 3 },
      { ...DONE, replicated: 3, latencyMs: 3000 },
    ],
  },
  {
    name: 'reported as not tracked',
    events: [put('s', 0), report('OperationNotTracked', 60)],
    expected: [{ ...UNTRACKED, reason: 'untracked' }],
  },
  {
    name: 'reported as not tracked, and arrived',
    events: [put('s', 0), report('OperationNotTracked', 60), put('d', 70)],
    expected: [{ ...DONE, replicated: 70, latencyMs: 70_000 }],
  },
  {
    name: 'late, and replicated after the threshold: the report has the time',
    events: [
      put('s', 0),
      report('OperationMissedThreshold', 900),
      report('OperationReplicatedAfterThreshold', 1000),
    ],
    expected: [{ ...DONE, replicated: 1000, latencyMs: 1_000_000 }],
  },
  {
    name: 'the last look was denied',
    events: [put('s', 0), look('d', 1000, 'Missing'), look('s', 1100, 'Denied')],
    expected: [{ ...PENDING, status: 'UNKNOWN', reason: 'denied' }],
  },
  {
    name: 'a look was denied, the next was not',
    events: [put('s', 0), look('d', 1000, 'Denied'), look('d', 1100, 'Missing')],
    expected: [PENDING],
  },
  {
    name: 'gone at the source before it arrived',
    events: [put('s', 0), look('s', 1000, 'Missing')],
    expected: [{ ...PENDING, status: 'UNKNOWN', reason: 'gone-at-source' }],
  },
  {
    name: 'removed at the source before it arrived',
    events: [put('s', 0), removed('s', 10)],
    expected: [{ ...PENDING, status: 'UNKNOWN', reason: 'removed' }],
  },
  {
    name: 'removed at the source after it arrived',
    events: [put('s', 0), put('d', 3), removed('s', 10)],
    expected: [{ ...DONE, replicated: 3, latencyMs: 3000 }],
  },
  {
    name: 'a delete marker of a pair that takes none',
    events: [marker('s', 0)],
    expected: [{ ...UNTRACKED, reason: 'delete-marker', size: 0 }],
  },
  {
    name: 'a delete marker of a pair that takes them',
    pairs: [{ ...PAIR, takes_delete_markers: 1 }],
    events: [marker('s', 0), marker('d', 4)],
    expected: [{ ...DONE, replicated: 4, latencyMs: 4000, size: 0 }],
  },
  {
    name: 'older than the rule',
    pairs: [{ ...PAIR, active_from: at(100) }],
    events: [put('s', 0)],
    expected: [{ ...UNTRACKED, reason: 'older-than-rule' }],
  },
  {
    name: 'older than a rule that takes what exists',
    pairs: [{ ...PAIR, active_from: at(100), takes_existing: 1 }],
    events: [put('s', 0)],
    expected: [PENDING],
  },
  {
    name: 'older than the rule, and replicated all the same',
    pairs: [{ ...PAIR, active_from: at(100) }],
    events: [put('s', 0), put('d', 5000)],
    expected: [{ ...DONE, replicated: 5000, latencyMs: 5_000_000 }],
  },
  {
    name: 'no rule is for the key',
    pairs: [{ ...PAIR, prefix: 'logs/' }],
    events: [put('s', 0)],
    expected: [{ ...UNTRACKED, pair: '', reason: 'no-rule' }],
  },
  {
    name: 'a rule is for the key',
    pairs: [{ ...PAIR, prefix: 'logs/' }],
    key: 'logs/a',
    events: [put('s', 0)],
    expected: [PENDING],
  },
  {
    name: 'of two rules to one destination the higher priority',
    pairs: [PAIR, { ...PAIR, rule_id: 'q', priority: 2 }],
    events: [put('s', 0)],
    expected: [{ ...PENDING, pair: 's/d/q' }],
  },
  {
    name: 'a rule that asks for tags, and nothing tells of them',
    pairs: [{ ...PAIR, tags: { env: 'prod' } }],
    events: [put('s', 0)],
    expected: [{ ...UNTRACKED, pair: '', reason: 'tags-unknown' }],
  },
  {
    name: 'a rule that asks for tags, and the header speaks for it',
    pairs: [{ ...PAIR, tags: { env: 'prod' } }],
    events: [put('s', 0), header(60, 'PENDING')],
    expected: [PENDING],
  },
  {
    name: 'known at the destination only',
    events: [put('d', 0)],
    expected: [],
  },
  {
    name: 'a bucket without pairs',
    events: [put('x', 0)],
    expected: [],
  },
  {
    name: 'by key: a copy with a version of its own',
    pairs: [BY_KEY],
    events: [put('s', 0.5), put('d', -5, { version_id: 'old' }), put('d', 40, { version_id: 'w1' })],
    expected: [{ ...DONE, written: 0.5, replicated: 40, latencyMs: 39_500 }],
  },
  {
    name: 'by key: whole seconds are compared',
    pairs: [BY_KEY],
    events: [put('s', 0.5), put('d', 0.2, { version_id: 'w1' })],
    expected: [{ ...DONE, written: 0.5, replicated: 0.2, latencyMs: 0 }],
  },
  {
    name: 'by key: the copy is of before',
    pairs: [BY_KEY],
    events: [put('s', 10), put('d', 5, { version_id: 'w0' })],
    expected: [{ ...PENDING, written: 10 }],
  },
  {
    name: 'a write told without a version id is nothing a rule of the store could copy',
    events: [put('s', 0, { version_id: '' })],
    expected: [{ ...UNTRACKED, version: '', reason: 'no-version-id' }],
  },
  {
    name: 'by key: without versions, overwritten, and only the first write was copied',
    pairs: [BY_KEY],
    events: [
      put('s', 0, { version_id: '' }),
      put('d', 5, { version_id: '' }),
      put('s', 60, { version_id: '' }),
    ],
    expected: [{ ...PENDING, version: '', written: 60 }],
  },
  {
    name: 'by key: without versions, overwritten and copied again',
    pairs: [BY_KEY],
    events: [
      put('s', 0, { version_id: '' }),
      put('d', 5, { version_id: '' }),
      put('s', 60, { version_id: '' }),
      put('d', 90, { version_id: '' }),
    ],
    expected: [{ ...DONE, version: '', written: 60, replicated: 90, latencyMs: 30_000 }],
  },
  {
    name: 'by key: the copy only seen in a listing',
    pairs: [BY_KEY],
    events: [put('s', 0), seen('d', 500, { version_id: '', last_modified: at(20) })],
    expected: [{ ...DONE, seen: 500 }],
  },
  {
    name: 'by key: the last look was denied',
    pairs: [BY_KEY],
    events: [put('s', 0), look('d', 500, 'Denied', { version_id: '' })],
    expected: [{ ...PENDING, status: 'UNKNOWN', reason: 'denied' }],
  },
  {
    name: 'a pair added later',
    pairs: [PAIR],
    later: [OTHER],
    events: [put('s', 0), put('d', 3), put('e', 8)],
    expected: [
      { ...DONE, replicated: 3, latencyMs: 3000 },
      { ...DONE, pair: 's/e/r', replicated: 8, latencyMs: 8000 },
    ],
  },
  {
    name: 'a rule disabled',
    later: [{ ...PAIR, is_enabled: 0, revision: 2 }],
    events: [put('s', 0)],
    expected: [{ ...UNTRACKED, pair: '', reason: 'no-rule' }, NONE],
  },
  {
    name: 'a rule that is no more',
    later: [{ ...PAIR, is_gone: 1, revision: 2 }],
    events: [put('s', 0), put('d', 3)],
    expected: [{ ...NONE, replicated: 3, latencyMs: 3000 }],
  },
  {
    name: 'a change of priority',
    pairs: [
      { ...PAIR, priority: 2 },
      { ...PAIR, rule_id: 'q' },
    ],
    later: [{ ...PAIR, rule_id: 'q', priority: 3, revision: 2 }],
    events: [put('s', 0), put('d', 3)],
    expected: [
      { ...DONE, pair: 's/d/q', replicated: 3, latencyMs: 3000 },
      { ...NONE, replicated: 3, latencyMs: 3000 },
    ],
  },
];
