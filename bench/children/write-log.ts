/** Writes the access log in a process of its own. Arguments: path, how many lines, a folder for the engine. */
import { openEmbedded } from '../../src/engine/embedded.ts';
import { writeAccessLog } from '../access-log-file.ts';

const [path = '', countText = '0', folder = ''] = process.argv.slice(2);
const engine = openEmbedded({ folder, memoryBytesMax: 1e9 });
await writeAccessLog(path, Number(countText), engine);
await engine.close();
process.stdout.write('{}');
