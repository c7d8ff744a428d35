/** A store of notifications in memory, and the words of a timeline. */
import {
  type Acknowledgement,
  type Book,
  type Entry,
  KeptMarks,
  type Silence,
  type Transition,
} from '../src/notify/book.ts';
import type { AlarmState, Severity } from '../src/notify/channel.ts';
import type { NotifyStore } from '../src/notify/deliver.ts';
import type { Route, Rules } from '../src/notify/rules.ts';

/** What outlives a crash. */
export class MemoryStore implements NotifyStore {
  readonly transitions: Transition[] = [];
  readonly entries: Entry[] = [];
  silences: Silence[] = [];
  acknowledgements: Acknowledgement[] = [];
  readonly #marks = new KeptMarks();
  readonly #channels: readonly string[] | undefined;
  #folded = 0;

  /** `channels`: those that there are; default: all that have marks. */
  constructor(channels?: readonly string[]) {
    this.#channels = channels;
  }

  async read(): Promise<Book> {
    const marks = this.#marks;
    marks.add(this.entries.slice(this.#folded));
    this.#folded = this.entries.length;
    const furthestBehind = (alarm: string): number => {
      const known = [...marks.alarms]
        .filter(([name]) => this.#channels?.includes(name) !== false)
        .flatMap(([, channel]) => channel.get(alarm)?.upTo ?? []);
      return known.length === 0 ? 0 : Math.min(...known);
    };
    const last = new Map(this.transitions.map(({ alarm, sequence }) => [alarm, sequence]));
    const oldest = new Map(
      [...last.keys()].map((alarm) => {
        const acknowledged = this.acknowledgements
          .filter((one) => one.alarm === alarm)
          .map((one) => one.sequence);
        return [alarm, Math.min(furthestBehind(alarm), ...acknowledged)];
      }),
    );
    return {
      transitions: this.transitions.filter(
        ({ alarm, sequence }) => sequence > (oldest.get(alarm) ?? 0) || sequence === last.get(alarm),
      ),
      silences: this.silences,
      acknowledgements: this.acknowledgements,
      marks,
    };
  }

  async append(entries: readonly Entry[]): Promise<void> {
    this.entries.push(...entries);
  }

  /** Adds the next transition of an alarm; the state before it is known. */
  change(alarm: string, to: AlarmState, at: { readonly atMs: number } & Partial<Described>): Transition {
    const from = this.transitions.findLast((one) => one.alarm === alarm)?.to ?? 'OK';
    const transition: Transition = {
      sequence: (this.transitions.at(-1)?.sequence ?? 0) + 1,
      alarm,
      from,
      to,
      title: alarm,
      severity: 'warning',
      labels: {},
      sentence: `${alarm} is ${to}`,
      numbers: [],
      evidence: [],
      firstStep: '',
      sinceMs: at.atMs,
      ...at,
    };
    this.transitions.push(transition);
    return transition;
  }
}

interface Described {
  readonly severity: Severity;
  readonly labels: Readonly<Record<string, string>>;
}

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;

export function route(given: Partial<Route> = {}): Route {
  return {
    name: 'all',
    match: [],
    goesOn: false,
    channels: ['ops'],
    escalate: [],
    groupBy: [],
    groupWaitMs: 30_000,
    groupIntervalMs: 5 * MINUTE_MS,
    repeatIntervalMs: 4 * HOUR_MS,
    states: ['ALARM', 'OK'],
    mute: [],
    ...given,
  };
}

export function rules(given: Partial<Rules> = {}): Rules {
  return {
    routes: [route()],
    inhibit: [],
    muteTimes: {},
    perAlarm: [],
    acknowledging: [],
    home: '',
    linksOf: () => ({ open: '', acknowledge: '', silence: '' }),
    ...given,
  };
}
