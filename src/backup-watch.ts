/** Wires the monitor of backups. */
import { join } from 'node:path';
import { backupsSettings } from './backup-series.ts';
import type { Config } from './config/schema.ts';
import type { Engine } from './engine/engine.ts';
import type { Clock } from './lib/clock.ts';
import { type BackupsMonitor, openBackupsMonitor } from './monitors/backups/backups-monitor.ts';
import type { Estate } from './s3/estate.ts';

export function openBackups(
  config: Config,
  parts: {
    readonly engine: Engine;
    readonly estate: Estate;
    readonly clock: Clock;
    readonly isTakenIn: () => boolean;
    /** Called when what is said of a series has been stored. */
    readonly onVerdicts?: () => void;
  },
): BackupsMonitor {
  const { looks } = config.backups;
  return openBackupsMonitor(
    {
      settings: backupsSettings(config.backups),
      requestsPerHour: looks.requests_per_hour,
      everyMs: looks.every,
      folder: join(config.data, 'cursors'),
    },
    parts,
  );
}
