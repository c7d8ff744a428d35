/** What became of each run, and with the newest what the series is. */
import { bytesText } from '../../lib/size-text.ts';
import { spanText } from '../../lib/span-text.ts';
import { type Arrival, type JudgingTime, type Run, type RunRule, runsOf } from './runs.ts';

/** What can be wrong with a run that came; the first that applies is its verdict. */
export const RUN_VERDICTS = [
  'ok',
  'late',
  'missing',
  'too-small',
  'too-large',
  'incomplete',
  'duplicate',
  'wrong-content',
  /** Its deadline is not past: it may still become right. */
  'expected',
] as const;
export type RunVerdict = (typeof RUN_VERDICTS)[number];

export const SERIES_VERDICTS = [
  'new',
  'learning',
  'ok',
  'late',
  'missing',
  'too-small',
  'too-large',
  'incomplete',
  'duplicate',
  'wrong-content',
  'paused',
  'retired',
] as const;
export type SeriesVerdict = (typeof SERIES_VERDICTS)[number];

/** What a run has to be. */
export interface SeriesRule extends RunRule {
  /** Smallest sum of a run's files. */
  readonly sizeBytesMin?: number;
  readonly sizeBytesMax?: number;
  /** How far a run may be from the median of the runs before it, as shares of that; absent: it does not matter. */
  readonly change?: { readonly down?: number; readonly up?: number; readonly runs: number };
  /** When somebody said that this is what runs are now, oldest first: for runs since then those before count no more. */
  readonly baselinesMs?: readonly number[];
  readonly members?: Members;
  /** Whether a run with the same content as the one before is wrong. */
  readonly refusesDuplicates?: boolean;
}

export type Members =
  | { readonly kind: 'names'; readonly names: readonly string[] }
  /** So many files, or so many members where the pattern names them. */
  | { readonly kind: 'count'; readonly count: number }
  /** As many as the most of the last runs had. */
  | { readonly kind: 'usual'; readonly runs: number };

export interface JudgedRun extends Run {
  readonly verdict: RunVerdict;
  /** Why, with the numbers. */
  readonly sentence: string;
  readonly sizeBytes: number;
  /** When the last file came that made it right, or the last file at all; nothing without any. */
  readonly arrivedMs: number | undefined;
  readonly members: number;
  /** Nothing when it does not matter. */
  readonly membersExpected: number | undefined;
  /** From when on the verdict holds: the deadline of what did not come, else the arrival. */
  readonly sinceMs: number;
}

/** Every run judged as of `time`, oldest first. */
export function judgedRuns(rule: SeriesRule, arrivals: readonly Arrival[], time: JudgingTime): JudgedRun[] {
  const judged: JudgedRun[] = [];
  for (const run of runsOf(rule, arrivals, time))
    judged.push(judgedRun(run, rule, { before: judged, nowMs: time.nowMs }));
  return judged;
}

interface History {
  readonly before: readonly JudgedRun[];
  readonly nowMs: number;
}

interface Fault {
  readonly verdict: Exclude<RunVerdict, 'ok' | 'late' | 'missing' | 'expected'>;
  readonly sentence: string;
}

function judgedRun(run: Run, rule: SeriesRule, history: History): JudgedRun {
  const { before, nowMs } = history;
  const files = newestOfEach(run);
  const baselineMs = baselineOf(rule, files);
  const membersExpected = expectedMembers(rule, before, baselineMs);
  const there = membersOf(files);
  const made = {
    ...run,
    sizeBytes: files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    members: there.size,
    membersExpected,
  };
  const [first] = files;
  if (first === undefined) return { ...made, ...absent(run, nowMs), arrivedMs: undefined };
  const right = rightInTime(run, rule, history);
  if (right?.isWhole === true) return right.run;
  // What comes after its deadline has the grace from its first file on to be whole, and is missing until then.
  const judgedMs = first.atMs > run.deadlineMs ? first.atMs + rule.graceMs : run.deadlineMs;
  const arrivedMs = files.at(-1)?.atMs ?? first.atMs;
  const fault = faultOf({ files, there, made, baselineMs }, rule, before);
  if (fault !== undefined && nowMs < judgedMs) {
    const { verdict, sinceMs } = absent(run, nowMs);
    const sentence = `${verdict === 'missing' ? 'Not whole by the deadline. ' : ''}So far: ${fault.sentence}`;
    return { ...made, arrivedMs, verdict, sinceMs, sentence };
  }
  if (fault !== undefined) return { ...made, arrivedMs, ...fault, sinceMs: judgedMs };
  if (right !== undefined) return right.run;
  const lateMs = arrivedMs - run.deadlineMs;
  const came = `${bytesText(made.sizeBytes)} in ${files.length === 1 ? '1 file' : `${files.length} files`}`;
  return lateMs > 0
    ? {
        ...made,
        arrivedMs,
        verdict: 'late',
        sentence: `${came}, ${spanText(lateMs / 1000)} after the deadline.`,
        sinceMs: run.deadlineMs,
      }
    : { ...made, arrivedMs, verdict: 'ok', sentence: `${came}.`, sinceMs: arrivedMs };
}

