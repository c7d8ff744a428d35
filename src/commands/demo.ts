/** `demo`: the page on a made-up company's buckets, through the same sources and intake as real logs. */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { ownerOf } from '../claim.ts';
import { configSchema } from '../config/schema.ts';
import { BACKUPS_SECTION } from '../demo/backup-plans.ts';
import { openMessageSink } from '../demo/message-sink.ts';
import { EstateDigests } from '../demo/digests.ts';
import { trickle, writeHistory } from '../demo/write-estate.ts';
import { systemClock } from '../lib/clock.ts';
import { Fault } from '../lib/fault.ts';
import { openFiles } from '../sources/files.ts';
import { configOf, globalFlags } from './context.ts';
import { print } from './output.ts';
import { runServer, withListen } from './serve.ts';

const DEMO_FOLDER = './bucketwatch-demo';
/** A file that says the folder may be emptied. */
const MARKER = 'DEMO';
const SEED = 20_260_401;
const HISTORY_DAYS = 14;
const TRICKLE_MS = 5_000;
/** A look at a folder so long after a file was written has seen it. */
const LOOKED_MS = 1_500;

export function addDemoCommand(root: Command): void {
  root
    .command('demo')
    .description('show the page on a made-up estate: 14 days of history and a live trickle')
    .option('--listen <host:port>', 'address of page and API (default: 127.0.0.1:8484)')
    .addHelpText(
      'after',
      `\nEverything is made anew in ${DEMO_FOLDER} (or --data) at every start; your own data folder is not touched,\nand nobody is told of its alarms.`,
    )
    .action(async (options: { listen?: string }, command: Command) => {
      const flags = globalFlags(command);
      const endMs = systemClock.nowMs();
      const digests = new EstateDigests(endMs);
      // What is made up is nobody's metric.
      const { cloudwatch: _cloudwatch, ...given } = withListen(configOf(flags), options.listen);
      const data = flags.data ?? DEMO_FOLDER;
      await emptyDemoFolder(data);
      const sink = await openMessageSink();
      const { backups, notify } = configSchema.parse({ backups: BACKUPS_SECTION, notify: sink.section });
      const config = {
        ...given,
        backups,
        // Never those of the configuration: what is made up is no reason to wake anybody.
        notify,
        trail_keys: { ...given.trail_keys, public_keys: [digests.publicKey] },
        data,
        sources: [],
        log: 'warn' as const,
      };
      const logs = join(data, 'logs');
      const source = openFiles({ name: 'demo', path: logs, pollMs: 1_000 }, { clock: systemClock });
      let writtenMs = Number.POSITIVE_INFINITY;
      const beside = {
        extraSources: [source],
        isDemo: true,
        isWhole: (): boolean => source.status().lastCheckedMs > writtenMs + LOOKED_MS,
        configFile: resolve(data, 'bucketwatch.yaml'),
      };
      const running = runServer(config, beside, async (signal) => {
        print('Writing 14 days of a made-up estate; the page fills as it is loaded.');
        await writeHistory({ folder: logs, seed: SEED, endMs, days: HISTORY_DAYS }, { signal, digests });
        writtenMs = systemClock.nowMs();
        print(
          'To watch your own logs: npm run bucketwatch -- serve s3://your-log-bucket/prefix/   (or a folder)',
        );
        await trickle(
          { folder: logs, seed: SEED, intervalMs: TRICKLE_MS, sinceMs: endMs },
          { clock: systemClock, digests },
          signal,
        );
      });
      await running.finally(() => sink.close());
    });
}

/** Empties the folder of an earlier demo; a folder that is anything else is left alone. */
async function emptyDemoFolder(folder: string): Promise<void> {
  const owner = await ownerOf(folder);
  if (owner !== undefined) {
    throw new Fault(
      'conflict',
      `Cannot start the demo: process ${owner.pid} runs one in ${folder}${owner.url === undefined ? '' : `, at ${owner.url}`}.`,
    );
  }
  const names: string[] = await readdir(folder).catch(() => []);
  if (names.length > 0 && !names.includes(MARKER)) {
    throw new Fault(
      'conflict',
      `Cannot start the demo in ${folder}: it is not the folder of a demo, and the demo would empty it.`,
    );
  }
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, MARKER),
    'Made by bucketwatch demo, which empties this folder at every start.\n',
  );
}
