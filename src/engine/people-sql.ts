/**
 * Makes SQL that a person typed safe to run: one SELECT (or SHOW / DESCRIBE of a table) over this store's tables.
 * The connection is read-only besides; this closes what read-only leaves open: scalar functions that read files,
 * `INTO OUTFILE`, `DESCRIBE` of a table function, `KILL QUERY`, and system tables.
 */
import { Fault } from '../lib/fault.ts';
import { parseRows } from './rows.ts';

type Run = (sql: string, params?: Readonly<Record<string, unknown>>) => Promise<string>;

const TABLE_FUNCTIONS = new Set(['numbers', 'generate_series', 'generateSeries', 'values', 'view', 'zeros']);
const FUNCTIONS_REFUSED =
  /^(file|catboostEvaluate|getMacro|getServerPort|getServerSetting|getSetting|hostName|hostname|FQDN|fqdn|shardNum|currentUser|user|serverUUID|queryID|initialQueryID|addressToLine.*|addressToSymbol|demangle|dict(Get|Has|IsIn).*|joinGet.*|structureTo.*|reverseDNSQuery|showCertificate|displayName|buildId|filesystem.*|modelEvaluate|executable.*|ai[A-Z].*|encrypt|decrypt)$/;
const SHOW =
  /^(SHOW TABLES( (NOT )?(I?LIKE) '[^']*')?|SHOW CREATE TABLE [a-z_0-9]+|DESCRIBE TABLE [a-z_0-9]+)$/;

/** The statement to run instead of `sql`. Throws `invalid` or `denied` with what is wrong. */
export async function guardPeopleSql(sql: string, run: Run): Promise<string> {
  const text = sql.trim().replace(/;\s*$/, '');
  if (text === '') throw new Fault('invalid', 'Cannot run the query: it is empty.');
  const canonical = await canonicalText(text, run);
  if (SHOW.test(canonical)) return canonical;
  if (!/^\(*(SELECT|WITH)\b/.test(canonical)) {
    throw new Fault(
      'denied',
      'Cannot run the query: only SELECT, SHOW TABLES and DESCRIBE <table> are allowed.',
    );
  }
  const wrapped = `SELECT * FROM (\n${canonical}\n)`;
  refuseBeyondStore(await explainAst(wrapped, run));
  return wrapped;
}

async function canonicalText(sql: string, run: Run): Promise<string> {
  const [row] = parseRows<{ text: string }>(
    await run('select formatQuerySingleLine({sql:String}) as text', { sql }),
  );
  return row?.text ?? '';
}

async function explainAst(sql: string, run: Run): Promise<string[]> {
  return parseRows<{ explain: string }>(await run(`explain ast ${sql}`)).map((row) => row.explain);
}

function refuseBeyondStore(ast: readonly string[]): void {
  let parent = '';
  for (const line of ast) {
    const [kind = '', name = ''] = line.trim().split(' ');
    if (kind === 'Function') refuseFunction(name, parent);
    if (kind === 'TableIdentifier') refuseTable(name);
    if (kind === 'Set') throw new Fault('denied', 'Cannot run the query: a SETTINGS clause is not allowed.');
    if (kind.startsWith('ColumnsApply'))
      throw new Fault('denied', 'Cannot run the query: APPLY is not allowed.');
    parent = kind;
  }
}

function refuseFunction(name: string, parent: string): void {
  if (parent === 'TableExpression' && !TABLE_FUNCTIONS.has(name)) {
    throw new Fault('denied', `Cannot run the query: the table function ${name} reaches beyond this store.`);
  }
  if (FUNCTIONS_REFUSED.test(name)) {
    throw new Fault('denied', `Cannot run the query: the function ${name} is not allowed.`);
  }
}

function refuseTable(name: string): void {
  if (!name.includes('.')) return;
  throw new Fault('denied', `Cannot run the query: ${name} is not a table of this store; use SHOW TABLES.`);
}
