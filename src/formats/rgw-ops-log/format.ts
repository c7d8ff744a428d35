import { readSql } from '../../engine/sql-file.ts';
import type { Format } from '../format.ts';
import { recordsOfLines } from '../json-lines.ts';
import { knownOperation } from '../operations.ts';
import { REDACTED, REDACTED_JSON } from '../redaction.ts';
import { REQUESTS_PARSED } from '../requests.ts';
import { RGW_OPERATIONS } from './operations.ts';

const ENTRY = ['operation', 'remote_addr', 'http_status', 'total_time'].map(
  (member) => new RegExp(`"${member}"\\s*:`),
);

function select(): string {
  const records = recordsOfLines({
    first: 'bucket',
    rows: `each -> 1 + JSONLength(each, 'op_data', 'objects')`,
  });
  return readSql('parse', import.meta.url)
    .replace('{redacted}', () => REDACTED)
    .replace('{redacted_json}', () => REDACTED_JSON)
    .replace('{known}', () => knownOperation('entry.operation', RGW_OPERATIONS))
    .replace('{records_of_lines}', () => records);
}

/**
 * The ops log of Ceph's RADOS Gateway, as JSON from its file or its socket: entries one behind the other, with commas or
 * line ends between them or nothing. `total_time` is in milliseconds.
 * Source: https://docs.ceph.com/en/latest/radosgw/config-ref/ (`rgw_enable_ops_log`) and
 * https://github.com/ceph/ceph/blob/main/src/rgw/rgw_log.cc (`rgw_format_ops_log_entry`)
 */
export const rgwOpsLog: Format = {
  name: 'rgw-ops-log',
  title: 'Ceph ops log',
  unit: 'line',
  parsedTable: REQUESTS_PARSED,
  parses: [{ select: select() }],
  migrations: [],
  recognises: ({ head }) => {
    const text = head.toString('latin1').trimStart();
    return /^[[{,]/.test(text) && ENTRY.every((member) => member.test(text));
  },
};
