/** The way of a command that only asks the API. */
import type { Command } from 'commander';
import type { App } from '../app.ts';
import { type ApiClient, configOf, type GlobalFlags, globalFlags, reach } from './context.ts';

interface Asking {
  /** The configuration file that an app in this process writes what is accepted to. */
  readonly configFile?: (flags: GlobalFlags) => string;
  /** What an app in this process does first, as no server does it. */
  readonly before?: (app: App) => Promise<void>;
}

/** Asks the API of the server, or of an app in this process when none runs. */
export async function ask<Answer>(
  command: Command,
  question: (client: ApiClient, flags: GlobalFlags) => Promise<Answer>,
  { configFile, before }: Asking = {},
): Promise<Answer> {
  const flags = globalFlags(command);
  const client = await reach(
    configOf(flags),
    configFile === undefined ? {} : { configFile: configFile(flags) },
  );
  try {
    if (client.app !== undefined) await before?.(client.app);
    return await question(client, flags);
  } finally {
    await client.close();
  }
}
