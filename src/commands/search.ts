/** `requests` and `calls`: rows of access logs and CloudTrail that fit the filters, newest first. */
import type { Command } from 'commander';
import type { FactPage } from '../serve/api.ts';
import { type ApiClient, configOf, formOf, globalFlags, reach } from './context.ts';
import { addLimitOption, addRangeOptions, rangeQueryOf, textOf } from './options.ts';
import { printRows } from './output.ts';

interface Search {
  readonly name: string;
  readonly path: string;
  readonly description: string;
  /** Option name -> API filter, with its help. */
  readonly filters: readonly (readonly [option: string, filter: string, help: string])[];
  readonly columns: readonly string[];
  readonly examples: string;
}

const REQUESTS: Search = {
  name: 'requests',
  path: '/requests',
  description: 'search requests (server access logs), newest first',
  filters: [
    ['bucket', 'bucket', 'bucket name'],
    ['operation', 'operation', 'e.g. REST.GET.OBJECT'],
    ['key', 'key', 'object key'],
    ['requester', 'requester', 'canonical id or ARN'],
    ['address', 'remote_ip', 'remote address'],
    ['status', 'http_status', 'e.g. 403 or 4xx'],
    ['error', 'error_code', 'e.g. AccessDenied'],
    ['request-id', 'request_id', 'x-amz-request-id'],
    ['user-agent', 'user_agent', 'User-Agent header'],
  ],
  columns: [
    'time',
    'bucket',
    'operation',
    'key',
    'http_status',
    'error_code',
    'bytes_sent',
    'total_time_ms',
    'requester',
    'remote_ip',
  ],
  examples: `
Examples:
  bucketwatch requests --status 403 --since 24h
  bucketwatch requests --bucket media --key 'uploads/*' --operation 'REST.DELETE.*' --json
  bucketwatch requests --requester - --csv > anonymous.csv`,
};

const CALLS: Search = {
  name: 'calls',
  path: '/calls',
  description: 'search API calls (CloudTrail), newest first',
  filters: [
    ['bucket', 'bucket', 'bucket name'],
    ['event', 'event_name', 'e.g. PutBucketPolicy'],
    ['key', 'key', 'object key'],
    ['principal', 'principal_arn', 'ARN of who called'],
    ['address', 'source_ip_address', 'address or service that called'],
    ['error', 'error_code', 'e.g. AccessDenied'],
    ['request-id', 'request_id', 'x-amz-request-id'],
    ['event-id', 'event_id', 'CloudTrail event id'],
    ['user', 'user_name', 'IAM user name'],
    ['region', 'aws_region', 'AWS region'],
  ],
  columns: ['event_time', 'event_name', 'bucket', 'key', 'principal_arn', 'source_ip_address', 'error_code'],
  examples: `
Examples:
  bucketwatch calls --event 'PutBucket*' --since 7d
  bucketwatch calls --principal '*user/dana' --access write --json`,
};

/** Options of the searches by the filter of the API they stand for. */
export const FILTER_OPTIONS: ReadonlyMap<string, { readonly option: string; readonly help: string }> =
  new Map(
    [...REQUESTS.filters, ...CALLS.filters].map(([option, filter, help]) => [filter, { option, help }]),
  );

const PAGE_ROWS = 1000;

export function addSearchCommands(root: Command): void {
  for (const search of [REQUESTS, CALLS]) addSearchCommand(root, search);
}

function addSearchCommand(root: Command, search: Search): void {
  const command = root.command(search.name).description(search.description);
  for (const [option, , help] of search.filters) command.option(`--${option} <value>`, help);
  addRangeOptions(command.option('--access <kind>', 'read or write'));
  addLimitOption(command)
    .option('--csv', 'CSV instead of a table')
    .addHelpText(
      'after',
      '\nA filter matches the whole value; * stands for any text, a leading ! negates, - is the empty value.',
    )
    .addHelpText('after', search.examples)
    .action(async (options: Record<string, string>, self: Command) => runSearch(search, options, self));
}

async function runSearch(
  search: Search,
  options: Readonly<Record<string, unknown>>,
  command: Command,
): Promise<void> {
  const flags = globalFlags(command);
  const client = await reach(configOf(flags));
  try {
    const rows = await allRows(search, options, client);
    printRows(rows, {
      form: formOf(flags, options),
      columns: search.columns,
      empty: `No ${search.name} fit. bucketwatch sources shows what has been loaded.`,
    });
  } finally {
    await client.close();
  }
}

async function allRows(
  search: Search,
  options: Readonly<Record<string, unknown>>,
  client: ApiClient,
): Promise<Record<string, unknown>[]> {
  const limit = Number(options['limit']);
  const rows: Record<string, unknown>[] = [];
  let cursor: string | undefined;
  while (rows.length < limit) {
    const page: FactPage = await client.get<FactPage>(search.path, {
      ...filtersOf(search, options),
      limit: String(Math.min(PAGE_ROWS, limit - rows.length)),
      cursor,
    });
    rows.push(...page.rows);
    if (page.next_cursor === null) break;
    cursor = page.next_cursor;
  }
  return rows;
}

function filtersOf(
  search: Search,
  options: Readonly<Record<string, unknown>>,
): Record<string, string | undefined> {
  const filters = search.filters.map(([option, filter]) => [filter, textOf(options, option)]);
  return { ...Object.fromEntries(filters), access: textOf(options, 'access'), ...rangeQueryOf(options) };
}
