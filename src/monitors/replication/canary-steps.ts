/** What is asked of the stores about one canary, and what the answers make of it. Faults that may pass are thrown. */
import { Fault } from '../../lib/fault.ts';
import type { S3 } from '../../s3/s3.ts';
import { type Canary, ownSentMs } from './canary-rows.ts';
import { canaryBody } from './canary-target.ts';

/** The stores of the estate, as far as canaries need them. */
export interface CanaryStores {
  /** The store that has a bucket, and its name there. */
  locate(bucketId: string): Promise<
    | {
        readonly store: { readonly s3: Pick<S3, 'headObject' | 'putObject' | 'deleteObject'> };
        readonly bucket: string;
      }
    | undefined
  >;
}

interface Parts {
  readonly stores: CanaryStores;
  /** Our clock. */
  readonly nowMs: () => number;
  readonly signal: AbortSignal;
}

export interface Writing {
  /** Whether it was tried before: it may be there. */
  readonly isRepeated: boolean;
  readonly tags: Readonly<Record<string, string>>;
  readonly patienceMs: number;
}

/** The canary once it is at its source. */
export async function write(canary: Canary, writing: Writing, parts: Parts): Promise<Canary> {
  const written = writing.isRepeated ? await found(canary, parts) : undefined;
  const { etag, versionId, storeMs, sentMs } = written ?? (await put(canary, writing, parts));
  const nowMs = parts.nowMs();
  return {
    ...canary,
    etag,
    versionId,
    sentMs: sentMs === 0 ? nowMs : sentMs,
    skewMs: sentMs === 0 || storeMs === 0 ? 0 : storeMs - nowMs,
    expectedByMs: nowMs + writing.patienceMs,
    state: 'under-way',
    problem: '',
  };
}

/** An object at the source. Times are the store's, 0 when it does not say. */
interface Written {
  readonly etag: string;
  readonly versionId: string;
  readonly storeMs: number;
  readonly sentMs: number;
}

async function put(canary: Canary, { tags }: Writing, { stores, signal }: Parts): Promise<Written> {
  const { store, bucket } = await located(canary.source, stores);
  const request = {
    bucket,
    key: canary.key,
    body: canaryBody(canary),
    metadata: { 'bucketwatch-canary': canary.key.slice(canary.key.lastIndexOf('/') + 1) },
    ...(Object.keys(tags).length === 0 ? {} : { tagging: tags }),
  };
  const { etag, versionId, storeMs } = await store.s3.putObject(request, signal);
  return { etag, versionId, storeMs, sentMs: storeMs };
}

/** What an attempt before left at the source. Not being allowed to look is no reason not to write. */
async function found(canary: Canary, { stores, signal }: Parts): Promise<Written | undefined> {
  const { store, bucket } = await located(canary.source, stores);
  const answer = await store.s3.headObject({ bucket, key: canary.key }, signal);
  if (answer.kind !== 'present' || answer.isDeleteMarker) return undefined;
  return { ...answer, sentMs: answer.modifiedMs };
}

/** The canary after one look for it. `missedMs`: when, by our clock, a look last did not see it. */
export async function look(canary: Canary, missedMs: number | undefined, parts: Parts): Promise<Canary> {
  const { store, bucket } = await located(canary.destination, parts.stores);
  const version =
    canary.matchBy === 'version' && canary.versionId !== '' ? { versionId: canary.versionId } : {};
  const answer = await store.s3.headObject({ bucket, key: canary.key, ...version }, parts.signal);
  const nowMs = parts.nowMs();
  const isOverdue = nowMs > canary.expectedByMs;
  if (answer.kind === 'denied') {
    const problem = `Cannot look for it in ${canary.destination}: ${answer.reason}.`;
    return { ...canary, state: isOverdue ? 'refused' : 'under-way', problem };
  }
  if (answer.kind === 'missing' || answer.isDeleteMarker) {
    const problem = isOverdue
      ? `It was not in ${canary.destination} after ${minutesText(nowMs - ownSentMs(canary))}.`
      : '';
    return { ...canary, state: isOverdue ? 'lost' : 'under-way', problem };
  }
  const elapsedMs = Math.max(0, nowMs - ownSentMs(canary));
  return {
    ...canary,
    state: 'arrived',
    problem: '',
    arrivedMs: canary.sentMs + elapsedMs,
    uncertaintyMs: missedMs === undefined ? elapsedMs : nowMs - missedMs,
    destinationVersionId: answer.versionId,
  };
}

/** The canary once it is deleted at its source, and at its destination where that is wanted. */
export async function remove(canary: Canary, isAtDestination: boolean, parts: Parts): Promise<Canary> {
  await removeFrom(canary.source, { key: canary.key, versionId: canary.versionId }, parts);
  if (isAtDestination && canary.state === 'arrived') {
    await removeFrom(canary.destination, { key: canary.key, versionId: canary.destinationVersionId }, parts);
  }
  return { ...canary, problem: canary.state === 'arrived' ? '' : canary.problem, removedMs: parts.nowMs() };
}

interface Version {
  readonly key: string;
  readonly versionId: string;
}

/** Deletes without leaving a delete marker, which is what a bucket whose versioning is suspended makes of a plain delete. */
async function removeFrom(
  bucketId: string,
  { key, versionId }: Version,
  { stores, signal }: Parts,
): Promise<void> {
  const { store, bucket } = await located(bucketId, stores);
  const version = versionId === '' ? {} : { versionId };
  const deleted = await store.s3.deleteObject({ bucket, key, ...version }, signal);
  if (versionId !== '' || !deleted.isDeleteMarker) return;
  await store.s3.deleteObject({ bucket, key, versionId: deleted.versionId || 'null' }, signal);
}

async function located(bucketId: string, stores: CanaryStores) {
  const found = await stores.locate(bucketId);
  if (found !== undefined) return found;
  const mend = 'add the store that has it to estate, and check the name';
  throw new Fault('not_found', `Cannot find the bucket ${bucketId}: no store of the estate has it; ${mend}.`);
}

function minutesText(ms: number): string {
  return `${Math.round(ms / 60_000)} min`;
}
