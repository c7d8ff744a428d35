/** What of a bucket has to be listed to know the files of its series. */
import type { BookSeries, BucketWatch } from './book.ts';
import { keyPattern } from './key-pattern.ts';
import { ROOT } from './key-stem.ts';
import { OTHERS } from './series.ts';
import { withValues } from './written.ts';

/** A part of a bucket. */
export interface LookPart {
  readonly prefix: string;
  /** Only keys after it, where what is new comes later in the order of keys. */
  readonly startAfter?: string;
}

/** One key for a part among all buckets. */
export function partKey(bucket: string, prefix: string): string {
  return `${bucket}\n${prefix}`;
}

/** Prefixes that together hold every series of a bucket; none is part of another. */
export function wholeLook({ expected, discovery }: BucketWatch): LookPart[] {
  const prefixes = [
    ...expected.map(({ pattern }) => keyPattern(pattern).prefix),
    ...(discovery === undefined ? [] : [discovery.prefix]),
  ];
  const parts: LookPart[] = [];
  for (const prefix of [...new Set(prefixes)].sort()) {
    const last = parts.at(-1);
    if (last === undefined || !prefix.startsWith(last.prefix)) parts.push({ prefix });
  }
  return parts;
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
    isDated(old.map(({ key }) => key)) &&
    isAscending(old.map(({ key }) => key)) &&
    recent.every(({ key }) => key > last);
  return isRising ? { prefix, startAfter: last } : { prefix };
}

const RISING_FILES = 20;
const RISING_FILES_MIN = 5;

/** A year, month and day, or seconds since 1970, which rise as text does. */
const RISING = /(?:19|20)\d\d([-_./]?)(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12]\d|3[01])|1\d{9}/;

/** Whether all have such a date at one place, and the same before it: `9` and `10`, or days before months, only seem to rise. */
function isDated(keys: readonly string[]): boolean {
  const place = keys[0]?.search(RISING) ?? -1;
  const before = keys[0]?.slice(0, place);
  return place >= 0 && keys.every((key) => key.search(RISING) === place && key.slice(0, place) === before);
}

/** In the order of UTF-8 for what keys of backups are made of; what is not is listed whole. */
function isAscending(keys: readonly string[]): boolean {
  return keys.every((key, index) => isAscii(key) && (index === 0 || key > (keys[index - 1] ?? '')));
}

function isAscii(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text);
}

function prefixOf({ id: name, expected, discovery }: BookSeries): string {
  if (expected !== undefined) return prefixWith(expected.pattern, name.slice(expected.name.length + 1));
  const id = name.endsWith(` ${OTHERS}`) ? name.slice(0, -OTHERS.length - 1) : name;
  switch (discovery?.grouping.by) {
    case 'stem':
      return (id.startsWith(`${ROOT} `) ? id.slice(ROOT.length + 1) : id).split('{')[0] ?? '';
    case 'folder':
      return id === ROOT ? '' : `${id}/`;
    case 'pattern':
      return prefixWith(discovery.grouping.pattern, id);
    default:
      return '';
  }
}

/** What every key of a pattern begins with that has these values in its named parts. */
function prefixWith(pattern: string, values: string): string {
  return withValues(pattern, values).split(/[{*]/)[0] ?? '';
}
