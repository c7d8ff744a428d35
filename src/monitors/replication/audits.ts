/** Drift audits as the store keeps them. */
import { engineTime } from '../../lib/engine-time.ts';
import type { Engine } from '../../engine/engine.ts';
import { type Answer, ANSWERS, isDrift } from './diff/classify.ts';

export const AUDIT_ENDINGS = ['complete', 'interrupted', 'max-requests', 'failed'] as const;
export type AuditEnding = (typeof AUDIT_ENDINGS)[number];

/** What one audit came to; times in milliseconds since 1970 UTC. */
export interface Audit {
  /** As it was named, with the endpoint of its store when that was given. */
  readonly source: string;
  readonly destination: string;
  /** Bucket id; empty for a file, and for a store named by its endpoint. */
  readonly sourceBucket: string;
  readonly destinationBucket: string;
  readonly startedMs: number;
  readonly endedMs: number;
  readonly ending: AuditEnding;
  readonly problem: string;
  readonly answers: readonly AuditAnswer[];
  readonly sourceObjects: number;
  readonly destinationObjects: number;
  readonly ignoresExtra: boolean;
  readonly graceSeconds: number;
  readonly requests: number;
}

export interface AuditAnswer {
  readonly answer: Answer;
  readonly objects: number;
  readonly bytes: number;
}

export interface AuditQuery {
  readonly source?: string | undefined;
  readonly destination?: string | undefined;
  /** Only audits with this on either side. */
  readonly location?: string | undefined;
  /** Only audits of this pair's buckets. */
  readonly pair?: string | undefined;
  readonly limit: number;
}

/** An audit with the pairs that its buckets are of. */
export interface KeptAudit extends Audit {
  readonly pairIds: readonly string[];
}

/** Keeps an audit; a later run of the same takes the place of the earlier one. */
export function keepAudit(audit: Audit, engine: Engine): Promise<void> {
  const mapOf = (pick: (one: AuditAnswer) => number): Record<string, number> =>
    Object.fromEntries(audit.answers.map((one) => [one.answer, pick(one)]));
  const row = {
    source: audit.source,
    destination: audit.destination,
    source_bucket: audit.sourceBucket,
    destination_bucket: audit.destinationBucket,
    started_at: engineTime(audit.startedMs),
    ended_at: engineTime(audit.endedMs),
    ending: audit.ending,
    problem: audit.problem,
    objects: mapOf(({ objects }) => objects),
    bytes: mapOf(({ bytes }) => bytes),
    source_objects: audit.sourceObjects,
    destination_objects: audit.destinationObjects,
    ignores_extra: audit.ignoresExtra ? 1 : 0,
    grace_seconds: audit.graceSeconds,
    requests: audit.requests,
  };
  return engine.insertRows({ table: 'replication_audits', rows: [row] });
}

const CONDITIONS = {
  source: 'a.source = {source:String}',
  destination: 'a.destination = {destination:String}',
  location: '(a.source = {location:String} or a.destination = {location:String})',
  pair: 'has(pair_ids, {pair:String})',
} as const;

interface AuditRow {
  readonly source: string;
  readonly destination: string;
  readonly source_bucket: string;
  readonly destination_bucket: string;
  readonly started_ms: number;
  readonly ended_ms: number;
  readonly ending: AuditEnding;
  readonly problem: string;
  readonly objects: Readonly<Record<string, number>>;
  readonly bytes: Readonly<Record<string, number>>;
  readonly source_objects: number;
  readonly destination_objects: number;
  readonly ignores_extra: number;
  readonly grace_seconds: number;
  readonly requests: number;
  readonly pair_ids: readonly string[];
}

/** Audits, the latest first. */
export async function keptAudits(query: AuditQuery, engine: Engine): Promise<KeptAudit[]> {
  const given = (Object.keys(CONDITIONS) as (keyof typeof CONDITIONS)[]).filter(
    (name) => query[name] !== undefined,
  );
  const where = given.map((name) => CONDITIONS[name]).join(' and ');
  const rows = await engine.query<AuditRow>(
    `select
       a.source as source, a.destination as destination, source_bucket, destination_bucket,
       toUnixTimestamp64Milli(a.started_at) as started_ms, toUnixTimestamp64Milli(a.ended_at) as ended_ms,
       toString(a.ending) as ending, problem, objects, bytes,
       source_objects, destination_objects, ignores_extra, grace_seconds, requests, p.ids as pair_ids
     from replication_audits as a
     left join (
       select source, destination, arraySort(groupUniqArray(pair_id)) as ids
       from replication_pairs
       where is_gone = 0
       group by source, destination
     ) as p on p.source = a.source_bucket and p.destination = a.destination_bucket
     where ${where === '' ? '1' : where}
     order by a.started_at desc
     limit ${query.limit}`,
    { params: Object.fromEntries(given.map((name) => [name, query[name]])) },
  );
  return rows.map(auditOf);
}

function auditOf(row: AuditRow): KeptAudit {
  return {
    source: row.source,
    destination: row.destination,
    sourceBucket: row.source_bucket,
    destinationBucket: row.destination_bucket,
    startedMs: Number(row.started_ms),
    endedMs: Number(row.ended_ms),
    ending: row.ending,
    problem: row.problem,
    answers: ANSWERS.map((answer) => ({
      answer,
      objects: Number(row.objects[answer] ?? 0),
      bytes: Number(row.bytes[answer] ?? 0),
    })),
    sourceObjects: Number(row.source_objects),
    destinationObjects: Number(row.destination_objects),
    ignoresExtra: row.ignores_extra === 1,
    graceSeconds: row.grace_seconds,
    requests: Number(row.requests),
    pairIds: row.pair_ids,
  };
}

/** Keys that are certainly not at the destination as they are at the source. */
export function driftOf(audit: Pick<Audit, 'answers' | 'ignoresExtra'>): number {
  return audit.answers
    .filter(({ answer }) => isDrift(answer, audit))
    .reduce((sum, { objects }) => sum + objects, 0);
}

/** The audit in a sentence: `No drift in 2,500 keys.`, `3 missing, 1 older among 2,500 keys; 12 cannot-tell.` */
export function auditSentence(audit: Audit): string {
  const counted = (drifts: boolean): string =>
    audit.answers
      .filter(({ answer, objects }) => objects > 0 && answer !== 'same' && isDrift(answer, audit) === drifts)
      .map(({ answer, objects }) => `${objects.toLocaleString('en-US')} ${answer}`)
      .join(', ');
  const keys = audit.answers.reduce((sum, { objects }) => sum + objects, 0).toLocaleString('en-US');
  const drift = counted(true);
  const beside = counted(false);
  const found = drift === '' ? `No drift in ${keys} keys` : `${drift} among ${keys} keys`;
  return `${found}${beside === '' ? '' : `; ${beside}`}.${ENDINGS[audit.ending]}`;
}

const ENDINGS: Readonly<Record<AuditEnding, string>> = {
  complete: '',
  interrupted: ' It was stopped before the end.',
  'max-requests': ' It used up its requests before the end.',
  failed: ' It failed before the end.',
};
