/** Python packages that some suites run against, each in an environment of its own, installed once. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from './partners.ts';

const INSTALL_MS_MAX = 240_000;

/** Why the package cannot be used here, in one line, after trying to install it; nothing when it can. */
export function installPackage(name: string, home: string): string | undefined {
  const installed = join(home, 'bin', 'python');
  if (existsSync(installed)) return undefined;
  const python = findProgram(['python3']);
  if (python === undefined) return 'no python3 on this machine';
  const folder = mkdtempSync(join(tmpdir(), 'bucketwatch-python-'));
  const steps = [
    [python, '-m', 'venv', folder],
    [join(folder, 'bin', 'python'), '-m', 'pip', 'install', '--quiet', name],
  ] as const;
  for (const [program, ...args] of steps) {
    const ran = spawnSync(program, args, { encoding: 'utf8', timeout: INSTALL_MS_MAX });
    if (ran.status === 0) continue;
    rmSync(folder, { recursive: true, force: true });
    return `cannot install ${name}: ${ran.stderr.trim().split('\n').at(-1) ?? ''}`;
  }
  // In one step, as another run may have been faster.
  if (existsSync(installed)) rmSync(folder, { recursive: true, force: true });
  else renameSync(folder, home);
  return undefined;
}
