/** moto in server mode: an AWS of this machine, in Python, that nobody here wrote. Installed once into the temporary folder. */
import { join } from 'node:path';
import { startLocalServer } from './local-server.ts';
import { MOTO_FOLDER } from './partners.ts';
import { installPackage } from './python.ts';

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
  const server = await startLocalServer({
    path: join(MOTO_FOLDER, 'bin', 'python'),
    args: (port) => ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)],
    probe: '/moto-api/data.json',
  });
  return { endpoint: server.url, stop: () => server.stop() };
}
