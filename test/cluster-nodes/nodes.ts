/**
 * Real ClickHouse nodes for tests, where no server is installed: the library the embedded engine runs on contains
 * one that can listen. Their DDL knows no `on cluster`; each node is told for itself, as `cluster.ts` does.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

interface Nodes {
  /** HTTP addresses, one a node; the user is `default` with no password. */
  readonly urls: readonly string[];
  readonly clusterName: string;
  /** Ends the nodes and removes their folders. */
  stop(): Promise<void>;
}

interface Ports {
  readonly http: number;
  readonly tcp: number;
}

const CLUSTER_NAME = 'bucketwatch';
/** A node ends by itself after this long, whatever happens to its test. */
const LIFETIME_SECONDS = 1800;
const START_MS_MAX = 30_000;
const LIBRARIES = fileURLToPath(new URL('../../node_modules/@chdb/', import.meta.url));
const LAUNCHER = fileURLToPath(new URL('launcher.c', import.meta.url));

/** Why nodes cannot be started on this machine, in a line; undefined when they can. */
export function unavailableReason(): string | undefined {
  if (libraryPath() === undefined) return 'there is no libchdb for this platform in node_modules';
  if (spawnSync('cc', ['--version']).status !== 0) return 'there is no C compiler called cc';
  return undefined;
}

/** Starts a cluster of `count` shards with a replica each, on loopback, and waits until every node answers. */
export async function startNodes(count: number): Promise<Nodes> {
  const folder = mkdtempSync(join(tmpdir(), 'bucketwatch-nodes-'));
  const children: ChildProcess[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(children.map(endChild));
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const launcher = compileLauncher(folder);
    const ports = await freePorts(count);
    const config = join(folder, 'config.xml');
    await writeFile(config, configText(ports));
    children.push(
      ...ports.map((own, index) => startNode({ launcher, config, own, path: join(folder, `${index}`) })),
    );
    const urls = ports.map(({ http }) => `http://127.0.0.1:${http}`);
    await Promise.all(urls.map((url, index) => waitUntilUp(url, children[index])));
    return { urls, clusterName: CLUSTER_NAME, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function libraryPath(): string | undefined {
  if (!existsSync(LIBRARIES)) return undefined;
  const paths = readdirSync(LIBRARIES).map((name) => join(LIBRARIES, name, 'libchdb.so'));
  return paths.find((path) => existsSync(path));
}

function compileLauncher(folder: string): string {
  const launcher = join(folder, 'launcher');
  const { status, stderr } = spawnSync('cc', ['-O1', '-o', launcher, LAUNCHER, '-ldl'], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`Cannot compile the launcher: ${stderr}`);
  return launcher;
}

interface NodeStart {
  readonly launcher: string;
  readonly config: string;
  readonly own: Ports;
  readonly path: string;
}

function startNode({ launcher, config, own, path }: NodeStart): ChildProcess {
  const wait = `select sleepEachRow(1) from numbers(${LIFETIME_SECONDS}) format Null settings max_block_size = 1, function_sleep_max_microseconds_per_block = 2000000`;
  const args = [
    libraryPath() ?? '',
    `--config-file=${config}`,
    `--path=${path}`,
    `--http_port=${own.http}`,
    `--tcp_port=${own.tcp}`,
    '--listen_host=127.0.0.1',
    `--query=system start listen http; system start listen tcp; ${wait}`,
  ];
  return spawn(launcher, args, { stdio: 'ignore', cwd: join(path, '..') });
}

function configText(ports: readonly Ports[]): string {
  const shards = ports.map(
    ({ tcp }) => `<shard><replica><host>127.0.0.1</host><port>${tcp}</port></replica></shard>`,
  );
  return `<clickhouse>
  <remote_servers><${CLUSTER_NAME}>${shards.join('')}</${CLUSTER_NAME}></remote_servers>
  <max_server_memory_usage>2000000000</max_server_memory_usage>
</clickhouse>`;
}

async function freePorts(count: number): Promise<Ports[]> {
  const servers = await Promise.all(
    Array.from({ length: 2 * count }, async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      return server;
    }),
  );
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  });
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return Array.from({ length: count }, (_, index) => ({
    http: ports[2 * index] ?? 0,
    tcp: ports[2 * index + 1] ?? 0,
  }));
}

async function waitUntilUp(url: string, child: ChildProcess | undefined): Promise<void> {
  const signal = AbortSignal.timeout(START_MS_MAX);
  while (!signal.aborted) {
    if (child === undefined || child.exitCode !== null)
      throw new Error(`Cannot start the node at ${url}: it ended.`);
    const response = await fetch(`${url}/ping`, { signal }).catch(() => undefined);
    if (response?.ok === true) return;
    await sleep(50);
  }
  throw new Error(`Cannot start the node at ${url}: it did not answer within ${START_MS_MAX / 1000} s.`);
}

async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
