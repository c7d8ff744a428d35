/** What the benches read: made once when first asked for, the same every time, shared by all of them. */
import { createReadStream } from 'node:fs';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { runChild } from './programs.ts';
import { writeTrailFiles } from './trail-files.ts';

export interface Input {
  /** A file, or a folder of files. */
  readonly path: string;
  readonly files: number;
  readonly records: number;
  /** Bytes on disk. */
  readonly sizeBytes: number;
}

const LINES_PER_OBJECT = 100;
const LINES_PER_EVENT = 5;

export class Inputs {
  readonly #folder: string;
  readonly #lines: number;
  readonly #say: (text: string) => void;
  #accessLog: Promise<Input> | undefined;
  #smallObjects: Promise<Input> | undefined;
  #trail: Promise<Input> | undefined;

  constructor(folder: string, lines: number, say: (text: string) => void) {
    this.#folder = folder;
    this.#lines = lines;
    this.#say = say;
  }

  /** One access log. */
  accessLog(): Promise<Input> {
    this.#accessLog ??= this.#makeAccessLog();
    return this.#accessLog;
  }

  /** The lines of `accessLog`, a hundred a file, as S3 delivers them. */
  smallObjects(): Promise<Input> {
    this.#smallObjects ??= this.accessLog().then((log) => this.#cut(log));
    return this.#smallObjects;
  }

  /** CloudTrail files, a fifth as many events as there are lines. */
  trail(): Promise<Input> {
    this.#trail ??= this.#makeTrail();
    return this.#trail;
  }

  async #makeAccessLog(): Promise<Input> {
    this.#say('writing the access log');
    const path = join(this.#folder, 'access.log');
    await runChild(new URL('./children/write-log.ts', import.meta.url), [
      path,
      String(this.#lines),
      join(this.#folder, 'writer'),
    ]);
    return { path, files: 1, records: this.#lines, sizeBytes: (await stat(path)).size };
  }

  async #cut(log: Input): Promise<Input> {
    this.#say('cutting it into small files');
    const path = join(this.#folder, 'small');
    await mkdir(path);
    let files = 0;
    let pending: string[] = [];
    const flush = async (): Promise<void> => {
      await writeFile(
        join(path, `2026-03-01-00-00-00-${String(files).padStart(8, '0')}`),
        `${pending.join('\n')}\n`,
      );
      files += 1;
      pending = [];
    };
    for await (const line of createInterface({
      input: createReadStream(log.path, { highWaterMark: 1 << 20 }),
    })) {
      pending.push(line);
      if (pending.length === LINES_PER_OBJECT) await flush();
    }
    if (pending.length > 0) await flush();
    return { path, files, records: log.records, sizeBytes: log.sizeBytes };
  }

  async #makeTrail(): Promise<Input> {
    this.#say('writing the CloudTrail files');
    const path = join(this.#folder, 'trail');
    await mkdir(path);
    const records = Math.floor(this.#lines / LINES_PER_EVENT);
    return { path, records, ...(await writeTrailFiles(path, records)) };
  }
}
