/** Whether somebody could remove the newest backup: from the locks of its files, else by the rule of the bucket. */
import { spanText } from '../../lib/span-text.ts';
import { type DefaultRetention, defaultRetention } from './bucket-rules.ts';
import type { SafetyItem } from './safety.ts';
import { type ItemQuestion, type SafetyFile, someOf, whenText, whyUnknown } from './safety-question.ts';

type Told = readonly [state: SafetyItem['state'], sentence: string];

export function lockItem(question: ItemQuestion): SafetyItem {
  const [state, sentence] = told(question);
  return { what: 'object-lock', state, sentence };
}

function told(question: ItemQuestion): Told {
  const { nowMs } = question;
  const all = question.evidence.files;
  const seen = all.filter(({ lookedMs }) => lookedMs !== undefined);
  // Of large runs not every file is looked at: those that were speak for all.
  const files = seen.length === 0 ? all : seen;
  const held = files.filter((file) => isHeld(file, nowMs));
  if (files.length > 0 && held.length === files.length) {
    const [state, sentence] = allHeld(held, question);
    return [state, held.length < all.length ? `${sentence} ${seenText(seen.length, all.length)}` : sentence];
  }
  const others = files.filter((file) => !isHeld(file, nowMs));
  const ended = others.find(({ lock }) => lock !== undefined);
  if (ended?.lock !== undefined)
    return ['warn', `The lock of ${ended.key} ended ${whenText(ended.lock.untilMs)}: it can be removed.`];
  if (held.length === 0) return byRule(question);
  const unseen = unseenReason(others);
  const names = someOf(others.map(({ key }) => key));
  const some = `${held.length} of ${files.length} files are locked`;
  return unseen === undefined
    ? ['warn', `${some}; the store tells of no lock of ${names}.`]
    : ['unknown', `${some}; of ${names} it is not known: ${unseen}.`];
}

function isHeld({ lock, isLegalHold }: SafetyFile, nowMs: number): boolean {
  return isLegalHold || (lock !== undefined && lock.untilMs > nowMs);
}

function seenText(seen: number, all: number): string {
  return `So say the ${seen} of ${all} files that were looked at.`;
}

/** Why not all files were looked at; nothing when all were. */
function unseenReason(files: readonly SafetyFile[]): string | undefined {
  const unseen = files.find(({ lookedMs, problem }) => lookedMs === undefined || problem !== '');
  if (unseen === undefined) return undefined;
  return unseen.problem === '' ? 'its headers were not looked at yet' : unseen.problem.replace(/\.$/, '');
}

function allHeld(held: readonly SafetyFile[], { subject, nowMs }: ItemQuestion): Told {
  const locks = held.flatMap(({ lock, isLegalHold }) => (lock === undefined || isLegalHold ? [] : [lock]));
  if (locks.length === 0) return ['good', 'A legal hold: it cannot be removed until somebody lifts that.'];
  const untilMs = Math.min(...locks.map((lock) => lock.untilMs));
  const mode = locks.some((lock) => lock.mode === 'GOVERNANCE') ? 'GOVERNANCE' : 'COMPLIANCE';
  const sentence = `Locked until ${whenText(untilMs)} (${spanText((untilMs - nowMs) / 1000)} left), ${modeText(mode)}`;
  return untilText(sentence, untilMs, subject.nextDeadlineMs);
}

function modeText(mode: string): string {
  return mode === 'GOVERNANCE'
    ? 'GOVERNANCE: who has s3:BypassGovernanceRetention can lift it.'
    : 'COMPLIANCE: nobody can remove it before.';
}

function untilText(sentence: string, untilMs: number, deadlineMs: number | undefined): Told {
  if (deadlineMs === undefined || untilMs >= deadlineMs) return ['good', sentence];
  return ['warn', `${sentence} That is before the next run has to be there (${whenText(deadlineMs)}).`];
}

function byRule(question: ItemQuestion): Told {
  const { files, configs } = question.evidence;
  const answer = configs.object_lock;
  const unseen = files.length === 0 ? 'there is no good run yet' : unseenReason(files);
  const unknown = whyUnknown(answer);
  if (unknown !== undefined) return ['unknown', unknown];
  if (answer?.state === 'absent')
    return ['warn', 'No Object Lock: who may delete can remove every backup, older versions too.'];
  const retention = defaultRetention(answer?.document ?? '');
  if (retention !== undefined) return ruled(retention, unseen, question);
  if (unseen !== undefined)
    return ['unknown', `Object Lock is on without a rule; of the files it is not known: ${unseen}.`];
  return [
    'warn',
    'Object Lock is on without a rule, and the store tells of no lock of these files; ' +
      'without s3:GetObjectRetention it tells of none.',
  ];
}

/** By the rule alone: what a file's own headers say was not to be had. */
function ruled(
  { mode, ms }: DefaultRetention,
  unseen: string | undefined,
  { subject, evidence, nowMs }: ItemQuestion,
): Told {
  const rule = `By the rule of the bucket files are locked for ${spanText(ms / 1000)}, ${modeText(mode)}`;
  const why = unseen ?? 'the store tells of no lock of theirs, for which s3:GetObjectRetention is needed';
  const [oldest] = [...evidence.files].sort((a, b) => a.atMs - b.atMs);
  if (oldest === undefined) return ['good', `${rule} Of files it is not known: ${why}.`];
  const untilMs = oldest.atMs + ms;
  const sentence = `${rule} These would be until ${whenText(untilMs)}, by rule: ${why}.`;
  return untilMs > nowMs ? untilText(sentence, untilMs, subject.nextDeadlineMs) : ['warn', sentence];
}
