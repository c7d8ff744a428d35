/** Programs nobody here wrote that we are measured against, and where they are. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findProgram, goaccessPath } from '../test/partners.ts';

export const DUCKDB_PACKAGE = '@duckdb/node-api';
const DUCKDB_VERSION = '1.5.6-r.1';
const FOLDER = fileURLToPath(new URL('.partners', import.meta.url));

export type Partner =
  | { readonly kind: 'present'; readonly path: string; readonly version: string }
  | { readonly kind: 'missing'; readonly reason: string };

export function goaccess(): Partner {
  const path = goaccessPath();
  if (path === undefined)
    return { kind: 'missing', reason: 'no goaccess on this machine (apt install goaccess)' };
  const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' });
  return { kind: 'present', path, version: /GoAccess - ([\d.]*\d)/.exec(stdout)?.[1] ?? 'unknown' };
}

/** DuckDB for Node, installed beside this file when first asked for; `path` is the folder it is installed in. */
export function duckdb(): Partner {
  if (installedDuckdb() !== DUCKDB_VERSION) {
    const { stderr, error } = spawnSync(
      'npm',
      [
        'install',
        '--prefix',
        FOLDER,
        '--no-save',
        '--no-audit',
        '--no-fund',
        '--silent',
        `${DUCKDB_PACKAGE}@${DUCKDB_VERSION}`,
      ],
      { encoding: 'utf8' },
    );
    const version = installedDuckdb();
    if (version !== DUCKDB_VERSION) {
      const reason = error?.message ?? stderr.trim().split('\n').at(-1) ?? '';
      return {
        kind: 'missing',
        reason: `${DUCKDB_PACKAGE}@${DUCKDB_VERSION} cannot be installed: ${reason}`,
      };
    }
  }
  return { kind: 'present', path: FOLDER, version: DUCKDB_VERSION };
}

function installedDuckdb(): string | undefined {
  try {
    const text = readFileSync(join(FOLDER, 'node_modules', DUCKDB_PACKAGE, 'package.json'), 'utf8');
    return (JSON.parse(text) as { version: string }).version;
  } catch {
    return undefined;
  }
}

export function zcat(): Partner {
  const path = findProgram(['zcat']);
  if (path === undefined) return { kind: 'missing', reason: 'no zcat on this machine' };
  const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' });
  return { kind: 'present', path, version: /(\d[\d.]*)/.exec(stdout)?.[1] ?? 'unknown' };
}

/** What to put before a command to hold it to one core; empty where there is no such program. */
export function onOneCore(): string[] {
  const path = findProgram(['taskset']);
  return path === undefined ? [] : [path, '-c', '0'];
}
