/** What the commands about replication share. */
import type { Command } from 'commander';
import { type ApiClient, configOf, type GlobalFlags, globalFlags, reach } from './context.ts';

/** Options that choose pairs. */
export function addPairOptions(command: Command): Command {
  return command
    .option('--pair <id>', 'one pair: <source>/<destination>/<rule id>')
    .option('--bucket <name>', 'pairs from or to a bucket');
}

/** Asks the API; in a process of its own what is stored is judged first, as no server does. */
export async function askReplication<Answer>(
  command: Command,
  ask: (client: ApiClient, flags: GlobalFlags) => Promise<Answer>,
): Promise<Answer> {
  const flags = globalFlags(command);
  const client = await reach(configOf(flags));
  try {
    await client.app?.jobs.catchUp(new AbortController().signal);
    return await ask(client, flags);
  } finally {
    await client.close();
  }
}
