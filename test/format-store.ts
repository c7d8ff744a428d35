import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbedded } from '../src/engine/embedded.ts';
import type { Engine } from '../src/engine/engine.ts';
import { migrate } from '../src/engine/migrate.ts';
import { INTAKE_MIGRATIONS } from '../src/intake/migrations.ts';
import { FORMAT_MIGRATIONS } from '../src/formats/all.ts';
import {
  type BatchDescription,
  DEFAULT_PARSE_PARAMS,
  type Format,
  type FormatName,
} from '../src/formats/format.ts';
import { describe, layoutOf } from '../src/formats/inventory/manifest.ts';

const FACT_TABLES = {
  'access-log': { table: 'requests', place: 'line_number' },
  cloudtrail: { table: 'api_calls', place: 'record_number' },
  'cloudtrail-digest': { table: 'trail_digests', place: 'key' },
  'store-metrics': { table: 'store_metrics', place: 'time' },
  'bucket-config': { table: 'bucket_configs', place: 'record_number' },
  'object-status': { table: 'object_events', place: 'record_number' },
  's3-event': { table: 'object_events', place: 'record_number' },
  'minio-audit': { table: 'requests', place: 'line_number, record_number' },
  'rgw-ops-log': { table: 'requests', place: 'line_number, record_number' },
  inventory: { table: 'inventory_objects', place: 'record_number' },
} as const satisfies Record<FormatName, { table: string; place: string }>;

/** What became of one batch. */
export interface Loaded {
  /** Rows of the fact table by their place in the batch; columns at their default are left out. */
  readonly facts: readonly Readonly<Record<string, unknown>>[];
  readonly rejects: readonly {
    readonly line_number: number;
    readonly reason: string;
    readonly line: string;
  }[];
  /** The batch's tallies: what its records became, repeated ones counted. */
  readonly tally: { readonly facts: number; readonly rejects: number; readonly skipped: number };
}

/** A store in a temporary folder with every format's tables, for tests. */
export interface TestStore {
  /** Loads batches of one format as one load; gives what became of each, in order. */
  load(format: Format, batches: readonly Buffer[]): Promise<Loaded[]>;
  close(): Promise<void>;
}

/** Opens a store of the real embedded engine. */
export async function openTestStore(): Promise<TestStore> {
  const folder = mkdtempSync(join(tmpdir(), 'bucketwatch-formats-'));
  const engine = openEmbedded({ folder: join(folder, 'engine'), memoryBytesMax: 1_500_000_000 });
  await migrate([...INTAKE_MIGRATIONS, ...FORMAT_MIGRATIONS], engine);
  let batchId = 0;
  let loads = 0;
  return {
    async load(format, batches) {
      loads += 1;
      const spool = join(folder, `load-${loads}`);
      mkdirSync(spool);
      const ids = batches.map((bytes) => {
        batchId += 1;
        writeFileSync(join(spool, `${batchId}.batch`), format.decode?.(bytes) ?? bytes);
        return batchId;
      });
      const files = ids.map((id) => `${id}.batch`);
      for (const described of format.unit === 'row' ? batches.map(reportOf) : [undefined]) {
        await engine.loadFiles({
          table: format.parsedTable,
          parses: format.parses,
          unit: format.unit,
          folder: spool,
          files: described === undefined ? files : files.splice(0, 1),
          large: false,
          token: `load-${loads}-${files.length}`,
          params: { ...DEFAULT_PARSE_PARAMS, ...described?.params, namespace: '' },
          ...(described === undefined ? {} : { rows: described.rows }),
        });
      }
      rmSync(spool, { recursive: true });
      return loadedOf(ids, { engine, format });
    },
    async close() {
      await engine.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What a manifest would say of a data file, told by how it begins. */
function reportOf(bytes: Buffer): BatchDescription {
  const encoding = bytes.subarray(0, 4).toString('latin1') === 'PAR1' ? 'parquet' : 'orc';
  const report = { sourceBucket: 'media', configId: encoding, createdMs: Date.UTC(2026, 4, 3, 1) };
  return describe(report, layoutOf(encoding));
}

interface Parts {
  readonly engine: Engine;
  readonly format: Format;
}

interface OfBatch {
  readonly batch_id: number;
}

async function loadedOf(ids: readonly number[], { engine, format }: Parts): Promise<Loaded[]> {
  const { table, place } = FACT_TABLES[format.name];
  const ours = `batch_id between ${ids.at(0) ?? 0} and ${ids.at(-1) ?? 0}`;
  const columns = await engine.query<{ name: string; type: string }>(
    `select name, type from system.columns where database = currentDatabase() and table = '${table}'`,
  );
  const nullable = new Set(columns.filter(({ type }) => type.startsWith('Nullable')).map(({ name }) => name));
  const facts = await engine.query<OfBatch & Record<string, unknown>>(
    `select * from ${table} where ${ours} order by batch_id, ${place}`,
  );
  const rejects = await engine.query<OfBatch & Loaded['rejects'][number]>(
    `select batch_id, line_number, reason, line from rejects where ${ours} and format = '${format.name}' order by batch_id, line_number`,
  );
  const tallies = await engine.query<OfBatch & Loaded['tally']>(
    `select batch_id, sum(facts) as facts, sum(rejects) as rejects, sum(skipped) as skipped from batch_tallies where ${ours} group by batch_id`,
  );
  const factsOf = grouped(facts);
  const rejectsOf = grouped(rejects);
  const tallyOf = grouped(tallies);
  return ids.map((id) => ({
    facts: (factsOf.get(id) ?? []).map((row) => withoutDefaults(row, nullable)),
    rejects: rejectsOf.get(id) ?? [],
    tally: tallyOf.get(id)?.[0] ?? { facts: 0, rejects: 0, skipped: 0 },
  }));
}

/** The rows of each batch, without the batch's id. */
function grouped<Row extends OfBatch>(rows: readonly Row[]): Map<number, Omit<Row, 'batch_id'>[]> {
  const groups = new Map<number, Omit<Row, 'batch_id'>[]>();
  for (const { batch_id, ...row } of rows) {
    const group = groups.get(Number(batch_id)) ?? [];
    group.push(row);
    groups.set(Number(batch_id), group);
  }
  return groups;
}

function withoutDefaults(row: object, nullable: ReadonlySet<string>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).filter(
      ([name, value]) =>
        value !== '' &&
        value !== null &&
        (value !== 0 || nullable.has(name)) &&
        !(Array.isArray(value) && value.length === 0),
    ),
  );
}
