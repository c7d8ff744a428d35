/**
 * The time inside the keys of log objects, and where to look again for late ones.
 *
 * Two layouts sort by time below some prefix, which makes that prefix a *stream*:
 * `names`: `<prefix>2026-05-03-10-00-00-1A2B` (classic access logs) or `<prefix>20260503T1000Z...` in one folder;
 * `days`: `<prefix>2026/05/03/...` (partitioned access logs, CloudTrail).
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html#server-log-keyname-format and
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html
 */

export interface StreamName {
  /** Everything before the year. */
  readonly prefix: string;
  readonly layout: 'names' | 'days';
}

export interface TimedKey extends StreamName {
  /** Milliseconds since 1970 UTC, as exact as the key. */
  readonly timeMs: number;
  /** Text that sorts at or before every key of the stream of that time or later; for `days` it may be the whole day. */
  at(timeMs: number): string;
}

/** Behind the prefix of a stream: every year that is looked for begins with it. */
const CENTURY = '20';
const DAY_MS = 86_400_000;
const DATE = String.raw`(20\d\d)-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])`;
const DASHED = new RegExp(`${DATE}-([01]\\d|2[0-3])-([0-5]\\d)-([0-5]\\d)(?!\\d)`);
const COMPACT = /(20\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3])([0-5]\d)([0-5]\d)?Z/;
const DAY_FOLDERS = /(?<=^|\/)(20\d\d)\/(0[1-9]|1[0-2])\/(0[1-9]|[12]\d|3[01])\//g;
const YEAR_FOLDER = /(?<=^|\/)20\d\d\//g;
const TRAIL_NAME = /^\d{12}_CloudTrail_[a-z0-9-]+_$/;

/**
 * The time in a key; nothing when it has none in these layouts. The time must not lie wholly within `root`, the prefix
 * that is watched: a date up there says nothing about the order of what is below.
 */
export function timedKey(key: string, root: string): TimedKey | undefined {
  return timedByDay(key, root) ?? timedByName(key);
}

/**
 * A key to list after, so that every key not older than `overlapMs` before this one is found again. It always sorts
 * before the key itself. Where only the day is in order, it is the beginning of that day.
 */
export function lookBack(timed: TimedKey, overlapMs: number): string {
  return timed.at(timed.timeMs - Math.max(overlapMs, 1000));
}

/** What a stream is listed by: no more than is watched, and nothing but years. */
export function listPrefix(stream: StreamName, root: string): string {
  const years = stream.prefix + CENTURY;
  return years.length > root.length ? years : root;
}

/** Sorts after every key of a stream: `:` follows `9`. */
export function endOf(stream: StreamName): string {
  return `${stream.prefix}${CENTURY}:`;
}

/** The prefixes of which a folder could be part of a year: `a/2026/05/` gives `a/`. */
export function prefixesOfYears(folder: string): string[] {
  return [...folder.matchAll(YEAR_FOLDER)].map((match) => folder.slice(0, match.index));
}

/** Compares as S3 orders keys: by their bytes in UTF-8. */
export function compareKeys(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

function timedByDay(key: string, root: string): TimedKey | undefined {
  for (const match of key.matchAll(DAY_FOLDERS)) {
    const nameStart = match.index + match[0].length;
    if (nameStart <= root.length) continue;
    const [, year = '', month = '', day = ''] = match;
    const prefix = key.slice(0, match.index);
    const dayMs = utc(year, month, day);
    const folder = (timeMs: number): string => `${prefix}${dateParts(timeMs).join('/')}/`;
    const stamp = stampIn(key.slice(nameStart));
    // Partitions by event time put the whole day at 00-00-00, in no order.
    const isOrdered = stamp !== undefined && isHeadConstant(stamp.before) && stamp.timeMs !== dayMs;
    if (!isOrdered) return { prefix, layout: 'days', timeMs: dayMs, at: folder };
    const at = (timeMs: number): string => `${folder(timeMs)}${stamp.before}${stamp.write(timeMs)}`;
    return { prefix, layout: 'days', timeMs: stamp.timeMs, at };
  }
  return undefined;
}

function timedByName(key: string): TimedKey | undefined {
  const nameStart = key.lastIndexOf('/') + 1;
  const stamp = stampIn(key.slice(nameStart));
  if (stamp === undefined) return undefined;
  const prefix = key.slice(0, nameStart) + stamp.before;
  return { prefix, layout: 'names', timeMs: stamp.timeMs, at: (timeMs) => prefix + stamp.write(timeMs) };
}

/** Whether all names of a day folder begin like this one, so that the time in them decides their order. */
function isHeadConstant(head: string): boolean {
  return head === '' || TRAIL_NAME.test(head);
}

interface Stamp {
  readonly before: string;
  readonly timeMs: number;
  write(timeMs: number): string;
}

function stampIn(name: string): Stamp | undefined {
  const dashed = DASHED.exec(name);
  const match = dashed ?? COMPACT.exec(name);
  if (match === null) return undefined;
  const [, year = '', month = '', day = '', hour = '', minute = '', second] = match;
  const timeMs = utc(year, month, day, hour, minute, second);
  const digits = second === undefined ? 12 : 14;
  return {
    before: name.slice(0, match.index),
    timeMs,
    write: (atMs) => {
      const iso = new Date(atMs).toISOString().slice(0, 19);
      if (dashed !== null) return iso.replaceAll(/[T:]/g, '-');
      const compact = iso.replaceAll(/[-T:]/g, '').slice(0, digits);
      return `${compact.slice(0, 8)}T${compact.slice(8)}Z`;
    },
  };
}

function utc(year: string, month: string, day: string, hour = '0', minute = '0', second = '0'): number {
  return Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
}

/** Year, month and day, with their zeros. */
function dateParts(timeMs: number): string[] {
  return new Date(Math.floor(timeMs / DAY_MS) * DAY_MS).toISOString().slice(0, 10).split('-');
}
