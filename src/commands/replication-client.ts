/** What the commands about replication share. */
import type { Command } from 'commander';
import { ask } from './ask.ts';
import type { ApiClient, GlobalFlags } from './context.ts';

/** Options that choose pairs. */
export function addPairOptions(command: Command): Command {
  return command
    .option('--pair <id>', 'one pair: <source>/<destination>/<rule id>')
    .option('--bucket <name>', 'pairs from or to a bucket');
}

/** Asks the API; in a process of its own what is stored is judged first, as no server does. */
export async function askReplication<Answer>(
  command: Command,
  question: (client: ApiClient, flags: GlobalFlags) => Promise<Answer>,
): Promise<Answer> {
  return ask(command, question, { before: (app) => app.jobs.catchUp(new AbortController().signal) });
}
