import { describe, expect, it } from 'vitest';
import { clashingView, clusterDdl, viewEdge } from './ddl.ts';

const SHARDED = new Set(['requests', 'minutes']);
const PLAIN = { cluster: 'main', replicated: false, sharded: SHARDED };
const REPLICATED = { ...PLAIN, replicated: true };

interface Case {
  readonly name: string;
  readonly statement: string;
  readonly becomes: readonly string[];
}

const UNCHANGED: readonly string[] = [
  "create view if not exists slow as select * from requests where note = 'create table x'",
  'create materialized view if not exists to_minutes to minutes as select bucket, count() as n from requests group by bucket',
  'create or replace view slow as select 1',
  'alter table parsed delete where 1',
  'truncate table parsed',
  'drop view if exists slow',
  'drop table if exists parsed',
  'create function if not exists double as (x) -> x * 2',
];

const CASES: readonly Case[] = [
  {
    name: 'a Null table stays one table',
    statement:
      "create table parsed (\n  batch_id UInt64,\n  line String\n)\nengine = Null\ncomment 'one row: a line'",
    becomes: [
      "create table if not exists parsed (\n  batch_id UInt64,\n  line String\n)\nengine = Null\ncomment 'one row: a line'",
    ],
  },
  {
    name: 'a plain MergeTree with a batch_id keeps a batch on one node',
    statement: `create table if not exists requests (
  batch_id UInt64 comment 'which (of many)',
  time DateTime('UTC')
)
engine = MergeTree
partition by toYYYYMM(time)
order by (batch_id, time)
ttl time + interval 30 day
settings non_replicated_deduplication_window = 1000
comment 'one row: it''s a request'`,
    becomes: [
      `create table if not exists requests_local (
  batch_id UInt64 comment 'which (of many)',
  time DateTime('UTC')
)
engine = MergeTree
partition by toYYYYMM(time)
order by (batch_id, time)
ttl time + interval 30 day
settings non_replicated_deduplication_window = 1000
comment 'one row: it''s a request'`,
      "create table if not exists requests as requests_local engine = Distributed('main', currentDatabase(), requests_local, cityHash64(batch_id)) comment 'one row: it''s a request'",
    ],
  },
  {
    name: 'rows that merge meet by their sorting key',
    statement:
      'create table t (k String, day Date, batch_id UInt64) engine = SummingMergeTree(n) order by (k, toDate(day)) ttl day + 1',
    becomes: [
      'create table if not exists t_local (k String, day Date, batch_id UInt64)\nengine = SummingMergeTree(n) order by (k, toDate(day)) ttl day + 1',
      "create table if not exists t as t_local engine = Distributed('main', currentDatabase(), t_local, cityHash64(k, toDate(day)))",
    ],
  },
  {
    name: 'a sorting key of one column needs no parentheses',
    statement: 'create table t (id String) engine = MergeTree order by id',
    becomes: [
      'create table if not exists t_local (id String)\nengine = MergeTree order by id',
      "create table if not exists t as t_local engine = Distributed('main', currentDatabase(), t_local, cityHash64(id))",
    ],
  },
  {
    name: 'without a sorting key all rows go to one node',
    statement: 'create table t (id String) engine = MergeTree order by tuple()',
    becomes: [
      'create table if not exists t_local (id String)\nengine = MergeTree order by tuple()',
      "create table if not exists t as t_local engine = Distributed('main', currentDatabase(), t_local, 1)",
    ],
  },
  {
    name: 'the comment may name the sharding expression',
    statement:
      "create table t (batch_id UInt64, b String) engine = MergeTree order by b comment 'one row: a b [shard by cityHash64(b, \\'x\\')]'",
    becomes: [
      "create table if not exists t_local (batch_id UInt64, b String)\nengine = MergeTree order by b comment 'one row: a b [shard by cityHash64(b, \\'x\\')]'",
      "create table if not exists t as t_local engine = Distributed('main', currentDatabase(), t_local, cityHash64(b, 'x')) comment 'one row: a b [shard by cityHash64(b, \\'x\\')]'",
    ],
  },
  {
    name: 'a view is created once',
    statement: 'create materialized view v to minutes as select 1 as n from requests',
    becomes: ['create materialized view if not exists v to minutes as select 1 as n from requests'],
  },
  {
    name: 'a new column goes to the rows first, then to what reads them',
    statement:
      "alter table requests add column a UInt8 default 1 comment 'x, y', modify ttl time + interval 9 day",
    becomes: [
      "alter table requests_local add column if not exists a UInt8 default 1 comment 'x, y', modify ttl time + interval 9 day",
      "alter table requests add column if not exists a UInt8 default 1 comment 'x, y'",
    ],
  },
  {
    name: 'a column is dropped from what reads it first',
    statement: 'alter table requests drop column a',
    becomes: [
      'alter table requests drop column if exists a',
      'alter table requests_local drop column if exists a',
    ],
  },
  {
    name: 'a lifetime of a column stays with the rows',
    statement:
      'alter table requests add column t DateTime ttl t + interval 1 day after a, modify column b remove ttl',
    becomes: [
      'alter table requests_local add column if not exists t DateTime ttl t + interval 1 day after a, modify column b remove ttl',
      'alter table requests add column if not exists t DateTime after a',
    ],
  },
  {
    name: 'an index stays with the rows',
    statement: 'alter table requests add index i a type minmax',
    becomes: ['alter table requests_local add index if not exists i a type minmax'],
  },
  {
    name: 'a table that is not sharded is altered itself',
    statement: 'alter table parsed add column a UInt8',
    becomes: ['alter table parsed add column if not exists a UInt8'],
  },
  {
    name: 'rows are deleted where they are',
    statement: "alter table requests delete where bucket in ('a', 'b')",
    becomes: ["alter table requests_local delete where bucket in ('a', 'b')"],
  },
  {
    name: 'a light delete as well',
    statement: 'delete from requests where requests.n = 1',
    becomes: ['delete from requests_local where requests.n = 1'],
  },
  {
    name: 'truncate empties the rows',
    statement: 'truncate table if exists requests',
    becomes: ['truncate table if exists requests_local'],
  },
  {
    name: 'optimize merges the rows',
    statement: 'optimize table minutes final',
    becomes: ['optimize table minutes_local final'],
  },
  {
    name: 'drop takes both',
    statement: 'drop table requests sync',
    becomes: ['drop table if exists requests sync', 'drop table if exists requests_local sync'],
  },
];

