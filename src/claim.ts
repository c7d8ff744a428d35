/** One process has a data folder: who it is and how to reach it stands in `server.json`. */
import { readFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from './lib/clock.ts';
import { replaceFile } from './lib/durable.ts';
import { Fault } from './lib/fault.ts';

export interface Owner {
  readonly pid: number;
  /** When the system started the process, as the system counts: another process may get the same pid later. */
  readonly born: string;
  readonly started_at: string;
  /** Where it listens; absent for a command that only works on the folder. */
  readonly url?: string;
}

export interface Claim {
  /** Says where the server listens. */
  announce(url: string): Promise<void>;
  release(): Promise<void>;
}

/** Takes the folder. Throws `conflict`, naming the owner and how to reach it, when a live process has it. */
export async function claimFolder(folder: string, clock: Clock): Promise<Claim> {
  const owner = await ownerOf(folder);
  if (owner !== undefined && owner.pid !== process.pid) throw taken(folder, owner);
  const mine: Owner = {
    pid: process.pid,
    born: bornOf(process.pid),
    started_at: new Date(clock.nowMs()).toISOString(),
  };
  const path = ownerPath(folder);
  await replaceFile(path, JSON.stringify(mine));
  return {
    announce: (url) => replaceFile(path, JSON.stringify({ ...mine, url })),
    release: () => rm(path, { force: true }),
  };
}

/** The live process that has the folder, if any. */
export async function ownerOf(folder: string): Promise<Owner | undefined> {
  const text = await readFile(ownerPath(folder), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const owner = JSON.parse(text) as Owner;
  return isAlive(owner.pid) && bornOf(owner.pid) === owner.born ? owner : undefined;
}

/** Field 22 of /proc/<pid>/stat; empty where there is no such file, and then the pid alone has to do. */
export function bornOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

function ownerPath(folder: string): string {
  return join(folder, 'server.json');
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function taken(folder: string, owner: Owner): Fault {
  const how =
    owner.url === undefined
      ? 'It is a command at work; wait for it to end'
      : `It listens on ${owner.url}; commands with the same --data talk to it`;
  return new Fault(
    'conflict',
    `Cannot open ${folder}: process ${owner.pid} has it since ${owner.started_at}. ${how}, or use another folder with --data.`,
  );
}
