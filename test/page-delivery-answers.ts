/** Answers about notifications for the page's tests: made up, of the shapes of the API. */
import type { Delivery, NotifyChannels, NotifyTarget } from '../dashboard/src/lib/notify-row.ts';

export interface Told {
  readonly channels: NotifyChannels;
  /** Newest first. */
  readonly messages: readonly Delivery[];
  /** Of every alarm. */
  readonly targets: readonly NotifyTarget[];
}

export const NOBODY_TOLD: Told = { channels: { rows: [], waiting: [] }, messages: [], targets: [] };

const PAGE_ROWS = 100;

/** The answer to a question about notifications. */
export function toldAnswer(path: string, asked: URLSearchParams, told: Told): unknown {
  if (path === '/notifications/channels') return told.channels;
  if (path === '/notifications/routes')
    return { alarm: asked.get('alarm') ?? '', severity: 'critical', labels: {}, rows: told.targets };
  const outcome = asked.get('outcome') ?? '';
  const rows = told.messages
    .filter((row) => (outcome.startsWith('!') ? row.outcome !== outcome.slice(1) : row.outcome === outcome))
    .filter((row) => !asked.has('channel') || row.channel === asked.get('channel'))
    .filter((row) => !asked.has('alarm') || row.alarms.some(({ alarm }) => alarm === asked.get('alarm')))
    .filter((row) => !asked.has('cursor') || Number(row.number) < Number(asked.get('cursor')));
  const page = rows.slice(0, PAGE_ROWS);
  return { rows: page, next_cursor: rows.length > PAGE_ROWS ? page.at(-1)?.number : null };
}

export function message(number: number, at: string, changes: Partial<Delivery> = {}): Delivery {
  return {
    number: String(number),
    at,
    ended_at: at,
    channel: 'ops',
    kind: 'slack',
    told: 'changes',
    headline: `ALARM: message ${number}`,
    text: `ALARM, critical: message ${number}\nIt is so.`,
    alarms: [{ alarm: 'a', state: 'ALARM' }],
    attempt: 1,
    outcome: 'delivered',
    reason: '',
    id: `id-${number}`,
    provider_id: '',
    ...changes,
  };
}
