/** What an error of talking to a cluster means. */
import { Fault, reasonOf } from '../lib/fault.ts';
import { engineFault } from './clickhouse-error.ts';

/** ClickHouse's codes for a node, shard or keeper that is away, or too busy. */
const AWAY_CODES = new Set([
  '32',
  '101',
  '198',
  '202',
  '203',
  '225',
  '236',
  '242',
  '279',
  '285',
  '286',
  '319',
  '394',
]);
const DENIED_CODES = new Set(['192', '193', '194', '516']);

export function clusterFault(error: unknown): Fault {
  const code = codeOf(error);
  if (AWAY_CODES.has(code)) {
    return new Fault('unavailable', `Cannot use the cluster: ${reasonOf(error)}`, { cause: error });
  }
  if (DENIED_CODES.has(code)) {
    return new Fault('denied', 'Cannot use the cluster: the user or its password is wrong.', {
      cause: error,
    });
  }
  if (/Field value too long/.test(reasonOf(error))) {
    const message =
      'Cannot send the parameters: one is longer than the servers allow (http_max_field_value_size).';
    return new Fault('limit', message, { cause: error });
  }
  return engineFault(error);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

export function isNotListening(error: unknown): boolean {
  const cause = error instanceof Fault ? error.cause : error;
  return /^(?:ECONNREFUSED|ENOTFOUND|EHOSTUNREACH|ENETUNREACH)$/.test(codeOf(cause));
}
