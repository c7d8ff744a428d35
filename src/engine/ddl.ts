/**
 * The schema's statements in a cluster's variant. A table `x` of the MergeTree family becomes `x_local`, which holds
 * one node's rows, and `x`, the `Distributed` table over all of them that everything else reads and writes.
 * Null tables and views are the same on each node; a view writes into the `Distributed` table of the node it runs on.
 */
import { Fault } from '../lib/fault.ts';

export interface ClusterLayout {
  /** Name of the cluster in the servers' `remote_servers`. */
  readonly cluster: string;
  /** True when a shard has replicas: tables then are `Replicated`; servers need the macros `shard` and `replica`. */
  readonly replicated: boolean;
  /** Tables made of an `x_local` and an `x`, as they stand before the statement. */
  readonly sharded: ReadonlySet<string>;
}

/** A materialized view as an edge: inserts into `from` reach `to`. */
export interface ViewEdge {
  readonly view: string;
  readonly from: string;
  readonly to: string;
}

/**
 * The statements to run on every node instead of `statement`: the first on all nodes, then the next.
 * Running them again changes nothing. Throws `unsupported` for a statement with no such variant.
 *
 * Rows of a sharded table go where its sharding expression says. A table comment ending in `[shard by <expression>]`
 * names it; otherwise it is `cityHash64(batch_id)` for a plain MergeTree with that column, else the hash of the sorting
 * key: rows that merge into one must meet on one node, so an expression given for a table that merges rows may use
 * nothing but its sorting key. It is never random: a repeated insert must cut into the same pieces to be recognised.
 *
 * @example
 * clusterDdl('truncate table requests', { cluster: 'main', replicated: false, sharded: new Set(['requests']) });
 * // ['truncate table requests_local']
 */
export function clusterDdl(statement: string, layout: ClusterLayout): string[] {
  const outline = outlineOf(statement);
  for (const { pattern, rewrite } of VARIANTS) {
    const match = pattern.exec(outline);
    if (match !== null) return rewrite({ statement, outline, match }, layout);
  }
  return [statement];
}

/** The edge a `create materialized view ... to ... as select ... from ...` adds, or undefined for any other statement. */
export function viewEdge(statement: string): ViewEdge | undefined {
  const match = CREATE_MATERIALIZED_VIEW.exec(outlineOf(statement));
  const [, view, to] = match ?? [];
  const from = (SOURCE.exec(outlineOf(statement)) ?? SOURCE.exec(withoutText(statement)))?.[1];
  return view === undefined || to === undefined || from === undefined ? undefined : { view, from, to };
}

/**
 * The view that already carries rows of one insert into the table `edge` writes to, or undefined.
 * Two such views may not be: a node knows a repeated insert by token and table alone, so of two views' rows that come
 * to a table under the same token the second would be taken for a repetition and lost.
 */
export function clashingView(edge: ViewEdge, edges: readonly ViewEdge[]): string | undefined {
  const sources = originsOf(edge.from, edges);
  const others = edges.filter((other) => other.to === edge.to && other.view !== edge.view);
  return others.find((other) => originsOf(other.from, edges).some((table) => sources.includes(table)))?.view;
}

/** The table itself and all whose inserts reach it. */
function originsOf(table: string, edges: readonly ViewEdge[]): string[] {
  const origins = [table];
  for (const origin of origins) {
    const feeding = edges.filter((edge) => edge.to === origin).map((edge) => edge.from);
    origins.push(...new Set(feeding.filter((from) => !origins.includes(from))));
  }
  return origins;
}

/** A statement, its outline (what is in quotes, parentheses and comments masked, same length), and what matched there. */
interface Parsed {
  readonly statement: string;
  readonly outline: string;
  readonly match: RegExpExecArray;
}

interface Variant {
  readonly pattern: RegExp;
  readonly rewrite: (parsed: Parsed, layout: ClusterLayout) => string[];
}

const CREATE_TABLE =
  /^create\s+table\s+(?:if\s+not\s+exists\s+)?(?<name>\w+)\s*(?<columns>\(~*\))\s*engine\s*=\s*(?<engine>\w+)(?:\s*(?<args>\(~*\)))?/di;
const CREATE_MATERIALIZED_VIEW =
  /^create\s+materialized\s+view\s+(?:if\s+not\s+exists\s+)?(\w+)\s+to\s+(\w+)\s/i;
