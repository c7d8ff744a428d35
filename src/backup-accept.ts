/** Accepting what the history of backups proposes: into the configuration file, and from then on watched by it. */
import { backupsSettings } from './backup-series.ts';
import { appendBackupSeries } from './config/edit.ts';
import type { Config } from './config/schema.ts';
import { Fault } from './lib/fault.ts';
import type { BackupsControl, SeriesId } from './monitors/backups/monitor.ts';
import { monitorSection } from './monitors/backups/proposal-section.ts';

/** How far back what is accepted is learned from. */
const HISTORY_MS = 90 * 86_400_000;

export interface AcceptedSeries {
  /** The whole path of the file that was written. */
  readonly file: string;
  /** What the series are called in it, in the order they were asked for. */
  readonly names: readonly string[];
}

export type AcceptBackups = (ids: readonly SeriesId[], signal: AbortSignal) => Promise<AcceptedSeries>;

export interface AcceptParts {
  readonly control: BackupsControl;
  /** The configuration file; nothing when there is none that may be written. */
  readonly file: string | undefined;
  /** What is watched without standing in the file: of the demo. */
  readonly beside?: Config['backups'] | undefined;
}

/**
 * Accepts proposals, one request after the other. Throws `not_found` when nothing is proposed for one of the series, and then
 * nothing is written.
 */
export function openBackupAccept(parts: AcceptParts): AcceptBackups {
  let last: Promise<unknown> = Promise.resolve();
  return (ids, signal) => {
    const accepted = last.then(() => accept(ids, signal, parts));
    last = accepted.catch(() => undefined);
    return accepted;
  };
}

async function accept(
  ids: readonly SeriesId[],
  signal: AbortSignal,
  { control, file, beside }: AcceptParts,
): Promise<AcceptedSeries> {
  if (file === undefined)
    throw new Fault('unsupported', 'Cannot accept backups: this process has no configuration file to write.');
  const proposals = await control.proposals({ ids, historyMs: HISTORY_MS });
  const sections = ids.map(({ bucket, series }) => {
    const found = proposals.find((one) => one.bucket === bucket && one.series === series);
    if (found !== undefined) return monitorSection(found);
    throw new Fault(
      'not_found',
      `Cannot accept the backup "${series}" of ${bucket}: nothing is proposed for it. GET /api/v1/backups/proposals has what is.`,
    );
  });
  signal.throwIfAborted();
  const { names, backups, ...written } = await appendBackupSeries(file, sections);
  await control.configure(backupsSettings(withBeside(backups, beside)), signal);
  return { file: written.file, names };
}

/** What the file says comes after what is watched without it, and wins over it. */
function withBeside(backups: Config['backups'], beside: Config['backups'] | undefined): Config['backups'] {
  if (beside === undefined) return backups;
  const names = new Set(backups.series.map(({ name }) => name));
  return {
    ...beside,
    series: [...beside.series.filter(({ name }) => !names.has(name)), ...backups.series],
  };
}