const REPLICATED_CASES: readonly Case[] = [
  {
    name: 'takes the path and replica and remembers tokens for a week',
    statement:
      'create table t (id String) engine = MergeTree order by id settings non_replicated_deduplication_window = 500, index_granularity = 1024',
    becomes: [
      "create table if not exists t_local (id String)\nengine = ReplicatedMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') order by id settings replicated_deduplication_window = 500, replicated_deduplication_window_seconds = 604800, index_granularity = 1024",
      "create table if not exists t as t_local engine = Distributed('main', currentDatabase(), t_local, cityHash64(id))",
    ],
  },
  {
    name: 'keeps what the engine is given',
    statement: 'create table t (id String, v UInt8) engine = ReplacingMergeTree(v) order by id',
    becomes: [
      "create table if not exists t_local (id String, v UInt8)\nengine = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}', v) order by id",
      "create table if not exists t as t_local engine = Distributed('main', currentDatabase(), t_local, cityHash64(id))",
    ],
  },
];

const REFUSED: readonly string[] = [
  'create table t (id String) engine = Log',
  'create table t (id String) engine = ReplicatedMergeTree order by id',
  'create table t engine = MergeTree order by id as select 1 as id',
  'create or replace table t (id String) engine = MergeTree order by id',
  'create materialized view v engine = MergeTree order by n as select 1 as n from requests',
  'insert into requests select 1',
  'rename table requests to old',
];

describe('clusterDdl()', () => {
  it.each(CASES)('$name', ({ statement, becomes }) => {
    expect(clusterDdl(statement, PLAIN)).toEqual(becomes);
  });

  it.each(REPLICATED_CASES)('with replicas $name', ({ statement, becomes }) => {
    expect(clusterDdl(statement, REPLICATED)).toEqual(becomes);
  });

  it.each(UNCHANGED)('leaves as it is: %s', (statement) => {
    expect(clusterDdl(statement, PLAIN)).toEqual([statement]);
  });

  it.each(REFUSED)('refuses: %s', (statement) => {
    expect(() => clusterDdl(statement, PLAIN)).toThrow(expect.objectContaining({ code: 'unsupported' }));
  });

  it('refuses a MergeTree without a sorting key', () => {
    expect(() => clusterDdl('create table t (id String) engine = MergeTree', PLAIN)).toThrow(/no order by/);
  });

  it('is not misled by comments and quotes', () => {
    const statement =
      "create table t (\n  id String comment 'engine = Null)', -- it's (\n  n UInt8\n) engine = MergeTree order by id comment 'ttl'";
    expect(clusterDdl(statement, PLAIN)[1]).toBe(
      "create table if not exists t as t_local engine = Distributed('main', currentDatabase(), t_local, cityHash64(id)) comment 'ttl'",
    );
  });
});

describe('viewEdge()', () => {
  it.each([
    ['create materialized view v to b as select * from a', { view: 'v', from: 'a', to: 'b' }],
    [
      "create materialized view if not exists v to b as\nselect n, 'from x' as t\nfrom (\n  select count() as n from a\n)",
      { view: 'v', from: 'a', to: 'b' },
    ],
    [
      'create materialized view v to b as select extract(year from time) as y from a',
      { view: 'v', from: 'a', to: 'b' },
    ],
    ['create view v as select * from a', undefined],
    ['create table b (id String) engine = MergeTree order by id', undefined],
  ])('reads %s', (statement, edge) => {
    expect(viewEdge(statement)).toEqual(edge);
  });
});

describe('clashingView()', () => {
  const edges = [
    { view: 'to_facts', from: 'parsed', to: 'facts' },
    { view: 'to_minutes', from: 'facts', to: 'minutes' },
    { view: 'to_tally', from: 'parsed', to: 'tally' },
  ];

  it.each([
    ['one insert on two ways', { view: 'v', from: 'parsed', to: 'tally' }, 'to_tally'],
    ['one insert on two ways of different length', { view: 'v', from: 'facts', to: 'tally' }, 'to_tally'],
    ['the other way round', { view: 'v', from: 'parsed', to: 'minutes' }, 'to_minutes'],
    ['different inserts', { view: 'v', from: 'other_parsed', to: 'tally' }, undefined],
    ['the view itself, once more', { view: 'to_tally', from: 'parsed', to: 'tally' }, undefined],
    ['another table', { view: 'v', from: 'facts', to: 'days' }, undefined],
  ])('%s', (_, edge, clash) => {
    expect(clashingView(edge, edges)).toBe(clash);
  });
});
