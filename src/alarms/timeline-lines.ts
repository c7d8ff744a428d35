/** The lines of a timeline, each a form with what it says. */
import { ALARM_STATES, type AlarmState } from './alarm.ts';
import { BAND_WORDS, type Limit, type Point, THRESHOLD_WORDS } from './limit.ts';
import { MISSING_DATA, type MissingData } from './metric-rule.ts';
import { SETTLE_MS } from './state.ts';
import type { Expectation, TimelineEvent } from './timeline.ts';

export type AlarmKind = 'metric' | 'deadline' | 'status' | 'composite';

/** An alarm as far as its lines have been read. */
export interface Draft {
  readonly line: number;
  readonly kind: AlarmKind;
  readonly id: string;
  readonly settings: Settings;
  readonly events: TimelineEvent[];
  readonly expectations: Expectation[];
}

/** Every setting of every kind, with its default. */
export interface Settings {
  settleMs: number;
  periodMs: number;
  evaluationPeriods: number;
  datapointsToAlarm: number;
  limit: Limit | undefined;
  missing: MissingData;
  extraPeriods: number | undefined;
  recoveryThreshold: number | undefined;
  recoveryPeriods: number | undefined;
  lowSamples: { readonly percentile: number; readonly treat: 'evaluate' | 'ignore' } | undefined;
  lateWaitMs: number | undefined;
  graceMs: number;
  alarmOn: readonly string[];
  okOn: readonly string[];
  holdMs: number;
  rule: string;
}

export function newSettings(): Settings {
  return {
    settleMs: SETTLE_MS,
    periodMs: 60_000,
    evaluationPeriods: 1,
    datapointsToAlarm: 1,
    limit: undefined,
    missing: 'missing',
    extraPeriods: undefined,
    recoveryThreshold: undefined,
    recoveryPeriods: undefined,
    lowSamples: undefined,
    lateWaitMs: undefined,
    graceMs: 0,
    alarmOn: [],
    okOn: [],
    holdMs: 0,
    rule: '',
  };
}

/** A form of a line; its parts are the named groups of its pattern. `read` gives what is wrong, or nothing. */
export interface Form {
  readonly kinds: readonly AlarmKind[];
  readonly pattern: RegExp;
  readonly read: (parts: Parts, draft: Draft, line: number) => string | undefined;
}

type Parts = Readonly<Record<string, string | undefined>>;

