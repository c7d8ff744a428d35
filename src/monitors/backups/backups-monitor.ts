/** The running monitor: what arrived, what was due, and what that makes of each series. */
import { Fault } from '../../lib/fault.ts';
import type { BackupsControl } from './monitor.ts';

export function openBackupsMonitor(): BackupsControl {
  const refuse = (): never => {
    throw new Fault('unavailable', 'Cannot ask the backups monitor: it does not run yet.');
  };
  return { proposals: refuse, act: refuse, configure: refuse, look: refuse, catchUp: refuse };
}
