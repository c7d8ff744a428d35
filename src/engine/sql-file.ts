import { readFileSync } from 'node:fs';
import type { Migration } from './migrate.ts';

/** The text of the `.sql` file `name` beside the module `base` (its `import.meta.url`), without comment lines. */
export function readSql(name: string, base: string): string {
  return readFileSync(new URL(`${name}.sql`, base), 'utf8').replace(/^[ \t]*--.*\n/gm, '');
}

/** Reads the numbered step `NNN-*.sql` beside a module as a migration of `owner`. */
export function readMigration(owner: string, name: string, base: string): Migration {
  return { id: `${owner}/${name}`, sql: readSql(name, base) };
}
