import { createHash } from 'node:crypto';
import { Fault } from '../lib/fault.ts';
import type { Engine } from './engine.ts';

/** A numbered step of the schema. Once released its text never changes; what changes is a new step. */
export interface Migration {
  /** `<owner>/<number>-<what>`, e.g. `access-log/001-requests`. */
  readonly id: string;
  /** Statements, each ended by `;` at the end of a line. */
  readonly sql: string;
}

interface AppliedRow {
  readonly id: string;
  readonly checksum: string;
}

/** The statements of a migration, without comment lines. */
export function statementsOf(sql: string): string[] {
  return sql
    .replace(/^[ \t]*--.*$/gm, '')
    .split(/;[ \t]*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}

/**
 * Applies what is missing, in order, and records each step.
 * A recorded step whose text has changed, or is unknown to this program, is refused: the store is newer or edited.
 */
export async function migrate(migrations: readonly Migration[], engine: Engine): Promise<string[]> {
  await engine.applyDdl(MIGRATIONS_TABLE);
  const rows = await engine.query<AppliedRow>(
    'select id, any(checksum) as checksum from migrations group by id',
  );
  const applied = new Map(rows.map((row) => [row.id, row.checksum]));
  refuseUnknown(applied, migrations);
  const done: string[] = [];
  for (const migration of migrations) {
    const checksum = checksumOf(migration);
    const recorded = applied.get(migration.id);
    if (recorded === checksum) continue;
    if (recorded !== undefined) throw changed(migration.id);
    for (const statement of statementsOf(migration.sql)) await engine.applyDdl(statement);
    await engine.insertRows({ table: 'migrations', rows: [{ id: migration.id, checksum }] });
    done.push(migration.id);
  }
  return done;
}

const MIGRATIONS_TABLE = `create table if not exists migrations (
  id String comment 'owner and number of the step',
  checksum String comment 'SHA-256 of its text',
  applied_at DateTime('UTC') default now()
)
engine = MergeTree
order by id
comment 'one row: a step of the schema that was applied'`;

function checksumOf(migration: Migration): string {
  return createHash('sha256').update(statementsOf(migration.sql).join(';\n')).digest('hex');
}

function refuseUnknown(applied: ReadonlyMap<string, string>, migrations: readonly Migration[]): void {
  const known = new Set(migrations.map((migration) => migration.id));
  const unknown = [...applied.keys()].filter((id) => !known.has(id));
  if (unknown.length === 0) return;
  throw new Fault(
    'conflict',
    `Cannot open the store: it has schema steps this version does not know (${unknown.join(', ')}). ` +
      'It was written by a newer version; start that one.',
  );
}

function changed(id: string): Fault {
  return new Fault(
    'conflict',
    `Cannot migrate the store: the text of the applied step ${id} has changed. ` +
      'Applied steps are never edited; restore its text and add a new step.',
  );
}
