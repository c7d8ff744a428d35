/** Whether the rules of a bucket, or whoever cleans up, remove backups too early. */
import { spanText } from '../../lib/span-text.ts';
import { covers, type LifecycleRule, lifecycleRules, ruleMs, versioningStatus } from './bucket-rules.ts';
import type { SafetyItem } from './safety.ts';
import {
  type ItemQuestion,
  type SafetyFile,
  type SeriesHistory,
  whenText,
  whyUnknown,
} from './safety-question.ts';

const DAY_MS = 86_400_000;

type Told = readonly [state: SafetyItem['state'], sentence: string];

/** What a rule does to a file, and when. */
interface Hit {
  readonly rule: LifecycleRule;
  readonly file: SafetyFile;
  readonly atMs: number;
  /** The class a file is moved to; empty when it is removed. */
  readonly to: string;
}

/** Whether a rule removes the newest good run before the next has to be there. */
export function lifecycleItem(question: ItemQuestion): SafetyItem {
  const [state, sentence] = lifecycleTold(question);
  return { what: 'lifecycle', state, sentence };
}

function lifecycleTold(question: ItemQuestion): Told {
  const { evidence, subject, nowMs } = question;
  const answer = evidence.configs.lifecycle;
  const unknown = whyUnknown(answer);
  if (unknown !== undefined) return ['unknown', unknown];
  if (answer?.state === 'absent') return ['good', 'No lifecycle rule removes anything.'];
  const rules = lifecycleRules(answer?.document ?? '');
  if (rules === undefined) return ['unknown', 'Not known: the rules of the bucket cannot be read.'];
  const files = evidence.files.filter(({ removedMs }) => removedMs === undefined);
  if (files.length === 0) return ['unknown', 'Not known: there are no files of a good run to hold rules to.'];
  const removals = removalsOf(files, rules);
  const { nextDeadlineMs } = subject;
  // A run that is overdue may come yet: what is removed before is removed too early all the same.
  const untilMs = nextDeadlineMs === undefined ? undefined : Math.max(nextDeadlineMs, nowMs);
  const [state, sentence] = removalTold(removals, untilMs, {
    isVersioned: isVersioned(question),
  });
  const moves = movesOf(files, rules);
  return [state, [sentence, ...moves.slice(0, 1).map(moveText)].join(' ')];
}

function isVersioned({ evidence }: ItemQuestion): boolean {
  return versioningStatus(evidence.configs.versioning?.document ?? '') === 'Enabled';
}

/** In order of time. */
function removalsOf(files: readonly SafetyFile[], rules: readonly LifecycleRule[]): Hit[] {
  return rules
    .flatMap((rule) =>
      files
        .filter((file) => covers(rule.filter, file))
        .flatMap((file) =>
          rule.expiry === undefined ? [] : [{ rule, file, atMs: ruleMs(rule.expiry, file.atMs), to: '' }],
        ),
    )
    .sort((a, b) => a.atMs - b.atMs);
}

function movesOf(files: readonly SafetyFile[], rules: readonly LifecycleRule[]): Hit[] {
  return rules
    .flatMap((rule) =>
      files
        .filter((file) => covers(rule.filter, file) && file.sizeBytes >= rule.moveBytesMin)
        .flatMap((file) =>
          rule.moves.map(({ to, time }) => ({ rule, file, atMs: ruleMs(time, file.atMs), to })),
        ),
    )
    .sort((a, b) => a.atMs - b.atMs);
}

function removalTold(
  removals: readonly Hit[],
  untilMs: number | undefined,
  { isVersioned: keepsVersion }: { readonly isVersioned: boolean },
): Told {
  const [first] = removals;
  if (first === undefined) return ['good', 'No lifecycle rule removes them.'];
  if (untilMs === undefined)
    return ['unknown', `${removalText(first)}; by when the next run has to be there is not known.`];
  const early = removals.filter(({ atMs }) => atMs < untilMs);
  const sure = early.find(({ rule }) => rule.filter.tags.length === 0);
  const next = `before the next run has to be there (${whenText(untilMs)})`;
  if (sure !== undefined) {
    const version = keepsVersion
      ? ' Its version stays behind a delete marker until a rule removes that.'
      : '';
    return ['bad', `${removalText(sure)}, ${next}.${version}`];
  }
  const [tagged] = early;
  if (tagged !== undefined) return ['unknown', `${removalText(tagged)}, ${next}; tags are not read.`];
  return ['good', `${removalText(first)}, after the next run has to be there (${whenText(untilMs)}).`];
}

