/** What the commands about backups share. */
import type { Command } from 'commander';
import { configFileOf } from '../config/load.ts';
import { ask } from './ask.ts';
import type { ApiClient, GlobalFlags } from './context.ts';

/** Asks the API; in a process of its own what is stored is judged first, as no server does. */
export async function askBackups<Answer>(
  command: Command,
  question: (client: ApiClient, flags: GlobalFlags) => Promise<Answer>,
): Promise<Answer> {
  return ask(command, question, {
    configFile: (flags) => configFileOf(flags.config),
    before: (app) => app.jobs.backups.catchUp(new AbortController().signal),
  });
}
