/** Who would be told of an alarm: what keeps it quiet is asked of the same stages that messages pass. */
import { describe, expect, test } from 'vitest';
import type { Book } from '../src/notify/book.ts';
import type { AlarmState } from '../src/notify/channel.ts';
import { outlookOf } from '../src/notify/outlook.ts';
import type { Rules } from '../src/notify/rules.ts';
import { HOUR_MS, MemoryStore, MINUTE_MS, route, rules } from './notify-book.ts';

const NOW_MS = Date.UTC(2026, 10, 21, 12);
const NIGHTS = { weekdays: ['sat'], fromMinute: 0, toMinute: 1440, timezone: 'UTC' } as const;
const ESCALATING = route({
  channels: ['ops'],
  escalate: [{ afterMs: 15 * MINUTE_MS, channels: ['pager'] }],
});

/** A book with an alarm `a` in a state, and what a case adds. */
async function bookOf(state: AlarmState, add: (store: MemoryStore) => void = () => {}): Promise<Book> {
  const store = new MemoryStore();
  store.change('a', state, { atMs: NOW_MS - HOUR_MS, labels: { bucket: 'vault' } });
  add(store);
  return store.read();
}

function lines(book: Book, given: Partial<Rules>, nowMs = NOW_MS): string[] {
  return outlookOf('a', { book, rules: rules(given), nowMs }).map(
    ({ channel, afterMs, told, quiet, waits }) =>
      `${channel} after ${afterMs / MINUTE_MS} m, told ${told?.state ?? 'nothing'}, quiet: ${quiet.join('; ')}, waits: ${waits ?? ''}`,
  );
}

function told(store: MemoryStore, channel: string): void {
  void store.append([
    {
      kind: 'delivered',
      atMs: NOW_MS - HOUR_MS,
      channel,
      group: 'g',
      attempt: 1,
      id: 'x',
      providerId: '',
      covers: [{ alarm: 'a', upTo: 1, state: 'ALARM' }],
    },
  ]);
}

function acknowledged(store: MemoryStore): void {
  const said = { alarm: 'a', sequence: 1, atMs: NOW_MS, endMs: NOW_MS + HOUR_MS };
  store.acknowledgements.push({ ...said, author: 'bob', reason: '' });
}

function silenced(store: MemoryStore, startMs: number): void {
  const match = [{ label: 'bucket', values: ['vault'] }];
  store.silences.push({ id: 's', match, startMs, endMs: NOW_MS + HOUR_MS, author: '', reason: 'a move' });
}

describe('outlookOf()', () => {
  test('has each channel once, those that are told later too; one that is OK would be told', async () => {
    expect(lines(await bookOf('OK'), { routes: [ESCALATING] })).toEqual([
      'ops after 0 m, told nothing, quiet: , waits: ',
      'pager after 15 m, told nothing, quiet: , waits: ',
    ]);
  });

  test('knows of silences and mute times, of one that is OK as well', async () => {
    const book = await bookOf('OK', (store) => silenced(store, NOW_MS - 1));
    const given = { routes: [route({ mute: ['nights'] })], muteTimes: { nights: [NIGHTS] } };
    expect(lines(book, given)).toEqual([
      'ops after 0 m, told nothing, quiet: silenced by somebody; muted: nights, waits: ',
    ]);
    expect(lines(book, given, NOW_MS + 12 * HOUR_MS)).toEqual([
      'ops after 0 m, told nothing, quiet: , waits: ',
    ]);
  });

  test('says what was told, and that nobody is reminded and no later step is told of what somebody has', async () => {
    const book = await bookOf('ALARM', (store) => {
      told(store, 'ops');
      acknowledged(store);
    });
    expect(lines(book, { routes: [ESCALATING] })).toEqual([
      'ops after 0 m, told ALARM, quiet: acknowledged by bob, waits: ',
      'pager after 15 m, told nothing, quiet: acknowledged by bob, waits: acknowledged by bob',
    ]);
  });

  test('names the alarm that explains it', async () => {
    const book = await bookOf('OK', (store) => {
      store.change('down', 'ALARM', { atMs: NOW_MS - 1, labels: { kind: 'endpoint' } });
    });
    const inhibit = [
      {
        source: [{ label: 'kind', values: ['endpoint'] }],
        target: [{ label: 'bucket', values: ['*'] }],
        equal: [],
      },
    ];
    expect(lines(book, { inhibit })).toEqual([
      'ops after 0 m, told nothing, quiet: inhibited by down, waits: ',
    ]);
  });

  test('says why what is new waits', async () => {
    const book = await bookOf('ALARM');
    expect(lines(book, { routes: [route({ groupWaitMs: 2 * HOUR_MS })] })).toEqual([
      'ops after 0 m, told nothing, quiet: , waits: it waits for others of its group',
    ]);
  });

  test('has nobody where no route takes it, or it never changed', async () => {
    const book = await bookOf('ALARM');
    expect(lines(book, { routes: [route({ match: [{ label: 'bucket', values: ['media'] }] })] })).toEqual([]);
    expect(outlookOf('b', { book, rules: rules(), nowMs: NOW_MS })).toEqual([]);
  });
});
