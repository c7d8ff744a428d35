/** Finds the streams below a prefix, folder by folder, without listing what is in them. */
import { Fault } from '../lib/fault.ts';
import type { ListedObject, ListPage } from '../s3/s3.ts';
import { compareKeys, endOf, prefixesOfYears, type TimedKey, timedKey } from './bucket-listing-keys.ts';

/** Where in a folder to list from. */
export type ListFrom = { readonly startAfter: string } | { readonly continuationToken: string } | undefined;

export interface WalkParts {
  /** A page of what is directly in a folder. */
  listFolder(folder: string, from: ListFrom): Promise<ListPage>;
  /** The first few objects below a folder. */
  peek(folder: string): Promise<ListPage>;
  /** Whether there is a stream of layout `days` with this prefix. */
  isDayStream(prefix: string): boolean;
  /** Whether nothing in a folder is to be found. */
  isKnown(folder: string): boolean;
}

export type Found =
  | { readonly kind: 'stream'; readonly stream: TimedKey }
  /** An object without a time in its key. */
  | { readonly kind: 'loose'; readonly object: ListedObject };

type Entry = { readonly key: string; readonly object?: ListedObject };

const FOLDERS_MAX = 10_000;

/**
 * Walks a prefix. The caller notes each stream before it asks for the next: years of a known day stream are not
 * walked into. One LIST a folder, one for each stream of names, one for a new day stream.
 */
export async function* walk(root: string, parts: WalkParts): AsyncGenerator<Found> {
  const folders = [root];
  for (let walked = 0; folders.length > 0; walked += 1) {
    if (walked === FOLDERS_MAX) {
      throw new Fault(
        'limit',
        `Cannot find all logs: more than ${FOLDERS_MAX} folders below it; name a longer prefix.`,
      );
    }
    const folder = folders.pop() ?? root;
    if (folder !== root && (isInDayStream(folder, parts) || parts.isKnown(folder))) continue;
    const inside: string[] = [];
    for await (const entry of entriesOf(folder, root, parts)) {
      if (typeof entry === 'string') inside.push(entry);
      else yield entry;
    }
    for (const child of inside.reverse()) {
      const stream = isInDayStream(child, parts) ? undefined : await dayStreamAt(child, root, parts);
      if (stream !== undefined) yield { kind: 'stream', stream };
      folders.push(child);
    }
  }
}

function isInDayStream(folder: string, parts: WalkParts): boolean {
  return prefixesOfYears(folder).some((prefix) => parts.isDayStream(prefix));
}

async function dayStreamAt(folder: string, root: string, parts: WalkParts): Promise<TimedKey | undefined> {
  if (!/(^|\/)20\d\d\/$/.test(folder)) return undefined;
  const { objects } = await parts.peek(folder);
  return objects.map(({ key }) => timedKey(key, root)).find((timed) => timed?.layout === 'days');
}

/** What is directly in a folder: folders as text, objects and streams as found; jumps over the keys of a stream. */
async function* entriesOf(folder: string, root: string, parts: WalkParts): AsyncGenerator<string | Found> {
  let from: ListFrom;
  let after = '';
  for (;;) {
    const page = await parts.listFolder(folder, from);
    const entries = inOrder(page);
    for (const entry of entries) {
      if (compareKeys(entry.key, after) <= 0) continue;
      after = entry.key;
      if (entry.object === undefined) {
        yield entry.key;
        continue;
      }
      const stream = timedKey(entry.key, root);
      if (stream === undefined) {
        yield { kind: 'loose', object: entry.object };
        continue;
      }
      after = endOf(stream);
      yield { kind: 'stream', stream };
    }
    if (!page.isTruncated) return;
    from = nextFrom(page, entries, { from, after });
  }
}

function nextFrom(
  page: ListPage,
  entries: readonly Entry[],
  at: { readonly from: ListFrom; readonly after: string },
): ListFrom {
  const last = entries.at(-1)?.key ?? '';
  const token = page.continuationToken;
  const hasJumped = compareKeys(at.after, last) > 0;
  if (hasJumped && !(at.from !== undefined && 'startAfter' in at.from && at.from.startAfter === at.after)) {
    return { startAfter: at.after };
  }
  const isRepeated =
    at.from !== undefined && 'continuationToken' in at.from && at.from.continuationToken === token;
  if (token === undefined || isRepeated) {
    throw new Fault(
      'unavailable',
      `Cannot list beyond "${last}": the store says there is more and gives the same page.`,
    );
  }
  return { continuationToken: token };
}

function inOrder(page: ListPage): Entry[] {
  const entries: Entry[] = page.objects.map((object) => ({ key: object.key, object }));
  if (page.folders.length === 0) return entries;
  for (const key of page.folders) entries.push({ key });
  return entries.sort((left, right) => compareKeys(left.key, right.key));
}