const EVERY_KIND: readonly AlarmKind[] = ['metric', 'deadline', 'status', 'composite'];
const SPAN = String.raw`(?:\d+(?:ms|s|m|h|d))+|0`;
const NUMBER = String.raw`[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?`;
const STATE = ALARM_STATES.join('|');
const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
/** `1h30m` in milliseconds. */
function spanMs(text = '0'): number {
  return [...text.matchAll(/(\d+)(ms|s|m|h|d)/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * (UNIT_MS[unit ?? ''] ?? 0),
    0,
  );
}

/** A pattern of words: SPAN, NUMBER, COUNT, STATE and TEXT with a name behind a colon are parts. */
function form(
  kinds: readonly AlarmKind[],
  text: string,
  read: (parts: Parts, draft: Draft, line: number) => string | undefined | void,
): Form {
  const sources: Readonly<Record<string, string>> = {
    SPAN,
    NUMBER,
    STATE,
    COUNT: String.raw`\d{1,6}`,
    TEXT: '.+',
  };
  const source = text
    .replaceAll(' ', String.raw`\s+`)
    .replace(
      /([A-Z]+):([a-zA-Z]+)/g,
      (_whole, type: string, name: string) => `(?<${name}>${sources[type] ?? type})`,
    );
  return { kinds, pattern: new RegExp(`^${source}$`), read: (...what) => read(...what) ?? undefined };
}

const METRIC: readonly AlarmKind[] = ['metric'];

const SETTINGS: readonly Form[] = [
  form(EVERY_KIND, 'settle SPAN:span', ({ span }, { settings }) => {
    settings.settleMs = spanMs(span);
  }),
  form(METRIC, 'period SPAN:span', ({ span }, { settings }) => {
    settings.periodMs = spanMs(span);
  }),
  form(METRIC, 'points COUNT:m of COUNT:n', ({ m, n }, { settings }) => {
    settings.datapointsToAlarm = Number(m);
    settings.evaluationPeriods = Number(n);
  }),
  form(METRIC, 'threshold (?<operator>>=|<=|>|<) NUMBER:value', ({ operator, value }, { settings }) => {
    const name = THRESHOLD_WORDS[operator as keyof typeof THRESHOLD_WORDS];
    settings.limit = { kind: 'threshold', operator: name, threshold: Number(value) };
  }),
  form(METRIC, 'band (?<side>outside|below|above)', ({ side }, { settings }) => {
    settings.limit = { kind: 'band', operator: BAND_WORDS[side as keyof typeof BAND_WORDS] };
  }),
  form(METRIC, `missing (?<treat>${MISSING_DATA.join('|')})`, ({ treat }, { settings }) => {
    settings.missing = treat as MissingData;
  }),
  form(METRIC, 'extra COUNT:count', ({ count }, { settings }) => {
    settings.extraPeriods = Number(count);
  }),
  form(METRIC, 'recovery threshold NUMBER:value', ({ value }, { settings }) => {
    settings.recoveryThreshold = Number(value);
  }),
  form(METRIC, 'recovery periods COUNT:count', ({ count }, { settings }) => {
    settings.recoveryPeriods = Number(count);
  }),
  form(METRIC, 'percentile NUMBER:p (?<treat>evaluate|ignore)', ({ p, treat }, { settings }) => {
    settings.lowSamples = { percentile: Number(p), treat: treat as 'evaluate' | 'ignore' };
  }),
  form(['metric', 'deadline'], 'wait SPAN:span', ({ span }, { settings }) => {
    settings.lateWaitMs = spanMs(span);
  }),
  form(['deadline'], 'grace SPAN:span', ({ span }, { settings }) => {
    settings.graceMs = spanMs(span);
  }),
  form(['status'], 'alarm on TEXT:words', ({ words }, { settings }) => {
    settings.alarmOn = wordsOf(words);
  }),
  form(['status'], 'ok on TEXT:words', ({ words }, { settings }) => {
    settings.okOn = wordsOf(words);
  }),
  form(['status'], 'hold SPAN:span', ({ span }, { settings }) => {
    settings.holdMs = spanMs(span);
  }),
  form(['composite'], 'rule TEXT:rule', ({ rule }, { settings }) => {
    settings.rule = rule ?? '';
  }),
];

function wordsOf(text = ''): string[] {
  return text.split(/[,\s]+/).filter((word) => word !== '');
}

const EVENTS: readonly Form[] = [
  form(
    METRIC,
    'at SPAN:at(?: to SPAN:to)? value NUMBER:value(?: samples COUNT:samples)?(?: band NUMBER:lower NUMBER:upper)?(?: arrives SPAN:arrives)?',
    (parts, draft, line) => {
      const { value, samples, lower, upper } = parts;
      const point = {
        value: Number(value),
        ...(samples === undefined ? {} : { samples: Number(samples) }),
        ...(lower === undefined ? {} : { lower: Number(lower) }),
        ...(upper === undefined ? {} : { upper: Number(upper) }),
      };
      const { periodMs } = draft.settings;
      const [firstMs, lastMs] = [spanMs(parts['at']), spanMs(parts['to'] ?? parts['at'])];
      if (lastMs < firstMs) return 'the second time is before the first';
      const count = Math.min(Math.floor((lastMs - firstMs) / periodMs) + 1, POINTS_A_LINE_MAX + 1);
      const points = Array.from({ length: count }, () => point);
      return addPoints(draft, { line, firstMs, points, arrives: parts['arrives'] });
    },
  ),
  form(METRIC, 'at SPAN:at values TEXT:values', ({ at, values = '' }, draft, line) => {
    const words = values.split(/\s+/);
    const odd = words.find((word) => word !== '-' && !new RegExp(`^(?:${NUMBER})$`).test(word));
    if (odd !== undefined) return `values are numbers, and - for none, got "${odd}"`;
    const points = words.map((word) => (word === '-' ? undefined : { value: Number(word) }));
    return addPoints(draft, { line, firstMs: spanMs(at), points, arrives: undefined });
  }),
  form(['metric', 'deadline'], 'at SPAN:at complete until SPAN:until', ({ at, until }, { events }, line) => {
    events.push({ line, atMs: spanMs(at), kind: 'complete', untilMs: spanMs(until) });
  }),
  form(['deadline'], 'at SPAN:at due SPAN:due', ({ at, due }, { events }, line) => {
    events.push({ line, atMs: spanMs(at), kind: 'due', dueMs: spanMs(due) });
  }),
  form(['deadline'], 'at SPAN:at met', ({ at }, { events }, line) => {
    events.push({ line, atMs: spanMs(at), kind: 'met' });
  }),
  form(
    ['status'],
    String.raw`at SPAN:at status (?<status>[^\s,]+)(?: because TEXT:why)?`,
    ({ at, status = '', why }, { events }, line) => {
      events.push({ line, atMs: spanMs(at), kind: 'status', status, sentence: why ?? `It is ${status}.` });
    },
  ),
  form(EVERY_KIND, 'at SPAN:at set STATE:state', ({ at, state }, { events }, line) => {
    events.push({ line, atMs: spanMs(at), kind: 'set', state: state as AlarmState });
  }),
  form(EVERY_KIND, 'at SPAN:at restart', ({ at }, { events }, line) => {
    events.push({ line, atMs: spanMs(at), kind: 'restart' });
  }),
];

const EXPECTATIONS: readonly Form[] = [
  form(
    EVERY_KIND,
    'by SPAN:at state is STATE:state(?: because TEXT:because)?',
    ({ at, state, because }, { expectations }, line) => {
      const why = because === undefined ? {} : { because };
      expectations.push({ line, atMs: spanMs(at), kind: 'by', state: state as AlarmState, ...why });
    },
  ),
  form(EVERY_KIND, 'until SPAN:at state is STATE:state', ({ at, state }, { expectations }, line) => {
    expectations.push({ line, atMs: spanMs(at), kind: 'until', state: state as AlarmState });
  }),
  form(EVERY_KIND, 'by SPAN:at changes are COUNT:count', ({ at, count }, { expectations }, line) => {
    expectations.push({ line, atMs: spanMs(at), kind: 'changes', count: Number(count) });
  }),
];

export const FORMS: readonly Form[] = [...SETTINGS, ...EVENTS, ...EXPECTATIONS];

/** Whether it sets something, which has to be done before anything happens. */
export function isSetting(of: Form): boolean {
  return SETTINGS.includes(of);
}

/** Words lines begin with, for a word that is near one of them. */
export const FIRST_WORDS: readonly string[] = [
  ...new Set(FORMS.map(({ pattern }) => /[a-z]+/.exec(pattern.source)?.[0] ?? '')),
];

const POINTS_A_LINE_MAX = 1440;

interface PointsLine {
  readonly line: number;
  /** End of the first period. */
  readonly firstMs: number;
  readonly points: readonly (Omit<Point, 'startMs'> | undefined)[];
  readonly arrives: string | undefined;
}

/** A point is known when its period ends, unless it arrives later. */
function addPoints(draft: Draft, { line, firstMs, points, arrives }: PointsLine): string | undefined {
  const { periodMs } = draft.settings;
  if (points.length > POINTS_A_LINE_MAX) return `one line gives at most ${POINTS_A_LINE_MAX} points`;
  if (firstMs % periodMs !== 0 || firstMs === 0)
    return 'a value is of the period that ends then, and no period ends then';
  for (const [index, point] of points.entries()) {
    const endMs = firstMs + index * periodMs;
    const atMs = arrives === undefined ? endMs : spanMs(arrives);
    if (atMs < endMs) return 'a value cannot arrive before its period ends';
    if (point === undefined) continue;
    draft.events.push({ line, atMs, kind: 'point', point: { ...point, startMs: endMs - periodMs } });
  }
  return undefined;
}
