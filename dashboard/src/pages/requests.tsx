import {
  bytesColumn,
  durationColumn,
  httpStatusColumn,
  textColumn,
  timeColumn,
} from '../tables/fact-cells.tsx';
import { REQUEST_FILTERS } from '../tables/filters.ts';
import { Explorer, type ExplorerKind } from './explorer.tsx';

const KIND: ExplorerKind = {
  route: '/requests',
  noun: 'request',
  facts: 'requests',
  idColumn: 'request_id',
  filters: REQUEST_FILTERS,
  columns: [
    timeColumn(['time', 'Time', 132]),
    textColumn(['bucket', 'Bucket', 120]),
    textColumn(['operation', 'Operation', 160]),
    httpStatusColumn(['http_status', 'Status', 62]),
    textColumn(['error_code', 'Error', 110]),
    textColumn(['key', 'Key', 220]),
    bytesColumn(['bytes_sent', 'Sent', 76]),
    durationColumn(['total_time_ms', 'Took', 68]),
    textColumn(['requester', 'Requester', 150]),
    textColumn(['remote_ip', 'Address', 104]),
  ],
};

/** Single requests as the access logs and events have them. */
export function Requests() {
  return <Explorer kind={KIND} />;
}
