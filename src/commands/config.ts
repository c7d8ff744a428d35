/** `config check` and `config schema`. */
import type { Command } from 'commander';
import { configJsonSchema, readConfig } from '../config/load.ts';
import { EXIT_CODE } from '../lib/fault.ts';
import { globalFlags } from './context.ts';
import { print } from './output.ts';

export function addConfigCommand(root: Command): void {
  const config = root.command('config').description('look at the configuration');
  config
    .command('check')
    .description('say whether the configuration is right, and what is not')
    .action((_options: unknown, command: Command) => {
      const flags = globalFlags(command);
      const reading = readConfig(flags.config);
      if (flags.json === true)
        print(JSON.stringify(reading.ok ? { ok: true } : { ok: false, problems: reading.problems }));
      else if (reading.ok)
        print(
          reading.file === undefined
            ? 'No bucketwatch.yaml here: the defaults apply.'
            : `${reading.file} is right.`,
        );
      else {
        for (const { path, message, line } of reading.problems)
          print(`${reading.file}${line === undefined ? '' : `:${line}`}: ${path} ${message}`);
      }
      process.exitCode = reading.ok ? 0 : EXIT_CODE.invalid;
    });
  config
    .command('schema')
    .description('print the JSON Schema of the configuration, for editors')
    .action(() => print(JSON.stringify(configJsonSchema(), null, 2)));
}
