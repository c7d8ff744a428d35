/** Files on this machine: a path, a folder with all below it, a glob, or standard input. */
import { glob, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Fault } from '../lib/fault.ts';
import type { FormatName } from '../formats/format.ts';
import type { Clock } from '../lib/clock.ts';
import { filePlace } from './inventory-places.ts';
import { offersOfReport, roleOf } from './inventory-report.ts';
import { ReportsSeen } from './inventory-seen.ts';
import type { OfferedBatch, Source, SourceRun, SourceStatus } from './source.ts';

export interface FilesRequest {
  readonly name: string;
  /** A file, a folder, a glob (`logs/**` + `/*.gz`), or `-` for standard input. */
  readonly path: string;
  readonly format?: FormatName;
  /** How often a followed folder is looked at. */
  readonly pollMs: number;
}

/** A file this young may still be written to; a followed folder leaves it for the next look. */
const SETTLED_MS = 1_000;

export function openFiles(
  request: FilesRequest,
  parts: { readonly clock: Clock; readonly stdin?: NodeJS.ReadableStream },
): Source {
  return new FilesSource(request, parts);
}

class FilesSource implements Source {
  readonly kind = 'files';
  readonly name: string;
  readonly location: string;
  readonly #request: FilesRequest;
  readonly #clock: Clock;
  readonly #stdin: NodeJS.ReadableStream | undefined;
  /** Path and change time of what has been offered and not failed. */
  readonly #offered = new Map<string, string>();
  readonly #reports = new ReportsSeen();
  #state: SourceStatus['state'] = 'idle';
  #message = '';
  #lastCheckedMs = 0;

  constructor(
    request: FilesRequest,
    parts: { readonly clock: Clock; readonly stdin?: NodeJS.ReadableStream },
  ) {
    this.name = request.name;
    this.location = request.path === '-' ? 'standard input' : resolve(request.path);
    this.#request = request;
    this.#clock = parts.clock;
    this.#stdin = parts.stdin;
  }

  async *batches(run: SourceRun): AsyncGenerator<OfferedBatch> {
    if (this.#request.path === '-') {
      yield this.#offerStdin();
      this.#state = 'done';
      return;
    }
    while (!run.signal.aborted) {
      this.#state = 'reading';
      this.#message = '';
      yield* this.#look(run);
      this.#lastCheckedMs = this.#clock.nowMs();
      if (!run.follow) break;
      if (this.#message === '') this.#state = 'waiting';
      await this.#clock.sleep(this.#request.pollMs, run.signal).catch(() => undefined);
    }
    if (this.#state === 'reading') this.#state = 'done';
  }

  status(): SourceStatus {
    const message = [this.#message, this.#reports.note()].filter((text) => text !== '').join(' ');
    return { state: this.#state, message, lastCheckedMs: this.#lastCheckedMs, requests: {} };
  }

  async *#look(run: SourceRun): AsyncGenerator<OfferedBatch> {
    let found = 0;
    for await (const path of pathsOf(this.#request.path)) {
      if (run.signal.aborted) return;
      const file = await stat(path).catch(() => undefined);
      if (file === undefined || !file.isFile()) continue;
      found += 1;
      const stamp = `${file.size}:${file.mtimeMs}`;
      const isYoung = run.follow && this.#clock.nowMs() - file.mtimeMs < SETTLED_MS;
      if (isYoung || this.#offered.get(path) === stamp) continue;
      this.#offered.set(path, stamp);
      yield* this.#offers(path, file.mtimeMs);
    }
    if (found === 0 && !run.follow)
      throw new Fault('not_found', `Cannot read ${this.#request.path}: no such file or folder.`);
  }

  /** What a file is offered as: itself, or the data files of the inventory report that it stands for. */
  async *#offers(path: string, changedMs: number): AsyncGenerator<OfferedBatch> {
    const { format = 'inventory' } = this.#request;
    const role = format === 'inventory' ? roleOf(path) : undefined;
    this.#reports.see(path);
    if (role === undefined) yield this.#offer(path, changedMs);
    else if (role === 'data') this.#reports.pass(path);
    else if (role !== 'checksum' && !this.#reports.isKnown(`${dirname(path)}/`)) {
      const ended = (failure?: string): void => {
        if (failure === undefined) this.#reports.settle(path);
        else this.#fail(path, failure);
      };
      yield* offersOfReport(path, ended, filePlace());
    }
  }

  #offer(path: string, changedMs: number): OfferedBatch {
    return {
      origin: pathToFileURL(path).href,
      deliveredMs: changedMs,
      ...(this.#request.format === undefined ? {} : { format: this.#request.format }),
      content: { kind: 'file', path },
      acknowledge: async () => {},
      failed: (reason) => this.#fail(path, reason),
    };
  }

  #offerStdin(): OfferedBatch {
    const stdin = this.#stdin;
    if (stdin === undefined) throw new Fault('unsupported', 'Cannot read standard input here.');
    return {
      origin: 'stdin:',
      ...(this.#request.format === undefined ? {} : { format: this.#request.format }),
      content: { kind: 'stream', open: async () => stdin as AsyncIterable<Uint8Array> },
      acknowledge: async () => {},
      failed: (reason) => this.#fail('-', reason),
    };
  }

  #fail(path: string, reason: string): void {
    this.#offered.delete(path);
    this.#state = 'failing';
    this.#message = reason;
  }
}

/** Paths in order of name: S3 names its log objects by time. Files whose name begins with a dot are left alone. */
async function* pathsOf(pattern: string): AsyncGenerator<string> {
  const found = await stat(pattern).catch(() => undefined);
  if (found?.isFile() === true) {
    yield resolve(pattern);
    return;
  }
  const options =
    found?.isDirectory() === true
      ? { cwd: resolve(pattern), pattern: '**/*' }
      : { cwd: process.cwd(), pattern };
  const paths: string[] = [];
  for await (const path of glob(options.pattern, { cwd: options.cwd })) {
    if (!path.split('/').some((part) => part.startsWith('.') && part !== '.' && part !== '..'))
      paths.push(path);
  }
  for (const path of paths.sort()) yield resolve(join(path.startsWith('/') ? '' : options.cwd, path));
}
