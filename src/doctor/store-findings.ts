/** A store of the estate, asked for everything the monitors ask of it, with requests that only read. */
import { spanText } from '../lib/span-text.ts';
import type { Clock } from '../lib/clock.ts';
import { type AspectAnswer, isRefused } from '../s3/aspect-answer.ts';
import { type Aspect, ASPECT_NAMES, ASPECTS } from '../s3/aspects.ts';
import type { Store } from '../s3/estate.ts';
import { failureOf } from '../s3/s3-fault.ts';
import { type Finding, ok, refused, tried } from './finding.ts';
import { type NotificationConfiguration, tellings } from './notifications.ts';

interface StoreRequest {
  /** Buckets that are asked; the first of them in the order of their names. */
  readonly bucketsMax: number;
  /** Whether monitors read objects and versions. */
  readonly readsObjects: boolean;
}

interface StoreParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

interface Answered {
  readonly bucket: string;
  readonly aspect: Aspect;
  readonly answer: AspectAnswer;
}

/** Clock, list, configurations, objects, events. A store that does not answer is asked no more. */
export async function storeFindings(request: StoreRequest, parts: StoreParts): Promise<Finding[]> {
  const { store } = parts;
  const clock = await clockFinding(parts);
  const { finding, names } = await listed(parts);
  if (names.length === 0) return [clock, finding];
  const asked = names.slice(0, request.bucketsMax);
  const answers: Answered[] = [];
  for (const bucket of asked) answers.push(...(await answersOf(bucket, parts)));
  const gone = answers.filter(isGone).map(({ bucket }) => bucket);
  const there = asked.filter((bucket) => !gone.includes(bucket));
  const objects = request.readsObjects ? await objectFindings(there, parts) : [];
  return [
    clock,
    finding,
    ...leftOut(store, names.length - asked.length),
    ...gone.map((bucket) => goneFinding(store, bucket)),
    ...aspectFindings(store, answers),
    ...grouped(objects),
    ...eventFindings(store, answers),
  ];
}

/** Everything there is to ask, of a bucket that is there. */
async function answersOf(bucket: string, { store, signal }: StoreParts): Promise<Answered[]> {
  const answers: Answered[] = [];
  for (const aspect of ASPECT_NAMES) {
    const answered = { bucket, aspect, answer: await store.buckets.read(bucket, aspect, signal) };
    answers.push(answered);
    if (isGone(answered)) break;
  }
  return answers;
}

function isGone({ aspect, answer }: Answered): boolean {
  return aspect === 'bucket' && answer.state === 'absent';
}

function goneFinding(store: Store, bucket: string): Finding {
  return {
    check: `store ${store.name}: bucket ${bucket}`,
    result: 'missing',
    sentence: 'There is no such bucket.',
    firstStep: 'Check its name in estate[].buckets, the account and the endpoint.',
    isNeeded: true,
  };
}

/** S3 refuses requests that are 15 minutes off. Source: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
const SKEW_MS = { warn: 60_000, failed: 900_000 } as const;
const HEAD_MS_MAX = 5_000;

async function clockFinding({ store, clock, signal }: StoreParts): Promise<Finding> {
  const check = `store ${store.name}: clock`;
  try {
    const askedMs = clock.nowMs();
    const answer = await fetch(store.endpoint === '' ? 'https://s3.amazonaws.com' : store.endpoint, {
      method: 'HEAD',
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(HEAD_MS_MAX)]),
    });
    const storeMs = Date.parse(answer.headers.get('date') ?? '');
    if (Number.isNaN(storeMs))
      return { ...ok(check, 'The store does not say what time it is.'), result: 'warn', isNeeded: false };
    return skewFinding(check, Math.abs((askedMs + clock.nowMs()) / 2 - storeMs));
  } catch (error) {
    const { name, code } = failureOf(
      error instanceof Error && error.cause !== undefined ? error.cause : error,
    );
    return {
      check,
      result: 'unreachable',
      sentence: `${store.endpoint || 'S3'} does not answer (${code ?? name}).`,
      firstStep: 'See whether the endpoint is right and this machine gets there.',
      isNeeded: false,
    };
  }
}

function skewFinding(check: string, skewMs: number): Finding {
  // The header has whole seconds.
  const sentence = `Our clock and the store's differ by ${spanText(Math.max(0, skewMs - 1000) / 1000)}.`;
  if (skewMs < SKEW_MS.warn) return ok(check, sentence);
  const result = skewMs < SKEW_MS.failed ? 'warn' : 'failed';
  return { check, result, sentence, firstStep: 'Set the clock of this machine (NTP).', isNeeded: true };
}

async function listed({ store, signal }: StoreParts): Promise<{ finding: Finding; names: string[] }> {
  const asked = {
    check: `store ${store.name}: s3:ListAllMyBuckets`,
    action: 's3:ListAllMyBuckets',
    resource: '*',
    isNeeded: true,
  };
  const names: string[] = [];
  let isNamed = false;
  try {
    for await (const bucket of store.buckets.listBuckets(signal)) {
      names.push(bucket.name);
      isNamed ||= bucket.isNamed === true;
    }
  } catch (error) {
    signal.throwIfAborted();
    const finding = refused(asked, error);
    return { finding: isRefused(error) ? { ...finding, result: 'denied' } : finding, names: [] };
  }
  names.sort();
  if (isNamed) {
    const sentence = `The list of buckets is denied; the ${names.length} named in the configuration are watched.`;
    const firstStep = 'Grant s3:ListAllMyBuckets on * to have patterns work; named buckets do without.';
    return { finding: { ...asked, result: 'denied', sentence, firstStep, isNeeded: false }, names };
  }
  if (names.length > 0) return { finding: ok(asked.check, `${names.length} buckets are watched.`), names };
  const sentence = 'The store has no bucket that is watched.';
  const firstStep = 'Check the patterns in estate[].buckets, and whose buckets these credentials see.';
  return { finding: { ...asked, result: 'warn', sentence, firstStep, isNeeded: false }, names };
}

function leftOut(store: Store, count: number): Finding[] {
  if (count <= 0) return [];
  const sentence = `${count} more buckets were not asked.`;
  const firstStep = 'Ask more of them with --buckets.';
  return [{ check: `store ${store.name}: buckets`, result: 'warn', sentence, firstStep, isNeeded: false }];
}

const WORDS = { denied: 'denied', unsupported: 'unsupported', failed: 'unreachable' } as const;

/** One finding for each action that was refused somewhere, and one for the rest. */
function aspectFindings(store: Store, answers: readonly Answered[]): Finding[] {
  const refusals = answers.flatMap(({ bucket, aspect, answer }) => {
    if (answer.state === 'present' || answer.state === 'absent') return [];
    const { action } = ASPECTS[aspect];
    const resource = `arn:aws:s3:::${bucket}`;
    const result = WORDS[answer.state];
    const finding: Finding = {
      check: `store ${store.name}: ${action}`,
      result,
      sentence: `${bucket}: ${answer.reason}`,
      firstStep: result === 'denied' ? `Grant ${action} on ${resource}.` : OTHERWISE[result],
      isNeeded: result === 'denied',
      ...(result === 'denied' ? { action, resource } : {}),
    };
    return [finding];
  });
  const check = `store ${store.name}: configurations`;
  const granted = answers.length - refusals.length;
  return [
    ok(check, `${granted} of ${answers.length} questions about buckets were answered.`),
    ...grouped(refusals),
  ];
}

