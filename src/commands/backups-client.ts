/** What the commands about backups share. */
import type { Command } from 'commander';
import { configFileOf } from '../config/load.ts';
import { type ApiClient, configOf, type GlobalFlags, globalFlags, reach } from './context.ts';

/** Asks the API; in a process of its own what is stored is judged first, as no server does. */
export async function askBackups<Answer>(
  command: Command,
  ask: (client: ApiClient, flags: GlobalFlags) => Promise<Answer>,
): Promise<Answer> {
  const flags = globalFlags(command);
  const client = await reach(configOf(flags), { configFile: configFileOf(flags.config) });
  try {
    await client.app?.jobs.backups.catchUp(new AbortController().signal);
    return await ask(client, flags);
  } finally {
    await client.close();
  }
}
