/** Whether a backup would be there when it is needed, from what is known of its bucket and its files. Pure. */
import { spanText } from '../../lib/span-text.ts';
import { copyRules, covers, versioningStatus } from './bucket-rules.ts';
import type { SafetyItem } from './safety.ts';
import { lifecycleItem, retentionItem } from './safety-lifecycle.ts';
import { lockItem } from './safety-lock.ts';
import {
  isGone,
  type ItemQuestion,
  type SafetyEvidence,
  someOf,
  whenText,
  whyUnknown,
} from './safety-question.ts';

/** Worst first; without a promise of how long runs are kept nothing is said of `retention`. */
export function safetyItems(question: ItemQuestion): SafetyItem[] {
  const items = [
    keptItem(question),
    lifecycleItem(question),
    retentionItem(question),
    replicaItem(question),
    lockItem(question),
    versioningItem(question),
  ];
  return worstFirst(items.filter((item) => item !== undefined));
}

const STATES: readonly SafetyItem['state'][] = ['bad', 'warn', 'unknown', 'good'];

/** What is not known is worse than what is good. */
function worstFirst(items: readonly SafetyItem[]): SafetyItem[] {
  return items.toSorted((a, b) => STATES.indexOf(a.state) - STATES.indexOf(b.state));
}

/** The item that says most of a series; nothing when nothing is said. */
export function worstItem(items: readonly SafetyItem[]): SafetyItem | undefined {
  return worstFirst(items)[0];
}

function keptItem(question: ItemQuestion): SafetyItem {
  const [state, sentence] = keptTold(question);
  return { what: 'kept', state, sentence };
}

type Told = readonly [state: SafetyItem['state'], sentence: string];

function keptTold({ subject, evidence, nowMs }: ItemQuestion): Told {
  const keys = subject.newestKeys;
  if (Object.values(evidence.configs).some(isGone))
    return ['bad', 'The store says that there is no such bucket.'];
  if (keys.length === 0) return ['unknown', NO_GOOD_RUN];
  const removed = evidence.files.filter(({ removedMs }) => removedMs !== undefined);
  const removedMs = Math.min(...removed.map((file) => file.removedMs ?? nowMs));
  if (removed.length > 0) {
    const names = someOf(removed.map(({ key }) => key));
    const when = `${whenText(removedMs)} (${spanText(Math.max(0, nowMs - removedMs) / 1000)} ago)`;
    const since = removed.length === 1 ? `was removed ${when}` : `were removed, first ${when}`;
    return ['bad', `${names} of the newest good run ${since}.`];
  }
  const known = new Set(evidence.files.map(({ key }) => key));
  const lost = keys.filter((key) => !known.has(key));
  if (lost.length > 0) return ['unknown', `Not known: nothing is stored of ${someOf(lost)}.`];
  const looked = evidence.files.flatMap(({ lookedMs }) => lookedMs ?? []);
  const asOf = looked.length === keys.length ? `, last looked at ${whenText(Math.min(...looked))}` : '';
  return keys.length === 1
    ? ['good', `The file of the newest good run is still there${asOf}.`]
    : ['good', `All ${keys.length} files of the newest good run are still there${asOf}.`];
}

function versioningItem({ evidence }: ItemQuestion): SafetyItem {
  const answer = evidence.configs.versioning;
  const unknown = whyUnknown(answer);
  if (unknown !== undefined) return { what: 'versioning', state: 'unknown', sentence: unknown };
  const status = versioningStatus(answer?.document ?? '');
  if (status === 'Enabled') {
    const sentence = 'Versioning is on: what is overwritten or deleted is still there as an older version.';
    return { what: 'versioning', state: 'good', sentence };
  }
  const is = status === 'Suspended' ? 'is suspended' : 'was never switched on';
  return {
    what: 'versioning',
    state: 'warn',
    sentence: `Versioning ${is}: who overwrites or deletes a backup does so for good.`,
  };
}

type CopyState = 'copied' | 'failed' | 'pending' | 'untold';

interface KeyCopy {
  readonly key: string;
  readonly sizeBytes: number;
  readonly state: CopyState;
  /** Whether its headers were looked at. */
  readonly isSeen: boolean;
  /** Where its copies are, as far as that is known. */
  readonly places: readonly string[];
  /** Why copying failed. */
  readonly reason: string;
}

