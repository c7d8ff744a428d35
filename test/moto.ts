/** moto in server mode: an AWS of this machine, in Python, that nobody here wrote. Installed once into the temporary folder. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { MOTO_FOLDER } from './partners.ts';
import { installPackage } from './python.ts';

const PYTHON = join(MOTO_FOLDER, 'bin', 'python');
const START_MS_MAX = 60_000;

export interface Moto {
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** Why moto cannot run here, in one line, after trying to install it; nothing when it can. */
export function installMoto(): string | undefined {
  return installPackage('moto[server]', MOTO_FOLDER);
}

/** Starts it on a free port of 127.0.0.1. */
export async function startMoto(): Promise<Moto> {
  const port = await freePort();
  const server = spawn(PYTHON, ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)], {
    stdio: 'ignore',
  });
  const endpoint = `http://127.0.0.1:${port}`;
  const untilMs = performance.now() + START_MS_MAX;
  while (!(await isUp(endpoint))) {
    if (server.exitCode !== null || performance.now() > untilMs) {
      await stop(server);
      throw new Error('moto does not start');
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { endpoint, stop: () => stop(server) };
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return;
  const exited = once(server, 'exit');
  server.kill('SIGKILL');
  await exited;
}

async function isUp(endpoint: string): Promise<boolean> {
  const answer = await fetch(`${endpoint}/moto-api/data.json`).catch(() => undefined);
  return answer?.ok === true;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return address.port;
}
