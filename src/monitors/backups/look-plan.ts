/** What of a bucket has to be listed to know the files of its series. */
import type { BookSeries, BucketWatch } from './book.ts';
import { keyPattern } from './key-pattern.ts';
import { ROOT } from './key-stem.ts';

/** A part of a bucket. */
export interface LookPart {
  readonly prefix: string;
  /** Only keys after it, where what is new comes later in the order of keys. */
  readonly startAfter?: string;
}

/** Prefixes that together hold every series of a bucket; none is part of another. */
export function wholeLook({ expected, discovery }: BucketWatch): LookPart[] {
  const prefixes = [
    ...expected.map(({ pattern }) => keyPattern(pattern).prefix),
    ...(discovery === undefined ? [] : [discovery.prefix]),
  ];
  const shortest = [...new Set(prefixes)].sort((a, b) => a.length - b.length);
  return shortest
    .filter((prefix, index) => !shortest.slice(0, index).some((other) => prefix.startsWith(other)))
    .map((prefix) => ({ prefix }));
}

/**
 * The part with what is new of one series. Where keys rise from day to day, as dates in names do, it begins after what
 * was there a while ago.
 */
export function seriesLook(series: BookSeries, beforeMs: number): LookPart {
  const prefix = prefixOf(series);
  const old = series.files.filter(({ atMs }) => atMs < beforeMs).slice(-RISING_FILES);
  const recent = series.files.filter(({ atMs }) => atMs >= beforeMs);
  const last = old.reduce((most, { key }) => (key > most ? key : most), '');
  const isRising =
    old.length >= RISING_FILES_MIN &&
    isAscending(old.map(({ key }) => key)) &&
    recent.every(({ key }) => key > last);
  return isRising ? { prefix, startAfter: last } : { prefix };
}

const RISING_FILES = 20;
const RISING_FILES_MIN = 5;

/** In the order of UTF-8 for what keys of backups are made of; what is not is listed whole. */
function isAscending(keys: readonly string[]): boolean {
  return keys.every((key, index) => isAscii(key) && (index === 0 || key > (keys[index - 1] ?? '')));
}

function isAscii(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text);
}

function prefixOf({ id, expected, discovery, files }: BookSeries): string {
  if (expected !== undefined) return commonPrefix(keyPattern(expected.pattern).prefix, files);
  switch (discovery?.grouping.by) {
    case 'stem':
      return (id.startsWith(`${ROOT} `) ? id.slice(ROOT.length + 1) : id).split('{')[0] ?? '';
    case 'folder':
      return id === ROOT ? '' : `${id}/`;
    default:
      return commonPrefix('', files);
  }
}

/** What all newest keys begin with, up to where one of them has a digit: the next may have another there. */
function commonPrefix(least: string, files: BookSeries['files']): string {
  const [first, ...others] = files.slice(-50).map(({ key }) => key);
  if (first === undefined) return least;
  let length = first.length;
  for (const key of others) while (!key.startsWith(first.slice(0, length))) length -= 1;
  const common = first.slice(0, length).replace(/\d.*$/s, '');
  const folder = common.slice(0, common.lastIndexOf('/') + 1);
  return folder.length > least.length ? folder : least;
}