/**
 * The run without what came after its deadline, when it was right by then: more files make it neither late nor too
 * large. It is whole unless one of them replaced a file of it.
 */
function rightInTime(
  run: Run,
  rule: SeriesRule,
  history: History,
): { readonly run: JudgedRun; readonly isWhole: boolean } | undefined {
  const [first, last] = [run.files[0], run.files.at(-1)];
  if (first === undefined || first.atMs > run.deadlineMs) return undefined;
  if (last === undefined || last.atMs <= run.deadlineMs) return undefined;
  const files = run.files.filter(({ atMs }) => atMs <= run.deadlineMs);
  const judged = judgedRun({ ...run, files }, rule, history);
  if (judged.verdict !== 'ok') return undefined;
  const keys = new Set(files.map(({ key }) => key));
  return { run: judged, isWhole: !run.files.slice(files.length).some(({ key }) => keys.has(key)) };
}

function absent(run: Run, nowMs: number): Pick<JudgedRun, 'verdict' | 'sentence' | 'sinceMs'> {
  if (nowMs >= run.deadlineMs)
    return { verdict: 'missing', sentence: 'Nothing came by the deadline.', sinceMs: run.deadlineMs };
  const isDue = nowMs >= run.dueMs;
  return {
    verdict: 'expected',
    sentence: isDue ? 'Due, and not here yet.' : 'Not due yet.',
    sinceMs: run.opensMs,
  };
}

/** A key written again replaces what was there before; what was removed before the run had to be there is not of it. */
function newestOfEach({ files, deadlineMs }: Pick<Run, 'files' | 'deadlineMs'>): readonly Arrival[] {
  const newest = files.length < 2 ? files : [...new Map(files.map((file) => [file.key, file])).values()];
  return newest.filter(({ removedMs }) => removedMs === undefined || removedMs > deadlineMs);
}

/** The last time somebody said that this is what runs are, and this one was there; 0 when nobody did. */
function baselineOf({ baselinesMs }: SeriesRule, files: readonly Arrival[]): number {
  const arrivedMs = files.at(-1)?.atMs ?? 0;
  return baselinesMs?.findLast((ms) => ms <= arrivedMs) ?? 0;
}

function membersOf(files: readonly Arrival[]): Set<string> {
  return new Set(files.map(({ member, key }) => (member === '' ? key : member)));
}

function expectedMembers(
  { members }: SeriesRule,
  before: readonly JudgedRun[],
  sinceMs: number,
): number | undefined {
  switch (members?.kind) {
    case undefined:
      return undefined;
    case 'names':
      return members.names.length;
    case 'count':
      return members.count;
    case 'usual': {
      const usual = lastGood(before, { runs: members.runs, sinceMs });
      return usual.length === 0 ? undefined : Math.max(...usual.map((run) => run.members));
    }
  }
}

interface MadeRun {
  /** The newest of each key. */
  readonly files: readonly Arrival[];
  /** Members, by name or key. */
  readonly there: ReadonlySet<string>;
  readonly made: Pick<JudgedRun, 'sizeBytes' | 'membersExpected'>;
  /** Runs before it say nothing of this one. */
  readonly baselineMs: number;
}

function faultOf(run: MadeRun, rule: SeriesRule, before: readonly JudgedRun[]): Fault | undefined {
  return (
    incomplete(run, rule) ?? wrongSize(run, rule, before) ?? duplicate(run, rule, before) ?? wrongContent(run)
  );
}

function wrongContent({ files }: MadeRun): Fault | undefined {
  const wrong = files.find(({ look }) => look?.content?.result === 'wrong');
  return wrong === undefined
    ? undefined
    : { verdict: 'wrong-content', sentence: `${wrong.key}: ${wrong.look?.content?.sentence ?? ''}` };
}

function incomplete({ there, made }: MadeRun, rule: SeriesRule): Fault | undefined {
  const { membersExpected } = made;
  if (membersExpected === undefined) return undefined;
  const missing = rule.members?.kind === 'names' ? rule.members.names.filter((name) => !there.has(name)) : [];
  const present = rule.members?.kind === 'names' ? membersExpected - missing.length : there.size;
  if (present >= membersExpected) return undefined;
  const names = missing.slice(0, 3).join(', ');
  const more = missing.length > 3 ? ` and ${missing.length - 3} more` : '';
  const which = missing.length === 0 ? '' : `; missing: ${names}${more}`;
  return { verdict: 'incomplete', sentence: `${present} of ${membersExpected} members${which}.` };
}

