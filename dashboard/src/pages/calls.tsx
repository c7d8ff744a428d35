import { textColumn, timeColumn } from '../tables/fact-cells.tsx';
import { CALL_FILTERS } from '../tables/filters.ts';
import { Explorer, type ExplorerKind } from './explorer.tsx';

const KIND: ExplorerKind = {
  route: '/calls',
  noun: 'call',
  facts: 'calls',
  idColumn: 'event_id',
  filters: CALL_FILTERS,
  columns: [
    timeColumn(['event_time', 'Time', 132]),
    textColumn(['event_name', 'Event', 150]),
    textColumn(['bucket', 'Bucket', 130]),
    textColumn(['key', 'Key', 190]),
    textColumn(['principal_arn', 'Principal', 250]),
    textColumn(['source_ip_address', 'Address', 110]),
    textColumn(['error_code', 'Error', 110]),
    textColumn(['user_agent', 'User agent', 130]),
  ],
};

/** API calls as CloudTrail has them. */
export function Calls() {
  return <Explorer kind={KIND} />;
}
