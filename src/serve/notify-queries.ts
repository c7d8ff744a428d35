/** What was told, as the API says it. */
import type { Engine } from '../engine/engine.ts';
import { isoOfEngine, pageStart } from './ledger-queries.ts';
import type * as shapes from './notify-api.ts';

interface LogQuery {
  readonly channel?: string | undefined;
  readonly alarm?: string | undefined;
  /** A leading `!` leaves it out. */
  readonly outcome?: string | undefined;
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
  readonly text: string;
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
    const { number, channel, headline, text, attempt, id, told } = head;
    const outcome = outcomes.get(tryKey(head));
    return {
      number,
      at: isoOfEngine(head.at),
      ended_at: outcome === undefined ? null : isoOfEngine(outcome.at),
      channel,
      kind: kindOf(channel),
      told: told === '' ? null : told,
      headline,
      text,
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
    ...(query.outcome === undefined ? [] : [outcomeCondition(query.outcome)]),
  ];
  const { channel, alarm, outcome } = query;
  return engine.query<Head>(
    `select toString(notifications.number) as number, at, channel, kind, id, told, headline, text, attempt, reason, covers
     from notifications
     where ${conditions.join(' and ')}
     order by notifications.number desc
     limit ${query.limit + 1}`,
    {
      params: {
        ...(channel === undefined ? {} : { channel }),
        ...(alarm === undefined ? {} : { alarm }),
        ...(outcome === undefined ? {} : { outcome: outcome.replace('!', '') }),
      },
    },
  );
}

/** What is claimed has the outcome that was recorded after it, if any was. */
function outcomeCondition(outcome: string): string {
  const isOut = outcome.startsWith('!');
  const tries = (condition: string) =>
    `(channel, id, attempt) global in (select channel, id, attempt from notifications where ${condition})`;
  const name = outcome.replace('!', '');
  const condition =
    name === 'settled'
      ? 'kind = {outcome:String}'
      : name === 'claimed'
        ? `kind = {outcome:String} and not ${tries("kind in ('delivered', 'refused', 'failed')")}`
        : `kind = 'claimed' and ${tries('kind = {outcome:String}')}${name === 'delivered' ? ` and not ${tries("kind in ('refused', 'failed')")}` : ''}`;
  return isOut ? `not (${condition})` : condition;
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

/** How a channel does, by its name; those that were never tried are not in it. */
export async function channelStandings(engine: Engine): Promise<ReadonlyMap<string, Standing>> {
  const rows = await engine.query<Standing & { readonly channel: string }>(
    `select
       channel,
       maxOrNullIf(at, kind = 'delivered') as delivered_at,
       toUInt32(countIf(isBehind)) as failures,
       minOrNullIf(at, isBehind) as failing_since,
       argMaxIf(reason, number, isBehind) as reason
     from (
       select channel, kind, at, number, reason,
         number > maxIf(number, kind = 'delivered') over (partition by channel) as isBehind
       from notifications
       where kind in ('delivered', 'refused', 'failed'))
     group by channel`,
  );
  return new Map(rows.map((row) => [row.channel, row]));
}

interface Standing {
  readonly delivered_at: string | null;
  /** Tries that it did not take since then. */
  readonly failures: number;
  readonly failing_since: string | null;
  /** Of the last of these. */
  readonly reason: string;
}

function tryKey({ channel, id, attempt }: Pick<Outcome, 'channel' | 'id' | 'attempt'>): string {
  return JSON.stringify([channel, id, attempt]);
}
