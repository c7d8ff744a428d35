/** Inserts a load into the engine, again and again until it is in or cannot be read. */
import type { Engine, FileLoad } from '../engine/engine.ts';
import type { Format, ParseParams } from '../formats/format.ts';
import type { Clock } from '../lib/clock.ts';
import { Fault } from '../lib/fault.ts';
import type { Log } from '../lib/log.ts';
import type { Load, Spool } from './spool.ts';

interface Waiting {
  readonly clock: Clock;
  /** Aborts when the intake closes. */
  readonly stop: AbortSignal;
}

interface InsertParts extends Waiting {
  readonly engine: Engine;
  readonly spool: Spool;
  readonly log: Log;
  readonly parseParams: ParseParams;
}

const RETRY_MS_MAX = 60_000;
const LOAD_TIME_MS_MAX = 3_600_000;

/** Gives the fault when the engine says that the bytes themselves cannot be read; every other failure is repeated. */
export async function insertLoad(
  load: Load,
  format: Format,
  parts: InsertParts,
): Promise<Fault | 'stopped' | undefined> {
  const { engine, spool, log, stop } = parts;
  const files = await spool.files(load);
  if (files.length === 0) return undefined;
  const what: FileLoad = {
    table: format.parsedTable,
    parses: format.parses,
    unit: format.unit,
    folder: spool.loadPath(load),
    files,
    large: load.isLarge,
    token: load.loadId,
    ...described(load, parts.parseParams),
  };
  for (let attempt = 0; ; attempt += 1) {
    try {
      await engine.loadFiles(what, { limits: { timeMs: LOAD_TIME_MS_MAX } });
      return undefined;
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      if (error.code === 'invalid') return error;
      log.warn({ load: load.loadId, attempt, error: error.message }, 'load failed, will be repeated');
      if (stop.aborted || (await isStoppedBefore(attempt, parts))) return 'stopped';
    }
  }
}

/** Waits before an attempt is repeated, ever longer; whether the intake closes before it is over. */
export async function isStoppedBefore(attempt: number, { clock, stop }: Waiting): Promise<boolean> {
  const waitMs = Math.min(RETRY_MS_MAX, 500 * 2 ** attempt);
  return clock.sleep(waitMs, stop).then(
    () => false,
    () => true,
  );
}

/** What a file of rows is loaded with beside its bytes. */
function described({ batches }: Load, parseParams: ParseParams): Pick<FileLoad, 'rows' | 'params'> {
  const [first] = batches;
  if (first?.description === undefined) return { params: { ...parseParams } };
  const { rows, params } = first.description;
  return { params: { ...parseParams, ...params, namespace: first.namespace ?? '' }, rows };
}
