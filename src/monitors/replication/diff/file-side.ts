/** A file of JSON lines as one side: `{"key","size","etag","modified","version_id","encryption"}`, sorted by bytes of the key. */
import { createReadStream } from 'node:fs';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Fault, reasonOf } from '../../../lib/fault.ts';
import { compareKeyBytes } from '../../../lib/key-order.ts';
import type { Entry, Side } from './entry.ts';

const PAGE = 1000;
const LINE_CHARACTERS_MAX = 65_536;

/** Files whose name ends with `.gz` are decompressed. */
export function openFileSide(path: string): Side {
  return { name: path, prefix: '', pages: (after, signal) => pagesOf(path, after, signal) };
}

/** Whether its entries have version ids: the first one says so for all. */
export async function hasVersionIds(path: string): Promise<boolean> {
  for await (const { line, number } of linesOf(path, new AbortController().signal))
    return entryOf(line, `line ${number} of ${path}`).versionId !== undefined;
  return false;
}

async function* pagesOf(path: string, after: string, signal: AbortSignal): AsyncGenerator<readonly Entry[]> {
  let page: Entry[] = [];
  for await (const { line, number } of linesOf(path, signal)) {
    const entry = entryOf(line, `line ${number} of ${path}`);
    if (after !== '' && compareKeyBytes(entry.key, after) <= 0) continue;
    page.push(entry);
    if (page.length < PAGE) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

async function* linesOf(
  path: string,
  signal: AbortSignal,
): AsyncGenerator<{ readonly line: string; readonly number: number }> {
  let rest = '';
  let number = 0;
  for await (const chunk of textOf(path, signal)) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      number += 1;
      if (line.trim() !== '') yield { line, number };
    }
    if (rest.length > LINE_CHARACTERS_MAX)
      throw new Fault('invalid', `Cannot read line ${number + 1} of ${path}: it has no end.`);
  }
  if (rest.trim() !== '') yield { line: rest, number: number + 1 };
}

async function* textOf(path: string, signal: AbortSignal): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const file = createReadStream(path, { signal });
  // A failure comes out of the last of them.
  const bytes: Readable = path.endsWith('.gz') ? pipeline(file, createGunzip(), () => undefined) : file;
  try {
    for await (const chunk of bytes) yield decoder.decode(chunk as Buffer, { stream: true });
    yield decoder.decode();
  } catch (error) {
    signal.throwIfAborted();
    throw new Fault('invalid', `Cannot read ${path}: ${reasonOf(error)}.`, { cause: error });
  }
}

function entryOf(line: string, place: string): Entry {
  const { key, size, etag = '', modified = '', version_id: versionId, encryption } = objectOf(line, place);
  if (typeof key !== 'string' || typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0)
    throw new Fault('invalid', `Cannot read ${place}: it needs a "key" and a "size" in bytes.`);
  const modifiedMs = modified === '' ? 0 : typeof modified === 'string' ? Date.parse(modified) : NaN;
  if (typeof etag !== 'string' || Number.isNaN(modifiedMs))
    throw new Fault('invalid', `Cannot read ${place}: "etag" is a text, "modified" an ISO 8601 time.`);
  return {
    key,
    sizeBytes: size,
    etag: etag.replaceAll('"', ''),
    modifiedMs,
    ...(typeof versionId === 'string' ? { versionId } : {}),
    ...(typeof encryption === 'string' ? { encryption } : {}),
  };
}

function objectOf(line: string, place: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    value = undefined;
  }
  if (typeof value === 'object' && value !== null) return value as Readonly<Record<string, unknown>>;
  throw new Fault('invalid', `Cannot read ${place}: it is not a JSON object.`);
}
