/** A notification in words: what every channel for people says, before it is escaped for one of them. */
import { spanText } from '../lib/span-text.ts';
import type { AlarmState, NamedNumber, Notification, NotifiedAlarm, Severity } from './channel.ts';
import { cutMiddle, link, shown, timeText } from './text.ts';

/** How much of a notification is shown. */
export interface Detail {
  readonly alarms: number;
  /** Rows of evidence, labels and numbers of an alarm. */
  readonly rows: number;
  /** Characters of one text. */
  readonly textMax: number;
}

/** Every text in it is one line in which nothing is hidden and nothing links; it is not escaped. */
export interface Message {
  readonly headline: string;
  readonly parts: readonly Part[];
  /** Alarms that are not shown. */
  readonly omitted: number;
  readonly home: string;
}

/** One alarm. */
export interface Part {
  /** `ALARM, critical: a title`. */
  readonly heading: string;
  readonly tone: Tone;
  /** Sentence, how it came here, who has it, the first thing to do. */
  readonly lines: readonly string[];
  readonly facts: readonly NamedNumber[];
  readonly evidence: readonly string[];
  readonly links: readonly { readonly label: string; readonly url: string }[];
}

export type Tone = 'bad' | 'warn' | 'good' | 'unknown';

/** From the fullest down. */
const DETAILS: readonly Detail[] = [
  { alarms: 20, rows: 10, textMax: 1000 },
  { alarms: 20, rows: 5, textMax: 300 },
  { alarms: 10, rows: 5, textMax: 200 },
  { alarms: 5, rows: 3, textMax: 120 },
  { alarms: 2, rows: 2, textMax: 80 },
];

/** Fits everywhere. */
const FEWEST: Detail = { alarms: 1, rows: 1, textMax: 40 };

/** The fullest rendering whose size is within the cap. `sizeOf` counts as the provider does. */
export function fitted<Body>(
  notification: Notification,
  limit: { readonly sizeMax: number; readonly sizeOf: (body: Body) => number; readonly alarmsMax?: number },
  render: (message: Message) => Body,
): Body {
  const { sizeMax, sizeOf, alarmsMax = Infinity } = limit;
  for (const detail of DETAILS) {
    const body = rendered(detail);
    if (sizeOf(body) <= sizeMax) return body;
  }
  return rendered(FEWEST);

  function rendered(detail: Detail): Body {
    return render(messageOf(notification, { ...detail, alarms: Math.min(detail.alarms, alarmsMax) }));
  }
}

/** A notification in words, with so much of it. */
export function messageOf(notification: Notification, detail: Detail): Message {
  const { alarms, home } = notification;
  const parts = alarms.slice(0, detail.alarms);
  return {
    headline: headlineOf(notification, detail.textMax),
    parts: parts.map((alarm) => partOf(alarm, notification, detail)),
    omitted: alarms.length - parts.length,
    home: link(home),
  };
}

/** One line that says it all: the subject of a mail. */
export function headlineOf({ kind, alarms, group }: Notification, lengthMax: number): string {
  const [first] = alarms;
  if (first === undefined) throw new Error('a notification without an alarm');
  const prefix = PREFIXES[kind];
  if (alarms.length === 1)
    return cutMiddle(`${prefix}${STATE_WORDS[first.state]}: ${shown(first.title, lengthMax)}`, lengthMax);
  const counted = (['ALARM', 'INSUFFICIENT_DATA', 'OK'] as const)
    .map((state) => ({ state, count: alarms.filter((alarm) => alarm.state === state).length }))
    .filter(({ count }) => count > 0)
    .map(({ state, count }) => `${count} ${COUNT_WORDS[state]}`)
    .join(', ');
  return cutMiddle(`${prefix}${counted}: ${shown(group === '' ? first.title : group, lengthMax)}`, lengthMax);
}

const PREFIXES: Readonly<Record<Notification['kind'], string>> = {
  changes: '',
  reminder: 'Reminder: ',
  digest: 'Digest: ',
  acknowledgement: 'Acknowledged: ',
  test: 'Test: ',
};

export const STATE_WORDS: Readonly<Record<AlarmState, string>> = {
  OK: 'Recovered',
  ALARM: 'ALARM',
  INSUFFICIENT_DATA: 'No data',
};

const COUNT_WORDS: Readonly<Record<AlarmState, string>> = {
  OK: 'recovered',
  ALARM: 'in ALARM',
  INSUFFICIENT_DATA: 'without data',
};

const TONES: Readonly<Record<Severity, Tone>> = { critical: 'bad', warning: 'warn', info: 'unknown' };

/** Good, bad, or not so bad. */
export function toneOf({ state, severity }: Pick<NotifiedAlarm, 'state' | 'severity'>): Tone {
  if (state === 'OK') return 'good';
  if (state === 'INSUFFICIENT_DATA') return 'unknown';
  return TONES[severity];
}

function partOf(alarm: NotifiedAlarm, { createdMs }: Notification, detail: Detail): Part {
  const { rows, textMax } = detail;
  const severity = alarm.state === 'OK' ? '' : `, ${alarm.severity}`;
  const firstStep = alarm.state === 'OK' ? '' : shown(alarm.firstStep, textMax);
  const label = (text: string): string => shown(text, Math.min(textMax, 60));
  return {
    heading: `${STATE_WORDS[alarm.state]}${severity}: ${shown(alarm.title, textMax)}`,
    tone: toneOf(alarm),
    lines: [
      shown(alarm.sentence, textMax),
      historyOf(alarm, createdMs),
      ...acknowledgedText(alarm, textMax),
      ...(firstStep === '' ? [] : [`First: ${firstStep}`]),
    ],
    facts: [...Object.entries(alarm.labels).map(([name, value]) => ({ name, value })), ...alarm.numbers]
      .slice(0, 2 * rows)
      .map(({ name, value }) => ({ name: label(name), value: shown(value, Math.min(textMax, 200)) })),
    evidence: alarm.evidence.slice(-rows).map((row) => shown(row, Math.min(textMax, 300))),
    links: linksOf(alarm),
  };
}

function acknowledgedText(
  { acknowledgedBy: by, acknowledgedFor: why = '' }: NotifiedAlarm,
  textMax: number,
): string[] {
  if (by === undefined) return [];
  const author = shown(by, Math.min(textMax, 60));
  return [`Acknowledged by ${author}${why === '' ? '.' : `: ${shown(why, textMax)}`}`];
}

/** When it began, and through what it came here. */
function historyOf({ passed, sinceMs, state }: NotifiedAlarm, createdMs: number): string {
  const span = spanText(Math.max(0, createdMs - sinceMs) / 1000);
  const since = `Since ${timeText(sinceMs)}${state === 'OK' ? '' : ` (${span})`}.`;
  if (passed.length < 2) return since;
  const last = passed.slice(-4).map((one) => `${one.state} ${timeText(one.atMs).slice(11)}`);
  return `${since} It changed ${passed.length} times: ${passed.length > 4 ? '… ' : ''}${last.join(', ')}.`;
}

function linksOf({ links, state }: NotifiedAlarm): Part['links'] {
  const all = [
    { label: 'Open', url: link(links.open) },
    ...(state === 'OK'
      ? []
      : [
          { label: 'Acknowledge', url: link(links.acknowledge) },
          { label: 'Silence', url: link(links.silence) },
        ]),
  ];
  return all.filter(({ url }) => url !== '');
}
