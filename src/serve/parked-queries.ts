/** What the API says of parked messages. */
import type { Engine } from '../engine/engine.ts';
import type * as shapes from './api.ts';
import { isoOfEngine, pageStart } from './ledger-queries.ts';

interface ParkedQuery {
  readonly source?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** Parked messages, latest first. */
export async function parkedMessages(query: ParkedQuery, engine: Engine): Promise<shapes.ParkedPage> {
  const after = pageStart(query.cursor, 2);
  const conditions = [
    query.source === undefined ? '1' : 'parked_messages.source = {source:String}',
    after === undefined
      ? '1'
      : `(toUnixTimestamp64Milli(parked_messages.received_at), parked_messages.parked_id) < (${after.join(', ')})`,
  ];
  const rows = await engine.query<shapes.ParkedPage['rows'][number]>(
    `select toString(parked_id) as parked_id, source, reason, body, message_id, received_at from parked_messages
     where ${conditions.join(' and ')}
     order by parked_messages.received_at desc, parked_messages.parked_id desc
     limit ${query.limit + 1}`,
    { params: query.source === undefined ? {} : { source: query.source } },
  );
  const page = rows
    .slice(0, query.limit)
    .map((row) => ({ ...row, received_at: isoOfEngine(row.received_at) }));
  const last = rows.length > query.limit ? page.at(-1) : undefined;
  return {
    rows: page,
    next_cursor: last === undefined ? null : `${Date.parse(last.received_at)}.${last.parked_id}`,
  };
}

/** How many messages each source has parked. */
export async function parkedCounts(engine: Engine): Promise<Map<string, number>> {
  const rows = await engine.query<{ source: string; parked: number }>(
    'select source, count() as parked from parked_messages group by source limit 10000',
  );
  return new Map(rows.map((row) => [row.source, row.parked]));
}