function replicaItem(question: ItemQuestion): SafetyItem {
  const [state, sentence] = replicaTold(question);
  return { what: 'replica', state, sentence };
}

function replicaTold({ subject, evidence }: ItemQuestion): Told {
  const found = subject.newestKeys.map((key) => copyOf(key, evidence));
  const of = (state: CopyState): KeyCopy[] => found.filter((one) => one.state === state);
  const [failed] = of('failed');
  if (failed !== undefined) return ['bad', `${failed.key} was not copied: ${failed.reason}.`];
  const [copied, waiting] = [of('copied'), of('pending')];
  if (waiting.length > 0) {
    const names = someOf(waiting.map(({ key }) => key));
    return ['warn', `${copied.length} of ${found.length} files have a copy; ${names} waits for one.`];
  }
  // Of large runs not every file is looked at: those of which something tells speak for all.
  const told = found.filter(({ state, isSeen }) => state !== 'untold' || isSeen);
  if (told.length > 0 && copied.length === told.length) {
    const places = [...new Set(copied.flatMap((one) => one.places))];
    const where = places.length === 0 ? 'another bucket, as the store says' : places.join(', ');
    const every = told.length === found.length ? 'Every file' : `Each of the ${told.length} files looked at`;
    return ['good', `${every} of the newest good run has a copy in ${where}.`];
  }
  return copyRulesTold(of('untold'), evidence);
}

/** Of the version that is there now; what is judged of older ones says nothing. */
function copyOf(key: string, { files, copies }: SafetyEvidence): KeyCopy {
  const file = files.find((one) => one.key === key);
  const ofKey = copies.filter((copy) => copy.key === key);
  const newestMs = Math.max(...ofKey.map(({ writtenMs }) => writtenMs));
  const ofVersion = ofKey.filter(({ versionId, writtenMs }) =>
    file === undefined || file.versionId === '' ? writtenMs === newestMs : versionId === file.versionId,
  );
  const statuses = new Set([file?.replicationStatus ?? '', ...ofVersion.map(({ status }) => status)]);
  const told = {
    key,
    sizeBytes: file?.sizeBytes ?? 0,
    isSeen: file?.lookedMs !== undefined,
    places: statuses.has('REPLICA')
      ? ['the bucket it was copied from']
      : ofVersion.filter(({ status }) => status === 'COMPLETED').map(({ destination }) => destination),
    reason:
      ofVersion.find(({ status, reason }) => status === 'FAILED' && reason !== '')?.reason ?? SAYS_FAILED,
  };
  if (statuses.has('COMPLETED') || statuses.has('REPLICA')) return { ...told, state: 'copied' };
  if (statuses.has('FAILED')) return { ...told, state: 'failed' };
  return { ...told, state: statuses.has('PENDING') ? 'pending' : 'untold' };
}

/** Of files of which nothing tells whether they were copied. */
function copyRulesTold(untold: readonly KeyCopy[], { configs }: SafetyEvidence): Told {
  const answer = configs.replication;
  const unknown = whyUnknown(answer);
  if (unknown !== undefined) return ['unknown', unknown];
  if (answer?.state === 'absent') {
    const of = untold.length === 0 ? '' : ` of ${someOf(untold.map(({ key }) => key))}`;
    return ['warn', `No replication: this bucket has the only copy${of}.`];
  }
  const rules = copyRules(answer?.document ?? '');
  if (rules === undefined) return ['unknown', 'Not known: the replication rules cannot be read.'];
  const [first] = untold;
  if (first === undefined) return ['unknown', NO_GOOD_RUN];
  const ruleFor = (file: KeyCopy) => rules.find(({ filter }) => covers(filter, file));
  const alone = untold.filter((file) => ruleFor(file) === undefined).map(({ key }) => key);
  if (alone.length > 0)
    return ['warn', `No replication rule in force is for ${someOf(alone)}: this bucket has the only copy.`];
  const { id, filter } = ruleFor(first) ?? { id: '', filter: { tags: [] } };
  const tagged = filter.tags.length === 0 ? '' : `, if tagged ${filter.tags.join(', ')}`;
  const names = someOf(untold.map(({ key }) => key));
  return ['warn', `Rule ${id} is to copy ${names}${tagged}; nothing tells that it did.`];
}

const SAYS_FAILED = 'the store says FAILED';
const NO_GOOD_RUN = 'Not known: there is no good run yet.';
