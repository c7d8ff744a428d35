/** `replication`: whether what is copied arrives. */
import type { Command } from 'commander';
import { addReplicationDiffCommand } from './replication-diff.ts';

export function addReplicationCommand(root: Command): void {
  const replication = root
    .command('replication')
    .description('shows whether what is copied between buckets arrives');
  addReplicationDiffCommand(replication);
  for (const command of replication.commands) command.exitOverride().showHelpAfterError();
}
