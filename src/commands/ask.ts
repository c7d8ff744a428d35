/** The way of a command that only asks the API. */
import type { Command } from 'commander';
import { type ApiClient, configOf, type GlobalFlags, globalFlags, reach } from './context.ts';

/** Asks the API of the server, or of an app in this process when none runs. */
export async function ask<Answer>(
  command: Command,
  ask: (client: ApiClient, flags: GlobalFlags) => Promise<Answer>,
): Promise<Answer> {
  const flags = globalFlags(command);
  const client = await reach(configOf(flags));
  try {
    return await ask(client, flags);
  } finally {
    await client.close();
  }
}