const SOURCE = /\bfrom\s+([a-z_]\w*)(?!\s*\(|\w)/i;

const VARIANTS: readonly Variant[] = [
  { pattern: CREATE_TABLE, rewrite: createTable },
  { pattern: CREATE_MATERIALIZED_VIEW, rewrite: createView },
  { pattern: /^create\s+view\s/i, rewrite: createView },
  { pattern: /^create\s+(?:or\s+replace\s+)?(?:table|materialized)\s/i, rewrite: refuse },
  { pattern: /^alter\s+table\s+(?<name>\w+)\s+(?<actions>[\s\S]+)$/di, rewrite: alterTable },
  { pattern: /^drop\s+table\s+(?:if\s+exists\s+)?(?<name>\w+)(?<rest>[\s\S]*)$/i, rewrite: dropTable },
  { pattern: /^(?:delete\s+from|optimize\s+table|update)\s+(?<name>\w+)/di, rewrite: onLocal },
  { pattern: /^truncate\s+table\s+(?:if\s+exists\s+)?(?<name>\w+)/di, rewrite: onLocal },
  { pattern: /^(?:insert|rename|exchange|attach|detach|undrop)\s/i, rewrite: refuse },
];

function createTable(parsed: Parsed, layout: ClusterLayout): string[] {
  const { statement, match } = parsed;
  const { name = '', engine = '' } = match.groups ?? {};
  const columns = groupText(parsed, 'columns');
  const clauses = statement.slice(match[0].length);
  if (engine === 'Null') return [`create table if not exists ${name} ${columns}\nengine = Null${clauses}`];
  if (!engine.endsWith('MergeTree') || engine.startsWith('Replicated')) return refuse(parsed);
  const local = localName(name);
  const comment = COMMENT.exec(parsed.outline);
  const commentText = comment === null ? '' : ` ${statement.slice(comment.index)}`;
  const sharding = shardingExpression({ engine, columns, commentText, sortingKey: sortingKeyOf(parsed) });
  return [
    `create table if not exists ${local} ${columns}\n` +
      `engine = ${localEngine(engine, groupText(parsed, 'args'), layout)}${localClauses(clauses, layout)}`,
    `create table if not exists ${name} as ${local} ` +
      `engine = Distributed('${layout.cluster}', currentDatabase(), ${local}, ${sharding})${commentText}`,
  ];
}

const COMMENT = /\bcomment\s+(?:'~*')+\s*$/i;
const SHARD_BY = /\[shard by (.+)\]'\s*$/i;
const ORDER_BY =
  /\border\s+by\s+(?<key>[\s\S]+?)(?=\s+(?:partition\s+by|primary\s+key|sample\s+by|ttl|settings|comment)\b|\s*$)/di;

function sortingKeyOf(parsed: Parsed): string {
  const match = ORDER_BY.exec(parsed.outline);
  if (match === null)
    throw new Fault('invalid', `Cannot create the table: it has no order by, got "${parsed.statement}"`);
  const key = groupText({ ...parsed, match }, 'key').trim();
  return /^\(.*\)$/s.test(key) ? key.slice(1, -1).trim() : key;
}

interface Sharded {
  readonly engine: string;
  readonly columns: string;
  readonly commentText: string;
  readonly sortingKey: string;
}

function shardingExpression({ engine, columns, commentText, sortingKey }: Sharded): string {
  const given = SHARD_BY.exec(commentText)?.[1];
  if (given !== undefined) return given.replace(/\\'|''/g, "'");
  if (engine === 'MergeTree' && /[(,]\s*batch_id\s/.test(columns)) return 'cityHash64(batch_id)';
  return sortingKey === 'tuple()' || sortingKey === '' ? '1' : `cityHash64(${sortingKey})`;
}

function localEngine(engine: string, args: string, { replicated }: ClusterLayout): string {
  if (!replicated) return `${engine}${args}`;
  const own = args.slice(1, -1).trim();
  const path = "'/clickhouse/tables/{shard}/{database}/{table}', '{replica}'";
  return `Replicated${engine}(${own === '' ? path : `${path}, ${own}`})`;
}

/** Replicated tables forget a token after a time as well: a week, so that what waited out a long failure is still known. */
const TOKEN_SECONDS = 604_800;

function localClauses(clauses: string, { replicated }: ClusterLayout): string {
  if (!replicated) return clauses;
  return clauses.replace(
    /\bnon_replicated_deduplication_window\s*=\s*(\d+)/i,
    `replicated_deduplication_window = $1, replicated_deduplication_window_seconds = ${TOKEN_SECONDS}`,
  );
}

function createView({ statement }: Parsed): string[] {
  return [statement.replace(/^(create\s+(?:materialized\s+)?view)\s+(?!if\s)/i, '$1 if not exists ')];
}

function alterTable(parsed: Parsed, layout: ClusterLayout): string[] {
  const name = parsed.match.groups?.['name'] ?? '';
  const actions = actionsOf(parsed).map(idempotent);
  const on = (table: string, list: readonly string[]): string[] =>
    list.length === 0 ? [] : [`alter table ${table} ${list.join(', ')}`];
  if (!layout.sharded.has(name)) return on(name, actions);
  const local = on(localName(name), actions);
  const distributed = on(name, actions.flatMap(distributedAction));
  return actions.some((action) => /^drop\s+column\b/i.test(action))
    ? [...distributed, ...local]
    : [...local, ...distributed];
}

function actionsOf(parsed: Parsed): string[] {
  const [start] = parsed.match.indices?.groups?.['actions'] ?? [0, 0];
  const actions: string[] = [];
  let from = start;
  for (const piece of parsed.outline.slice(start).split(',')) {
    actions.push(parsed.statement.slice(from, from + piece.length).trim());
    from += piece.length + 1;
  }
  return actions;
}

function idempotent(action: string): string {
  return action
    .replace(/^(add\s+(?:column|index|projection|constraint|statistics))\s+(?!if\s)/i, '$1 if not exists ')
    .replace(
      /^((?:drop|rename)\s+(?:column|index|projection|constraint|statistics))\s+(?!if\s)/i,
      '$1 if exists ',
    );
}

/** What of an action a `Distributed` table takes: columns and comments, but neither keys nor lifetimes. */
function distributedAction(action: string): string[] {
  if (/^modify\s+comment\b/i.test(action)) return [action];
  if (!/^(?:add|drop|modify|alter|rename|comment)\s+column\b/i.test(action)) return [];
  if (/\s(?:remove\s+ttl|(?:modify|reset)\s+setting\b[\s\S]*)$/i.test(action)) return [];
  const ttl = /\sttl\s+[\s\S]+?(?=\s+(?:after|first|settings)\b|$)/i.exec(outlineOf(action));
  if (ttl === null) return [action];
  const rest = action.slice(0, ttl.index) + action.slice(ttl.index + ttl[0].length);
  return /^(?:modify|alter)\s+column\s+(?:if\s+exists\s+)?\w+\s*$/i.test(rest) ? [] : [rest];
}

function dropTable({ statement, match }: Parsed, layout: ClusterLayout): string[] {
  const { name = '', rest = '' } = match.groups ?? {};
  if (!layout.sharded.has(name)) return [statement];
  return [`drop table if exists ${name}${rest}`, `drop table if exists ${localName(name)}${rest}`];
}

function onLocal({ statement, match }: Parsed, layout: ClusterLayout): string[] {
  const name = match.groups?.['name'] ?? '';
  const [start, end] = match.indices?.groups?.['name'] ?? [0, 0];
  if (!layout.sharded.has(name)) return [statement];
  return [statement.slice(0, start) + localName(name) + statement.slice(end)];
}

function refuse({ statement }: Parsed): never {
  const message = `Cannot run the statement on a cluster: it has no variant for one, got "${statement.slice(0, 200)}"`;
  throw new Fault('unsupported', message);
}

/** The table that holds one node's rows of a sharded table. */
function localName(table: string): string {
  return `${table}_local`;
}

/** The sharded table whose rows on a node `local` holds; undefined when it holds none. */
export function baseName(local: string): string | undefined {
  return /^(\w+)_local$/.exec(local)?.[1];
}

function groupText({ statement, match }: Parsed, group: string): string {
  const span = match.indices?.groups?.[group];
  return span === undefined ? '' : statement.slice(span[0], span[1]);
}

const TOKEN =
  /'(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*"|`[^`]*`|--[^\n]*|\/\*[\s\S]*?\*\/|[()]|[^'"`()/-]+|[\s\S]/g;

/** The statement with `~` for all in quotes or parentheses and blanks for comments: what is left is its clauses. */
function outlineOf(statement: string): string {
  let depth = 0;
  return statement.replace(TOKEN, (token) => {
    const first = token[0] ?? '';
    if (token === ')') depth -= 1;
    const isInside = depth > 0;
    if (token === '(') depth += 1;
    if (isInside) return '~'.repeat(token.length);
    if (/^(?:--|\/\*)/.test(token)) return ' '.repeat(token.length);
    return /['"`]/.test(first) ? first + '~'.repeat(token.length - 2) + first : token;
  });
}

function withoutText(statement: string): string {
  return statement.replace(TOKEN, (token) => (/^(?:'|--|\/\*)/.test(token) ? ' ' : token));
}
