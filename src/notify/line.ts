/** What the stages pass on: one alarm on its way to one channel. */
import type { Acknowledgement, AlarmMark, Book, Transition } from './book.ts';
import type { AlarmState, PassedState } from './channel.ts';
import type { Route, Rules } from './rules.ts';

export interface Line {
  readonly route: Route;
  readonly channel: string;
  /** Of its step: how long the alarm has to be in ALARM; 0: told at once. */
  readonly afterMs: number;
  /** Route and common labels; empty values for labels that are not there. */
  readonly group: Group;
  /** The last transition of the alarm. */
  readonly now: Transition;
  /** What the channel was told; what it would be without a mark when it has none. */
  readonly mark: AlarmMark;
  /** Whether a message of what is behind the mark was tried: it may have arrived, so what the channel believes is not known. */
  readonly isTried: boolean;
  /** Transitions behind the mark, in order. */
  readonly pending: readonly Transition[];
  /** States it went through behind the mark, none twice in a row; the last is what the channel is to believe. */
  readonly passed: readonly PassedState[];
  /** The transition that is told. */
  readonly told: Transition;
  /** That somebody has taken it on, when this is all there is to tell. */
  readonly takenOn?: Acknowledgement;
  readonly verdict: Verdict;
}

export interface Group {
  readonly id: string;
  /** For people: `monitor backups, bucket vault`. */
  readonly text: string;
}

export type Verdict =
  | { readonly kind: 'send' }
  /** Not now; it is asked again on every pass. */
  | {
      readonly kind: 'hold';
      readonly why: string;
      /** When time alone ends it, milliseconds since 1970 UTC; absent where it takes something else, or long. */
      readonly untilMs?: number;
    }
  /** Never: recorded with the reason. */
  | { readonly kind: 'settle'; readonly why: string };

export const SEND: Verdict = { kind: 'send' };

/** All that a stage may look at. */
export interface Moment {
  readonly book: Book;
  readonly rules: Rules;
  readonly nowMs: number;
  /** Transitions of each alarm, in order, each once. */
  readonly histories: ReadonlyMap<string, readonly Transition[]>;
  /** Of each alarm, the last one last. */
  readonly acknowledgements: ReadonlyMap<string, readonly Acknowledgement[]>;
}

/** Takes lines and gives them with their verdicts; only those that still are to be sent may change. */
export type Stage = (lines: readonly Line[], moment: Moment) => readonly Line[];

/** A stage that looks at each line by itself. */
export function each(decide: (line: Line, moment: Moment) => Verdict): Stage {
  return (lines, moment) =>
    lines.map((line) => (line.verdict.kind === 'send' ? { ...line, verdict: decide(line, moment) } : line));
}

/** What the channel is to believe of the alarm. */
export function stateOf({ passed, mark }: Line): AlarmState {
  return passed.at(-1)?.state ?? mark.state;
}

/** Nothing changed: the alarm is still in ALARM, or somebody has taken it on. */
export function isReminder({ pending }: Line): boolean {
  return pending.length === 0;
}

/** The end of what the channel was told, or may have been. */
export function isRecovery(line: Line): boolean {
  return stateOf(line) === 'OK' && (line.mark.toldMs !== undefined || line.isTried);
}

/** What ends something at the receiver. */
export function isRelief(line: Line): boolean {
  return isRecovery(line) || line.takenOn !== undefined;
}

/**
 * Verdict of what keeps alarms quiet for a time. What came and went in it is settled, what lasts longer is told
 * afterwards. `whyAt` gives the reason at a moment, or nothing.
 */
export function quietened(
  line: Line,
  { nowMs }: Moment,
  whyAt: (line: Line, atMs: number) => string | undefined,
): Verdict {
  const why = whyAt(line, nowMs);
  const hasComeBack = !isReminder(line) && !line.isTried && stateOf(line) === line.mark.state;
  const [first] = line.pending;
  if (hasComeBack && first !== undefined && line.pending.every(({ atMs }) => whyAt(line, atMs) !== undefined))
    return { kind: 'settle', why: whyAt(line, first.atMs) ?? '' };
  if (why === undefined) return SEND;
  return { kind: hasComeBack ? 'settle' : 'hold', why };
}

/** Milliseconds from then to now; so long that anything is due when the clock was set back meanwhile. */
export function elapsedMs(thenMs: number, nowMs: number): number {
  return nowMs < thenMs ? Number.MAX_SAFE_INTEGER : nowMs - thenMs;
}
