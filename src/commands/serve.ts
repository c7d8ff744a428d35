/** `serve`: the page, the API, and the configured sources followed until the end. */
import type { Command } from 'commander';
import { openApp, type AppOptions } from '../app.ts';
import { configFileOf } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import { systemClock } from '../lib/clock.ts';
import { Fault } from '../lib/fault.ts';
import { openLog } from '../lib/log.ts';
import { listen } from '../serve/listen.ts';
import { sourceOf } from '../sources/all.ts';
import { configOf, globalFlags } from './context.ts';
import { print } from './output.ts';

interface ServeFlags {
  readonly listen?: string;
  readonly endpoint?: string;
  readonly region?: string;
  readonly profile?: string;
}

export function addServeCommand(root: Command): void {
  root
    .command('serve')
    .description('run the server: page, API, and all sources of the configuration')
    .argument('[locations...]', 'more to watch: folders, globs or s3://bucket/prefix/ URIs')
    .option('--listen <host:port>', 'address of page and API (default: 127.0.0.1:8484)')
    .option('--endpoint <url>', 'for s3:// locations: endpoint of a store other than AWS')
    .option('--region <name>', 'for s3:// locations: region of the bucket; found out when absent')
    .option('--profile <name>', 'for s3:// locations: profile of the AWS configuration files')
    .addHelpText(
      'after',
      `
Examples:
  bucketwatch serve s3://my-log-bucket/access/
  bucketwatch serve /var/log/s3 --listen 127.0.0.1:9000
  bucketwatch --config /etc/bucketwatch.yaml serve`,
    )
    .action(async (locations: string[], options: ServeFlags, command: Command) => {
      const config = withListen(configOf(globalFlags(command)), options.listen);
      const extraSources = locations.map((location) =>
        sourceOf(location, options, { clock: systemClock, folder: `${config.data}/cursors` }),
      );
      await runServer(config, { extraSources, configFile: configFileOf(globalFlags(command).config) });
    });
}

export function withListen(config: Config, address: string | undefined): Config {
  if (address === undefined) return config;
  if (!/^.+:\d{1,5}$/.test(address))
    throw new Fault('invalid', `Cannot listen on "${address}": it is not host:port.`);
  return { ...config, listen: address };
}

/** Serves until SIGINT or SIGTERM; `beside` runs along with it. */
export async function runServer(
  config: Config,
  options: AppOptions,
  beside: (signal: AbortSignal) => Promise<void> = async () => {},
): Promise<void> {
  const log = openLog(config.log);
  const stop = new AbortController();
  const app = await openApp(config, options, { clock: systemClock, log });
  const server = await listen({
    api: app.api,
    address: config.listen,
    token: config.auth.token,
    publicUrl: config.public_url,
  }).catch(async (error: unknown) => {
    await app.close();
    throw error;
  });
  await app.claim.announce(server.url);
  print(`Bucketwatch is at ${server.url}`);
  app.follow();
  const running = beside(stop.signal);
  await new Promise<void>((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, resolve);
  });
  log.info({}, 'stopping: the loads under way are finished first');
  stop.abort();
  await running.catch(() => undefined);
  await server.close();
  await app.close();
}
