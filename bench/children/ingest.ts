/**
 * Our whole intake without the start of a process: from the first batch offered to the last one in the ledger.
 * Arguments: empty data folder, what to load. Prints milliseconds and counts.
 */
import { openApp } from '../../src/app.ts';
import { configSchema } from '../../src/config/schema.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { silentLog } from '../../src/lib/log.ts';
import { openFiles } from '../../src/sources/files.ts';

const [data = '', path = ''] = process.argv.slice(2);
const app = await openApp(configSchema.parse({ data }), {}, { clock: systemClock, log: silentLog });
const source = openFiles({ name: 'bench', path, pollMs: 0 }, { clock: systemClock });
const startMs = performance.now();
const counts = await app.ingest(source, new AbortController().signal);
const ms = performance.now() - startMs;
await app.close();
process.stdout.write(JSON.stringify({ ms, counts }));
