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
import { type Ask, openInventorySide } from './monitors/replication/diff/inventory-side.ts';
import { hasVersionIds, openFileSide } from './monitors/replication/diff/file-side.ts';
import { type ListingPlace, openListingSide } from './monitors/replication/diff/listing-side.ts';
import { manifestRow } from './monitors/replication/diff/manifest.ts';
import { openFileOutput, type Output } from './monitors/replication/diff/outputs.ts';
import {
  openProgressFile,
  type Progress,
  type ProgressStore,
  startOf,
} from './monitors/replication/diff/progress.ts';
import { openS3, type S3Options } from './s3/client.ts';
import type { Estate } from './s3/estate.ts';
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
  | { readonly kind: 'estate'; readonly name: string; readonly bucketId: string; readonly prefix: string }
  /** The newest inventory report of a bucket. */
  | { readonly kind: 'inventory'; readonly name: string; readonly bucketId: string; readonly prefix: string }
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
  /** Knows where a bucket id is; absent when the configuration has no stores. */
  readonly estate?: Pick<Estate, 'locate'>;
  /** Answers SELECTs, for places that are inventory reports. */
  readonly ask: Ask;
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

/** Empty for a file, and for a store named by its endpoint. */
export function bucketIdOf(place: Place): string {
  return place.kind === 'file' ? '' : place.bucketId;
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
  const outputs = await outputsOf(request, from, parts);
  const sides = new Sides(request, parts);
  let last = from;
  const onProgress = (progress: Progress): void => {
    last = { ...progress, requests: from.requests + sides.requests() };
    parts.onProgress(last);
  };
  const resultOf = (ending: AuditEnding, progress: Progress, failure?: Fault): DriftAuditResult => {
    const done = auditOf(request, progress, { ending, failure, endedMs: parts.clock.nowMs() });
    return {
      audit: done,
      first: progress.first,
      driftObjects: driftOf(done),
      sentence: auditSentence(done),
      discard: () => store.discard(),
      ...(failure === undefined ? {} : { failure }),
    };
  };
  try {
    const rules = { ...request, inFlightAfterMs: from.startedMs - request.graceMs };
    const [source, destination] = [await sides.open(request.source), await sides.open(request.destination)];
    const requests = (): number => sides.requests();
    const running = { source, destination, outputs, store, clock: parts.clock, requests, onProgress };
    const done = await audit({ rules, from }, running, parts.signal);
    return resultOf(done.ending, done.progress);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return resultOf('failed', { ...last, requests: from.requests + sides.requests() }, error);
  } finally {
    for (const output of outputs) await output.close();
    sides.close();
  }
}

/** The two sides and the connections they are read over. */
class Sides {
  readonly #parts: DriftAuditParts;
  readonly #budget: RequestBudget;
  readonly #own: S3[] = [];
  /** Both sides may be of one store. */
  readonly #used = new Set<S3>();

  constructor({ requestsMax }: DriftAuditRequest, parts: DriftAuditParts) {
    this.#parts = parts;
    this.#budget = new RequestBudget(requestsMax);
  }

  async open(place: Place): Promise<Side> {
    switch (place.kind) {
      case 'file':
        return openFileSide(place.name);
      case 'inventory':
        return openInventorySide(place, this.#parts.ask);
      case 'bucket': {
        const s3 = openS3(place.store);
        this.#own.push(s3);
        return this.#listing(place, s3);
      }
      case 'estate': {
        const found = await this.#parts.estate?.locate(place.bucketId, this.#parts.signal);
        if (found !== undefined) return this.#listing({ ...place, bucket: found.bucket }, found.store.s3);
        throw new Fault(
          'not_found',
          `Cannot compare ${place.name}: no store of the configuration has a bucket ${place.bucketId}; ` +
            'estate names the stores, s3://bucket/prefix is a bucket outside of them.',
        );
      }
    }
  }

  requests(): number {
    const sent = [...this.#used].flatMap((s3) => Object.values(s3.requests));
    return sent.reduce((sum, count) => sum + count, 0);
  }

  close(): void {
    for (const s3 of this.#own) s3.close();
  }

  #listing(place: ListingPlace, s3: S3): Side {
    this.#used.add(s3);
    return openListingSide(place, { s3, budget: this.#budget, clock: this.#parts.clock });
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
      hasVersions:
        source.kind === 'inventory' || (source.kind === 'file' && (await hasVersionIds(source.name))),
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
    sourceBucket: bucketIdOf(source),
    destinationBucket: bucketIdOf(destination),
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
