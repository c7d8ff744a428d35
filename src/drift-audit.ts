/** Wires a drift audit: two places to compare, the files it writes, and where its progress is kept. */
import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import type { Clock } from './lib/clock.ts';
import { Fault, reasonOf } from './lib/fault.ts';
import { PRICES } from './monitors/activity/prices.ts';
import { type Audit, type AuditEnding, auditSentence, driftOf } from './monitors/replication/audits.ts';
import { audit } from './monitors/replication/diff/audit.ts';
import { RequestBudget } from './monitors/replication/diff/budget.ts';
import { ANSWERS } from './monitors/replication/diff/classify.ts';
import type { Difference } from './monitors/replication/diff/difference.ts';
import type { Side } from './monitors/replication/diff/entry.ts';
import { hasVersionIds, openFileSide } from './monitors/replication/diff/file-side.ts';
import { openListingSide } from './monitors/replication/diff/listing-side.ts';
import { manifestRow } from './monitors/replication/diff/manifest.ts';
import { openFileOutput, type Output } from './monitors/replication/diff/outputs.ts';
import {
  openProgressFile,
  type Progress,
  type ProgressStore,
  startOf,
} from './monitors/replication/diff/progress.ts';
import { openS3, type S3Options } from './s3/client.ts';
import type { S3 } from './s3/s3.ts';

export type { Difference, Progress };

/** One of the two places to compare. */
export type Place =
  | {
      readonly kind: 'bucket';
      /** As it was named, with the endpoint when one was given. */
      readonly name: string;
      readonly bucket: string;
      readonly prefix: string;
      /** Empty for a store named by its endpoint. */
      readonly bucketId: string;
      readonly store: S3Options;
    }
  | { readonly kind: 'file'; readonly name: string };

export interface DriftAuditRequest {
  readonly source: Place;
  readonly destination: Place;
  readonly ignoresExtra: boolean;
  readonly hasOpaqueEtags: boolean;
  readonly modifiedWindowMs: number;
  /** What was written later than this before the start is in flight. */
  readonly graceMs: number;
  /** `Infinity` for as many as it takes. */
  readonly requestsMax: number;
  readonly resumes: boolean;
  /** File of the progress; by default one in `folder` named after what is compared. */
  readonly state?: string;
  /** The data folder. */
  readonly folder: string;
  /** Where every difference is written as a JSON line. */
  readonly output?: string;
  readonly manifest?: { readonly path: string; readonly bucket: string };
}

export interface DriftAuditParts {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Told every difference. */
  readonly tell?: (differences: readonly Difference[]) => Promise<void>;
  readonly onProgress: (progress: Progress) => void;
  /** A sentence about how the audit begins. */
  readonly onNote: (note: string) => void;
}

export interface DriftAuditResult {
  readonly audit: Audit;
  readonly first: readonly Difference[];
  readonly driftObjects: number;
  readonly sentence: string;
  /** Why it failed; then `audit.ending` is `failed`. */
  readonly failure?: Fault;
  /** Forgets the progress: to be called when the result of a complete audit is kept. */
  discard(): Promise<void>;
}

/** US dollars for LIST requests at the list price of AWS. */
export function listPriceUsd(requests: number): number {
  const per1000 = PRICES.classes.find(({ name }) => name === 'list')?.per1000 ?? 0;
  return (requests / 1000) * per1000;
}

/** Runs an audit to its end, or until it is stopped or fails: all of these are results. Throws `invalid` for what cannot begin. */
export async function runDriftAudit(
  request: DriftAuditRequest,
  parts: DriftAuditParts,
): Promise<DriftAuditResult> {
  const store = openProgressFile(statePath(request), auditText(request));
  const from = await beginning(request, { store, ...parts });
  const connections: S3[] = [];
  const budget = new RequestBudget(request.requestsMax);
  const sideOf = (place: Place): Side => {
    if (place.kind === 'file') return openFileSide(place.name);
    const s3 = openS3(place.store);
    connections.push(s3);
    return openListingSide(place, { s3, budget, clock: parts.clock });
  };
  const requests = (): number =>
    connections.reduce((sum, s3) => sum + Object.values(s3.requests).reduce((all, sent) => all + sent, 0), 0);
  const outputs = await outputsOf(request, from, parts);
  let last = from;
  const onProgress = (progress: Progress): void => {
    last = { ...progress, requests: from.requests + requests() };
    parts.onProgress(last);
  };
  const resultOf = (ending: AuditEnding, progress: Progress, failure?: Fault): DriftAuditResult =>
    describe(auditOf(request, progress, { ending, failure, endedMs: parts.clock.nowMs() }), {
      first: progress.first,
      discard: () => store.discard(),
      ...(failure === undefined ? {} : { failure }),
    });
  try {
    const done = await audit(
      { rules: { ...request, inFlightAfterMs: from.startedMs - request.graceMs }, from },
      {
        source: sideOf(request.source),
        destination: sideOf(request.destination),
        outputs,
        store,
        clock: parts.clock,
        requests,
        onProgress,
      },
      parts.signal,
    );
    return resultOf(done.ending, done.progress);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return resultOf('failed', { ...last, requests: from.requests + requests() }, error);
  } finally {
    for (const output of outputs) await output.close();
    for (const s3 of connections) s3.close();
  }
}

