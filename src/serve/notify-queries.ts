/** What was told, as the API says it. */
import type { Engine } from '../engine/engine.ts';
import { isoOfEngine, pageStart } from './ledger-queries.ts';
import type * as shapes from './notify-api.ts';

interface LogQuery {
  readonly channel?: string | undefined;
  readonly alarm?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

interface Head {
  readonly number: string;
  readonly at: string;
  readonly channel: string;
  readonly kind: 'claimed' | 'settled';
  readonly id: string;
  readonly told: '' | 'changes' | 'reminder' | 'digest' | 'acknowledgement';
  readonly headline: string;
  readonly attempt: number;
  readonly reason: string;
  readonly covers: readonly {
    readonly alarm: string;
    readonly state: shapes.Notification['alarms'][number]['state'];
  }[];
}

interface Outcome {
  readonly channel: string;
  readonly id: string;
  readonly attempt: number;
  readonly kind: 'delivered' | 'refused' | 'failed';
  readonly at: string;
  readonly reason: string;
  readonly provider_id: string;
}

/** Each try of a message and what nothing was sent of, latest first. `kindOf`: of a channel. */
export async function notificationLog(
  query: LogQuery,
  {
    engine,
    kindOf,
  }: { readonly engine: Engine; readonly kindOf: (channel: string) => shapes.Notification['kind'] },
): Promise<shapes.Notifications> {
  const found = await heads(query, engine);
  const page = found.slice(0, query.limit);
  const outcomes = new Map((await outcomesOf(page, engine)).map((one) => [tryKey(one), one]));
  const rows = page.map((head): shapes.Notification => {
    const { number, channel, headline, attempt, id, told } = head;
    const outcome = outcomes.get(tryKey(head));
    return {
      number,
      at: isoOfEngine(head.at),
      ended_at: outcome === undefined ? null : isoOfEngine(outcome.at),
      channel,
      kind: kindOf(channel),
      told: told === '' ? null : told,
      headline,
      alarms: head.covers.map(({ alarm, state }) => ({ alarm, state })),
      attempt,
      outcome: outcome?.kind ?? head.kind,
      reason: outcome?.reason ?? head.reason,
      id,
      provider_id: outcome?.provider_id ?? '',
    };
  });
  return { rows, next_cursor: found.length > query.limit ? (page.at(-1)?.number ?? null) : null };
}

function heads(query: LogQuery, engine: Engine): Promise<Head[]> {
  const before = pageStart(query.cursor, 1);
  const conditions = [
    "kind in ('claimed', 'settled')",
    ...(before === undefined ? [] : [`notifications.number < ${before.join('')}`]),
    ...(query.channel === undefined ? [] : ['channel = {channel:String}']),
    ...(query.alarm === undefined ? [] : ['arrayExists(cover -> cover.alarm = {alarm:String}, covers)']),
  ];
  const { channel, alarm } = query;
  return engine.query<Head>(
    `select toString(notifications.number) as number, at, channel, kind, id, told, headline, attempt, reason, covers
     from notifications
     where ${conditions.join(' and ')}
     order by notifications.number desc
     limit ${query.limit + 1}`,
    { params: { ...(channel === undefined ? {} : { channel }), ...(alarm === undefined ? {} : { alarm }) } },
  );
}

/** An outcome comes after its claim; of a message that was taken in part the last one counts. */
async function outcomesOf(page: readonly Head[], engine: Engine): Promise<Outcome[]> {
  const ids = page.filter(({ kind }) => kind === 'claimed').map(({ id }) => id);
  if (ids.length === 0) return [];
  return engine.query<Outcome>(
    `select channel, id, attempt, kind, at, reason, provider_id
     from notifications
     where number > {first:UInt64} and kind in ('delivered', 'refused', 'failed') and id in {ids:Array(String)}
     order by notifications.number`,
    { params: { first: page.at(-1)?.number ?? '0', ids } },
  );
}

function tryKey({ channel, id, attempt }: Pick<Outcome, 'channel' | 'id' | 'attempt'>): string {
  return JSON.stringify([channel, id, attempt]);
}
