/** Server programs that nobody here wrote, each on a free port of 127.0.0.1. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

const START_MS_MAX = 60_000;

export interface LocalServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts it, and resolves when a GET of `probe` is answered with 2xx. `port`: one of `freePort()`, where it is to be a certain one. */
export async function startLocalServer(
  program: { readonly path: string; args(port: number): readonly string[]; readonly probe: string },
  port?: number,
): Promise<LocalServer> {
  const own = port ?? (await freePort());
  const child = spawn(program.path, program.args(own), { stdio: 'ignore' });
  const url = `http://127.0.0.1:${own}`;
  const untilMs = performance.now() + START_MS_MAX;
  while (!(await isUp(`${url}${program.probe}`))) {
    if (child.exitCode !== null || performance.now() > untilMs) {
      await stop(child);
      throw new Error(`${program.path} does not start`);
    }
    await wait(100);
  }
  return { url, stop: () => stop(child) };
}

/** One that nobody listens at. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return address.port;
}

async function isUp(url: string): Promise<boolean> {
  const answer = await fetch(url).catch(() => undefined);
  await answer?.body?.cancel();
  return answer?.ok === true;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}
