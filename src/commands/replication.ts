/** `replication`: whether what is copied between buckets arrives. */
import type { Command } from 'commander';
import { addReplicationDiffCommand } from './replication-diff.ts';
import { addReplicationCanaryCommand } from './replication-canary.ts';
import { addReplicationManifestCommand } from './replication-manifest.ts';
import { addReplicationObjectCommands } from './replication-objects.ts';
import { addReplicationPairsCommand } from './replication-pairs.ts';

export function addReplicationCommand(root: Command): void {
  const replication = root
    .command('replication')
    .description('show whether what is copied between buckets arrives');
  addReplicationPairsCommand(replication);
  addReplicationObjectCommands(replication);
  addReplicationManifestCommand(replication);
  addReplicationDiffCommand(replication);
  addReplicationCanaryCommand(replication);
  for (const command of replication.commands) command.exitOverride().showHelpAfterError();
}