function removalText(hit: Hit): string {
  return `Rule ${hit.rule.id} removes ${hit.file.key}${ifTagged(hit)} at ${whenText(hit.atMs)}`;
}

function moveText(hit: Hit): string {
  const { rule, file, atMs, to } = hit;
  const moves = `Rule ${rule.id} moves ${file.key}${ifTagged(hit)} to ${to} at ${whenText(atMs)}`;
  return `${moves}: from then on it has to be restored before it can be read.`;
}

function ifTagged({ rule }: Hit): string {
  const { tags } = rule.filter;
  return tags.length === 0 ? '' : `, if it has the tag ${tags.join(', ')},`;
}

/** Whether runs are kept as long as was promised, and not much longer; nothing where nothing was promised. */
export function retentionItem(question: ItemQuestion): SafetyItem | undefined {
  const { keepMs } = question.subject;
  if (keepMs === undefined) return undefined;
  const [state, sentence] = ruleTold(question, keepMs) ?? historyTold(question, keepMs);
  return { what: 'retention', state, sentence };
}

/** What a rule breaks of the promise, however young the series is. */
function ruleTold({ evidence }: ItemQuestion, keepMs: number): Told | undefined {
  const { files, configs } = evidence;
  const rules = lifecycleRules(configs.lifecycle?.document ?? '') ?? [];
  const early = removalsOf(files, rules).filter(({ atMs, file }) => atMs < file.atMs + keepMs);
  const sure = early.find(({ rule }) => rule.filter.tags.length === 0);
  if (sure !== undefined) return ['bad', `${removalText(sure)}; ${promised(keepMs)}.`];
  const [tagged] = early;
  return tagged === undefined
    ? undefined
    : ['unknown', `${removalText(tagged)}; ${promised(keepMs)}; tags are not read.`];
}

function promised(keepMs: number): string {
  return `${spanText(keepMs / 1000)} are promised`;
}

function historyTold(question: ItemQuestion, keepMs: number): Told {
  const { evidence, subject, nowMs } = question;
  const { history, files } = evidence;
  if (history === undefined) return ['unknown', 'Not known: no file of it is known.'];
  const newestMs = Math.max(...files.map(({ atMs }) => atMs));
  const periodMs = Math.max(0, (subject.nextDeadlineMs ?? 0) - newestMs);
  // What is removed runs when it runs, and runs are a period apart.
  const roomMs = Math.max(DAY_MS, keepMs / 10, Number.isFinite(periodMs) ? periodMs : 0);
  return ageTold(history, { keepMs, roomMs, nowMs, isVersioned: isVersioned(question) });
}

interface Promised {
  readonly keepMs: number;
  readonly roomMs: number;
  readonly nowMs: number;
  readonly isVersioned: boolean;
}

function ageTold(history: SeriesHistory, { keepMs, roomMs, nowMs, isVersioned: keeps }: Promised): Told {
  const { firstMs, oldestKeptMs, isOverwritten } = history;
  if (oldestKeptMs === undefined) return ['bad', `No file of it is kept; ${promised(keepMs)}.`];
  const age = `The oldest kept file is ${spanText((nowMs - oldestKeptMs) / 1000)} old`;
  const expectedMs = Math.max(firstMs, nowMs - keepMs);
  if (oldestKeptMs > expectedMs + roomMs) {
    if (isOverwritten && keeps)
      return ['unknown', 'Not known: files are written again in place, and older versions are not listed.'];
    const why = isOverwritten ? ', as files are written again in place' : '';
    return ['bad', `${age}${why}; ${promised(keepMs)}.`];
  }
  if (nowMs - oldestKeptMs > 2 * keepMs + roomMs)
    return ['warn', `${age}, more than twice what is promised (${spanText(keepMs / 1000)}): it costs.`];
  const isYoung = firstMs > nowMs - keepMs;
  return [
    'good',
    isYoung ? `${age}, and so is the series; ${promised(keepMs)}.` : `${age}; ${promised(keepMs)}.`,
  ];
}