function wrongSize(
  { made: { sizeBytes }, baselineMs }: MadeRun,
  rule: SeriesRule,
  before: readonly JudgedRun[],
): Fault | undefined {
  const { sizeBytesMin: min, sizeBytesMax: max, change } = rule;
  const fault = (verdict: 'too-small' | 'too-large', why: string): Fault => ({
    verdict,
    sentence: `${bytesText(sizeBytes)}, ${why}.`,
  });
  if (min !== undefined && sizeBytes < min) return fault('too-small', `at least ${bytesText(min)} expected`);
  if (max !== undefined && sizeBytes > max) return fault('too-large', `at most ${bytesText(max)} expected`);
  const usual = change === undefined ? undefined : usualSize(before, change.runs, baselineMs);
  if (change === undefined || usual === undefined || usual === 0) return undefined;
  const share = sizeBytes / usual - 1;
  const than = (): string => `than the median of the last runs (${bytesText(usual)})`;
  if (change.down !== undefined && -share > change.down)
    return fault('too-small', `${percent(-share)} less ${than()}`);
  if (change.up !== undefined && share > change.up)
    return fault('too-large', `${percent(share)} more ${than()}`);
  return undefined;
}

/** Median of the last good runs; nothing before there were three. */
export function usualSize(before: readonly JudgedRun[], runs: number, sinceMs: number): number | undefined {
  const sizes = lastGood(before, { runs, sinceMs })
    .map(({ sizeBytes }) => sizeBytes)
    .sort((a, b) => a - b);
  return sizes.length < Math.min(3, runs) ? undefined : sizes[Math.floor(sizes.length / 2)];
}

/** The last good runs that came at `sinceMs` or later, newest first. */
function lastGood(
  before: readonly JudgedRun[],
  { runs, sinceMs }: { readonly runs: number; readonly sinceMs: number },
): JudgedRun[] {
  const good: JudgedRun[] = [];
  for (let place = before.length - 1; place >= 0 && good.length < runs; place -= 1) {
    const run = before[place];
    if (run !== undefined && isGood(run.verdict) && (run.arrivedMs ?? 0) >= sinceMs) good.push(run);
  }
  return good;
}

function duplicate(run: MadeRun, rule: SeriesRule, before: readonly JudgedRun[]): Fault | undefined {
  if (rule.refusesDuplicates !== true) return undefined;
  const last = before.findLast(({ files }) => files.length > 0);
  if (last === undefined) return undefined;
  const contents = contentsOf(run.files);
  if (contents === '' || contents !== contentsOf(newestOfEach(last))) return undefined;
  const when = new Date(last.dueMs).toISOString().slice(0, 16);
  return { verdict: 'duplicate', sentence: `The same content as the run due ${when}Z.` };
}

/** ETags and sizes in order; empty when an ETag is not known. */
function contentsOf(files: readonly Arrival[]): string {
  if (files.some(({ etag }) => etag === '')) return '';
  return files
    .map(({ etag, sizeBytes }) => `${etag} ${sizeBytes}`)
    .sort()
    .join('\n');
}

/** Whether what came was right, be it late. */
export function isGood(verdict: RunVerdict): boolean {
  return verdict === 'ok' || verdict === 'late';
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** What people said of a series. */
export interface SeriesStanding {
  readonly isAccepted: boolean;
  readonly isPaused: boolean;
  readonly isRetired: boolean;
}

export interface SeriesState {
  readonly verdict: SeriesVerdict;
  readonly sentence: string;
  readonly sinceMs: number;
  /** The newest run that has a verdict; nothing before there is one. */
  readonly newest: JudgedRun | undefined;
  /** The run that is expected next, or under way. */
  readonly next: JudgedRun | undefined;
}

/** What the series is: its newest judged run decides, whatever the ones before were. */
export function seriesState(runs: readonly JudgedRun[], standing: SeriesStanding): SeriesState {
  const newest = runs.findLast(({ verdict }) => verdict !== 'expected');
  const last = runs.at(-1);
  const next = last?.verdict === 'expected' ? last : undefined;
  const base = { newest, next, sinceMs: newest?.sinceMs ?? 0 };
  if (standing.isRetired) return { ...base, verdict: 'retired', sentence: 'Retired: nothing is expected.' };
  if (standing.isPaused) return { ...base, verdict: 'paused', sentence: 'Paused: nothing is judged.' };
  if (!standing.isAccepted)
    return {
      ...base,
      verdict: 'learning',
      sentence: 'Found; its schedule is a proposal until it is accepted.',
    };
  if (newest === undefined) return { ...base, verdict: 'new', sentence: 'No run is due yet.' };
  const verdict = newest.verdict === 'expected' ? 'new' : newest.verdict;
  return { ...base, verdict, sentence: newest.sentence };
}