const OTHERWISE = {
  unsupported: 'The store does not offer it; what depends on it is UNSUPPORTED.',
  unreachable: 'No answer that could be read: try again later.',
} as const;

/** Findings of one check and result as one, which names every resource. */
function grouped(findings: readonly Finding[]): Finding[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const id = `${finding.check} ${finding.result}`;
    groups.set(id, [...(groups.get(id) ?? []), finding]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined || group.length === 1) return group;
    const resources = group.flatMap(({ resource }) => resource ?? []).join(', ');
    const firstStep = resources === '' ? first.firstStep : `Grant ${first.action} on ${resources}.`;
    const more = `${first.sentence} (and ${group.length - 1} more)`;
    return [{ ...first, sentence: more, firstStep, ...(resources === '' ? {} : { resource: resources }) }];
  });
}

/** A key of each bucket, or one that is not there: reading about it takes the same permission. */
async function objectFindings(buckets: readonly string[], parts: StoreParts): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const bucket of buckets) {
    const { s3, name } = parts.store;
    const arn = `arn:aws:s3:::${bucket}`;
    const about = (action: string, resource: string) => ({
      check: `store ${name}: ${action}`,
      action,
      resource,
      isNeeded: true,
    });
    let key = NO_KEY;
    const list = await tried(about('s3:ListBucket', arn), async () => {
      const page = await s3.listPage({ bucket, prefix: '', maxKeys: 1 }, parts.signal);
      key = page.objects[0]?.key ?? NO_KEY;
    });
    const versions = await tried({ ...about('s3:ListBucketVersions', arn), isNeeded: false }, () =>
      s3.listVersionsPage({ bucket, prefix: '', maxKeys: 1 }, parts.signal),
    );
    if (list.result !== 'ok') {
      // Without s3:ListBucket S3 refuses also what is not there.
      findings.push(list, versions);
      continue;
    }
    const head = await headFinding(about('s3:GetObject', `${arn}/*`), () =>
      s3.headObject({ bucket, key }, parts.signal),
    );
    findings.push(list, versions, head);
  }
  return findings;
}

const NO_KEY = '.bucketwatch/doctor';

async function headFinding(
  asked: Parameters<typeof tried>[0],
  look: () => ReturnType<Store['s3']['headObject']>,
): Promise<Finding> {
  try {
    const answer = await look();
    if (answer.kind !== 'denied') return tried(asked, () => Promise.resolve());
    const { check, action, resource, isNeeded } = asked;
    const firstStep = `Grant ${action} on ${resource}; for objects encrypted with KMS also kms:Decrypt on the key.`;
    return { check, result: 'denied', sentence: answer.reason, firstStep, isNeeded, action, resource };
  } catch (error) {
    return refused(asked, error);
  }
}

/** Which buckets tell of events. That one does not is no fault: listings and looks tell too, later. */
function eventFindings(store: Store, answers: readonly Answered[]): Finding[] {
  return answers
    .filter(({ aspect }) => aspect === 'notification')
    .map(({ bucket, answer }) => {
      const id = store.idOf(bucket);
      const check = `events of ${id}`;
      if (answer.state !== 'present' && answer.state !== 'absent')
        return {
          check,
          result: WORDS[answer.state],
          sentence: `Whether it tells of events is not known: ${answer.reason}`,
          firstStep:
            answer.state === 'denied' ? `Grant s3:GetBucketNotification on arn:aws:s3:::${bucket}.` : '',
          isNeeded: false,
        };
      const told =
        answer.state === 'present' ? tellings(JSON.parse(answer.document) as NotificationConfiguration) : [];
      if (told.length > 0) return { ...ok(check, `It tells of ${told.join('; ')}.`), isNeeded: false };
      return {
        check,
        result: 'warn',
        sentence: 'It tells nobody of events: what happens in it is seen later, in logs and looks.',
        firstStep: `bucketwatch doctor --notifications ${id} shows what to add.`,
        isNeeded: false,
      };
    });
}
