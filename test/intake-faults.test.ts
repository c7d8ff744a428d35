/** The intake beside an engine that fails: a ledger that refuses once, and loads that cannot be read after a restart. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Engine, RowInsert } from '../src/engine/engine.ts';
import { DEFAULT_PARSE_PARAMS } from '../src/formats/format.ts';
import { Intake } from '../src/intake/intake.ts';
import { DEFAULT_INTAKE_LIMITS } from '../src/intake/limits.ts';
import { Spool } from '../src/intake/spool.ts';
import { systemClock } from '../src/lib/clock.ts';
import { Fault } from '../src/lib/fault.ts';
import { silentLog } from '../src/lib/log.ts';
import type { OfferedBatch } from '../src/sources/source.ts';
import { tempFolder } from './temp.ts';

const EVENT = JSON.stringify({
  Records: [
    {
      eventVersion: '2.1',
      eventSource: 'aws:s3',
      eventName: 'ObjectCreated:Put',
      eventTime: '2026-03-01T00:00:00Z',
      s3: { bucket: { name: 'b' }, object: { key: 'k' } },
    },
  ],
});
const NEVER = new AbortController().signal;

interface Failing {
  readonly load?: Fault;
  /** How often the ledger refuses before it takes a row. */
  readonly ledgerRefusals?: number;
}

/** An intake over an engine that knows nothing and fails as told, with the rows its ledger was given. */
function intakeOver(folder: string, failing: Failing): { intake: Intake; ledger: RowInsert[] } {
  const ledger: RowInsert[] = [];
  let refusals = failing.ledgerRefusals ?? 0;
  const engine: Engine = {
    kind: 'embedded',
    query: async () => [],
    command: async () => {},
    applyDdl: async () => {},
    close: async () => {},
    loadFiles: async () => {
      if (failing.load !== undefined) throw failing.load;
    },
    insertRows: async (insert) => {
      refusals -= 1;
      if (refusals >= 0) throw new Fault('unavailable', 'the ledger takes nothing now');
      ledger.push(insert);
    },
  };
  const intake = new Intake({
    engine,
    spool: new Spool(join(folder, 'spool')),
    clock: systemClock,
    log: silentLog,
    limits: DEFAULT_INTAKE_LIMITS,
    parseParams: DEFAULT_PARSE_PARAMS,
  });
  return { intake, ledger };
}

function offerOf(text: string, etag: string, heard: string[]): OfferedBatch {
  return {
    origin: 'queue://events',
    etag,
    content: {
      kind: 'stream',
      open: async () =>
        (async function* () {
          yield Buffer.from(text);
        })(),
    },
    acknowledge: async () => {
      heard.push(`stored ${etag}`);
    },
    failed: (reason) => {
      heard.push(`failed ${etag}: ${reason}`);
    },
  };
}

test.each([
  ['a load', EVENT],
  ['a batch of no known format', 'rubbish'],
])('%s is recorded when the ledger refuses it at first, and acknowledged once', async (_, text) => {
  const { intake, ledger } = intakeOver(tempFolder(), { ledgerRefusals: 1 });
  const heard: string[] = [];
  await intake.recover();
  await intake.offer(offerOf(text, '1', heard), 'queue', NEVER);
  await intake.settle();
  expect(heard).toEqual(['stored 1']);
  expect(ledger).toHaveLength(1);
  expect(intake.status()).toEqual({ spoolBytes: 0, loadsWaiting: 0 });
  await intake.close();
});

test.each([1, 2])(
  '%i batches left in the spool that the engine cannot read are rejected and kept',
  async (count) => {
    const folder = tempFolder();
    const before = intakeOver(folder, { load: new Fault('unavailable', 'going down') });
    await before.intake.recover();
    const texts = Array.from({ length: count }, (_, index) => EVENT + ' '.repeat(index));
    for (const [index, text] of texts.entries())
      await before.intake.offer(offerOf(text, `${index}`, []), 'queue', NEVER);
    while (readdirSync(join(folder, 'spool', 'ready')).length === 0) await systemClock.sleep(10);
    await before.intake.close();

    const after = intakeOver(folder, { load: new Fault('invalid', 'cannot be read') });
    await after.intake.recover();
    await after.intake.settle();
    expect(after.ledger.flatMap(({ rows }) => rows)).toHaveLength(count);
    expect(after.ledger.flatMap(({ rows }) => rows)).toEqual(
      texts.map(() => expect.objectContaining({ state: 'rejected', reason: 'cannot be read' }) as unknown),
    );
    const kept = join(folder, 'spool', 'rejected');
    expect(
      readdirSync(kept)
        .map((name) => readFileSync(join(kept, name), 'utf8'))
        .sort(),
    ).toEqual(texts.sort());
    expect(readdirSync(join(folder, 'spool', 'ready'))).toEqual([]);
    await after.intake.close();
  },
);