async function beginning(
  { resumes }: DriftAuditRequest,
  { store, clock, onNote }: DriftAuditParts & { readonly store: ProgressStore },
): Promise<Progress> {
  if (!resumes) {
    const left = await store.load().catch(() => undefined);
    if (left !== undefined)
      onNote('An audit of these was stopped before its end; --resume goes on with it. This one begins anew.');
    return startOf(clock.nowMs());
  }
  const kept = await store.load();
  if (kept === undefined)
    throw new Fault(
      'invalid',
      'Cannot resume: no audit of these, asked in this way, was stopped before its end.',
    );
  return kept;
}

async function outputsOf(
  { output, manifest, source }: DriftAuditRequest,
  from: Progress,
  { tell }: DriftAuditParts,
): Promise<Output[]> {
  const outputs: Output[] = [];
  if (tell !== undefined)
    outputs.push({
      name: '-',
      write: tell,
      commit: () => Promise.resolve(0),
      close: () => Promise.resolve(),
    });
  const add = async (path: string, lineOf: (difference: Difference) => string): Promise<void> => {
    outputs.push(await openFileOutput({ path, keptBytes: from.outputs[path] ?? 0, lineOf }));
  };
  if (output !== undefined) await add(resolve(output), (difference) => `${JSON.stringify(difference)}\n`);
  if (manifest !== undefined) {
    const rows = {
      bucket: manifest.bucket,
      hasVersions: source.kind === 'file' && (await hasVersionIds(source.name)),
    };
    await add(resolve(manifest.path), (difference) => manifestRow(difference, rows));
  }
  return outputs;
}

function auditOf(
  request: DriftAuditRequest,
  progress: Progress,
  end: { readonly ending: AuditEnding; readonly failure: Fault | undefined; readonly endedMs: number },
): Audit {
  const { source, destination } = request;
  return {
    source: source.name,
    destination: destination.name,
    sourceBucket: source.kind === 'bucket' ? source.bucketId : '',
    destinationBucket: destination.kind === 'bucket' ? destination.bucketId : '',
    startedMs: progress.startedMs,
    endedMs: end.endedMs,
    ending: end.ending,
    problem: end.failure === undefined ? '' : reasonOf(end.failure),
    answers: ANSWERS.map((answer) => ({ answer, ...progress.answers[answer] })),
    sourceObjects: progress.sourceObjects,
    destinationObjects: progress.destinationObjects,
    ignoresExtra: request.ignoresExtra,
    graceSeconds: Math.round(request.graceMs / 1000),
    requests: progress.requests,
  };
}

function describe(
  done: Audit,
  rest: Pick<DriftAuditResult, 'first' | 'failure' | 'discard'>,
): DriftAuditResult {
  return { audit: done, driftObjects: driftOf(done), sentence: auditSentence(done), ...rest };
}

/** What is compared and how: progress is good for nothing else. */
function auditText(request: DriftAuditRequest): string {
  const { source, destination, ignoresExtra, hasOpaqueEtags, modifiedWindowMs, graceMs, output, manifest } =
    request;
  return JSON.stringify({
    source: source.name,
    destination: destination.name,
    ignoresExtra,
    hasOpaqueEtags,
    modifiedWindowMs,
    graceMs,
    output: output === undefined ? null : resolve(output),
    manifest: manifest === undefined ? null : resolve(manifest.path),
  });
}

function statePath(request: DriftAuditRequest): string {
  const name = createHash('sha256').update(auditText(request)).digest('hex').slice(0, 16);
  return request.state ?? join(request.folder, 'audits', `${name}.json`);
}
