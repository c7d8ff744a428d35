/**
 * The same lines through DuckDB's CSV reader into a table of typed columns, as one would write it with DuckDB: no sorting,
 * decoding, redaction, rollups or deduplication. Arguments: an access log, a database file, the package's name, and
 * where it is installed. Prints milliseconds until the table is on disk, and its rows.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [path = '', database = '', packageName = '', folder = ''] = process.argv.slice(2);

interface Connection {
  run(sql: string): Promise<unknown>;
  runAndReadAll(sql: string): Promise<{ getRows(): unknown[][] }>;
}

interface DuckDb {
  readonly DuckDBInstance: { create(file: string): Promise<{ connect(): Promise<Connection> }> };
}

// Not a dependency of this project: the types are those of the four calls used.
const { DuckDBInstance } = createRequire(join(folder, 'package.json'))(packageName) as DuckDb;

/** Fields as blanks cut them: the time is two; more columns than a log has, so that no row is refused. */
const FIELDS = Array.from({ length: 40 }, (_, index) => `'f${index + 1}': 'varchar'`).join(', ');

const TABLE = `create table requests as select
  f1 as bucket_owner, f2 as bucket, try_strptime(f3, '[%d/%b/%Y:%H:%M:%S') as time, f5 as remote_ip, f6 as requester,
  f7 as request_id, f8 as operation, f9 as key, f10 as request_uri, try_cast(f11 as usmallint) as http_status, f12 as error_code,
  try_cast(f13 as ubigint) as bytes_sent, try_cast(f14 as ubigint) as object_size, try_cast(f15 as uinteger) as total_time_ms,
  try_cast(f16 as uinteger) as turn_around_time_ms, f17 as referer, f18 as user_agent, f19 as version_id, f20 as host_id,
  f21 as signature_version, f22 as cipher_suite, f23 as authentication_type, f24 as host_header, f25 as tls_version,
  f26 as access_point_arn, f27 as acl_required, f28 as source_region
from read_csv('${path}', delim = ' ', quote = '"', escape = '', header = false, auto_detect = false, nullstr = '-',
  null_padding = true, strict_mode = false, columns = {${FIELDS}})`;

const instance = await DuckDBInstance.create(database);
const connection = await instance.connect();
const startMs = performance.now();
await connection.run(TABLE);
await connection.run('checkpoint');
const ms = performance.now() - startMs;
const counts = await connection.runAndReadAll(
  'select count(*), count(*) filter (time is not null and http_status is not null and turn_around_time_ms is not null) from requests',
);
const [rows, typed] = (counts.getRows()[0] ?? []).map(Number);
process.stdout.write(JSON.stringify({ ms, rows, typed }));
