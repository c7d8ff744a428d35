/** How far events of each bucket were read, in a file. What cannot be read costs no more than reading them again. */
import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { replaceFile } from '../../lib/durable.ts';

interface Cursor {
  /** Events stored before it were read, seconds since 1970 by the engine's clock. */
  readonly storedSince: number;
  /** What was looked for among them: when something else is, they are read again. */
  readonly watch: string;
}

/** What is stored a moment later may say an earlier second: of another node, and of a block that took long. */
const OVERLAP_SECONDS = 120;
/** Of a batch that takes longest to be stored everything says the second it was begun. */
const OVERLAP_SECONDS_WIDE = 3_720;

export class TailCursors {
  readonly #path: string;
  #cursors: Map<string, Cursor> | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** From when on events of a bucket are to be read, seconds since 1970; 0: all. `wide`: those of a batch that took long too. */
  async since(bucket: string, watch: string, reach: 'near' | 'wide' = 'near'): Promise<number> {
    this.#cursors ??= await this.#read();
    const overlap = reach === 'wide' ? OVERLAP_SECONDS_WIDE : OVERLAP_SECONDS;
    const cursor = this.#cursors.get(bucket);
    return cursor?.watch === watch ? Math.max(0, cursor.storedSince - overlap) : 0;
  }

  /** Notes that everything was read and stored; durable when it resolves. */
  async reach(cursors: ReadonlyMap<string, Cursor>): Promise<void> {
    this.#cursors = new Map([...(this.#cursors ?? []), ...cursors]);
    await mkdir(dirname(this.#path), { recursive: true });
    await replaceFile(this.#path, JSON.stringify(Object.fromEntries(this.#cursors)));
  }

  async #read(): Promise<Map<string, Cursor>> {
    try {
      const kept: unknown = JSON.parse(await readFile(this.#path, 'utf8'));
      return new Map(Object.entries(kept ?? {}).filter(isEntry));
    } catch {
      return new Map();
    }
  }
}

function isEntry(entry: [string, unknown]): entry is [string, Cursor] {
  const [, cursor] = entry;
  if (typeof cursor !== 'object' || cursor === null) return false;
  return (
    'storedSince' in cursor &&
    Number.isFinite(cursor.storedSince) &&
    'watch' in cursor &&
    typeof cursor.watch === 'string'
  );
}
