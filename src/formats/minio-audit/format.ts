import { readSql } from '../../engine/sql-file.ts';
import type { Format } from '../format.ts';
import { recordsOfLines } from '../json-lines.ts';
import { knownOperation } from '../operations.ts';
import { REDACTED, REDACTED_JSON } from '../redaction.ts';
import { REQUESTS_PARSED } from '../requests.ts';
import { MINIO_LIFECYCLE, MINIO_OPERATIONS } from './operations.ts';

const API = /"api"\s*:\s*\{/;
/** A word of the record that the other formats of JSON do not have, at its beginning or in its middle. */
const RECORD = /"(?:deploymentid|trigger|remotehost|requestID)"\s*:/;
const OTHERS = /"eventSource"\s*:|"eventVersion"\s*:|"EventName"\s*:/;

function select(): string {
  const records = recordsOfLines({
    first: 'version',
    rows: `each -> 1 + JSONLength(each, 'api', 'objects')`,
  });
  return readSql('parse', import.meta.url)
    .replace('{redacted}', () => REDACTED)
    .replace('{redacted_json}', () => REDACTED_JSON)
    .replace('{known}', () => knownOperation('api.name', MINIO_OPERATIONS))
    .replace('{lifecycle}', () => knownOperation('api.name', MINIO_LIFECYCLE))
    .replace('{records_of_lines}', () => records);
}

/**
 * Audit records of MinIO and AIStor, as their webhook and Kafka targets send them: JSON lines, also in lists.
 * Source: https://min.io/docs/minio/linux/operations/monitoring/minio-logging.html and
 * https://github.com/minio/pkg/blob/main/logger/message/audit/entry.go
 */
export const minioAudit: Format = {
  name: 'minio-audit',
  title: 'MinIO audit log',
  unit: 'line',
  parsedTable: REQUESTS_PARSED,
  parses: [{ select: select() }],
  migrations: [],
  recognises: ({ head }) => {
    const text = head.toString('latin1').trimStart();
    return /^[[{]/.test(text) && API.test(text) && RECORD.test(text) && !OTHERS.test(text);
  },
};
