/**
 * A process to be killed: opens a data folder and offers some of the files of a folder, in an order of its own, some
 * twice. Arguments: data folder, logs folder, seed, how many files to offer (0: all of them, once, and then end well).
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openApp } from '../../src/app.ts';
import { configSchema } from '../../src/config/schema.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { silentLog } from '../../src/lib/log.ts';
import { randomOf } from '../../src/demo/random.ts';
import type { OfferedBatch, Source } from '../../src/sources/source.ts';

const [data = '', logs = '', seedText = '1', countText = '0'] = process.argv.slice(2);
const random = randomOf(Number(seedText));
const count = Number(countText);

function offer(path: string): OfferedBatch {
  return {
    origin: pathToFileURL(path).href,
    content: { kind: 'file', path },
    acknowledge: async () => {},
    failed: (reason) => {
      throw new Error(reason);
    },
  };
}

const files = readdirSync(logs)
  .map((name) => join(logs, name))
  .filter((path) => statSync(path).isFile());
const chosen =
  count === 0 ? files : Array.from({ length: count }, () => files[Math.floor(random() * files.length)] ?? '');

const source: Source = {
  name: 'logs',
  kind: 'files',
  location: logs,
  async *batches() {
    for (const path of chosen) {
      yield offer(path);
      if (count > 0) await systemClock.sleep(random() * 40);
    }
  },
  status: () => ({ state: 'reading', message: '', lastCheckedMs: 0, requests: {} }),
};

const app = await openApp(configSchema.parse({ data }), {}, { clock: systemClock, log: silentLog });
process.stdout.write('ready\n');
await app.ingest(source, new AbortController().signal);
await app.close();
