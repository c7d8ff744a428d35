/** The requests behind a value of a metric. */
import type { EvidenceRow } from '../../alarms/feed.ts';
import type { Engine } from '../../engine/engine.ts';
import { EXPLAINING_ROWS, type RowsAsk, timeWithin } from '../metric.ts';
import { COUNTED } from './counted.ts';
import type { MetricKind } from './metric-source.ts';

/** Of what is counted who got which answer to what, the most frequent last; of what is measured the worst last. */
export async function requestRows(of: MetricKind, ask: RowsAsk, engine: Engine): Promise<EvidenceRow[]> {
  const { select, where, after } = partsOf(of);
  const rows = await engine.query<EvidenceRow>(
    `select ${select}
     from requests
     where ${timeWithin('requests.time', ask)} and (${ask.condition}) and ${where}
     ${after}
     limit ${EXPLAINING_ROWS}`,
    { params: ask.params, ...(ask.signal === undefined ? {} : { signal: ask.signal }) },
  );
  return rows.toReversed();
}

const GROUPED = 'operation, http_status, error_code, requester, remote_ip';
const ONE = `concat(replaceOne(toString(requests.time), ' ', 'T'), 'Z') as at, operation, requester, key, request_id`;

interface Parts {
  readonly select: string;
  readonly where: string;
  /** Clauses behind it. */
  readonly after: string;
}

function partsOf(of: MetricKind): Parts {
  switch (of.kind) {
    case 'count':
      return counted(of.condition);
    case 'ratio':
      return counted(`${COUNTED} and ${of.condition}`);
    case 'bytes':
      return measured(of.column, `${of.condition} and ${of.column} > 0`);
    case 'latency':
      return measured(`${of.latency}_ms`, `${COUNTED} and ${of.latency}_ms is not null`);
  }
}

function counted(where: string): Parts {
  return {
    select: `count() as matching, ${GROUPED}, argMax(key, requests.time) as newest_key, argMax(request_id, requests.time) as newest_request_id`,
    where,
    after: `group by ${GROUPED} order by matching desc, ${GROUPED}`,
  };
}

function measured(column: string, where: string): Parts {
  return {
    select: `${column}, ${ONE}`,
    where,
    after: `order by ${column} desc, requests.time desc, request_id`,
  };
}
