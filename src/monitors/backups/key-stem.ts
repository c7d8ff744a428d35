/** What the keys of one series have in common: the key without what differs from run to run. */

/** Dates as people write them into names: 2026-11-21T01-30-00Z, 20261121_013000, 2026/11/21, 21.11.2026, 2026-11. */
export const DATE_SOURCES = [
  String.raw`(?<!\d)(?:19|20)\d\d([-_./]?)(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12]\d|3[01])(?:[T_.\- /]?(?:[01]\d|2[0-3])[-_.:h]?[0-5]\d(?:[-_.:m]?[0-5]\ds?(?:[.,]\d{1,9})?)?)?(?:Z|[+-]\d\d:?\d\d)?(?!\d)`,
  String.raw`(?<!\d)(?:0[1-9]|[12]\d|3[01])[-_.](?:0[1-9]|1[0-2])[-_.](?:19|20)\d\d(?!\d)`,
  String.raw`(?<!\d)(?:19|20)\d\d[-_./](?:0[1-9]|1[0-2])(?!\d)`,
] as const;

const [FULL_DATE, DAY_FIRST, MONTH] = DATE_SOURCES;

const PARTS: readonly (readonly [pattern: RegExp, placeholder: string])[] = [
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi, '{uuid}'],
  [new RegExp(FULL_DATE, 'gi'), '{date}'],
  [new RegExp(DAY_FIRST, 'g'), '{date}'],
  [/(?<![0-9a-z])(?:19|20)\d\d[-_]?w(?:0[1-9]|[1-4]\d|5[0-3])(?![0-9a-z])/gi, '{week}'],
  [new RegExp(MONTH, 'g'), '{date}'],
  [/(?<!\d)1[4-9]\d{8}(?:\d{3})?(?!\d)/g, '{epoch}'],
  [/(?<![0-9a-z])(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?(?![0-9a-z])/gi, '{weekday}'],
  [/(?<![0-9a-z])[0-9a-f]{16,}(?![0-9a-z])/gi, '{id}'],
  [/\d+/g, '{n}'],
];

export interface KeyStem {
  /** The key with placeholders: `db/{date}/orders-{n}.dump.gz`. */
  readonly stem: string;
  /** What stood for dates, weeks and epochs: files that share it are of one run. Empty when nothing did. */
  readonly stamp: string;
  /** What stood for counters: it tells the members of a run apart. */
  readonly counter: string;
}

const OF_A_RUN = new Set(['{date}', '{week}', '{epoch}', '{weekday}']);

/**
 * The stem of a key.
 *
 * @example
 * keyStem('pg/zvg_2026-09-21T01-30-00.dump');
 * // { stem: 'pg/zvg_{date}.dump', stamp: '2026-09-21T01-30-00', counter: '' }
 */
export function keyStem(key: string): KeyStem {
  let stem = key;
  const stamps: string[] = [];
  const counters: string[] = [];
  for (const [pattern, placeholder] of PARTS) {
    if (stem.search(pattern) === -1) continue;
    stem = replacedOutside(stem, pattern, (found) => {
      if (OF_A_RUN.has(placeholder)) stamps.push(found);
      if (placeholder === '{n}') counters.push(found);
      return placeholder;
    });
  }
  return { stem, stamp: stamps.join(' '), counter: counters.join(' ') };
}

/** Replaces in the text around placeholders, so that none is taken apart again. */
function replacedOutside(text: string, pattern: RegExp, replace: (found: string) => string): string {
  return text
    .split(/(\{[a-z]+\})/)
    .map((piece, index) => (index % 2 === 1 ? piece : piece.replace(pattern, (found) => replace(found))))
    .join('');
}

/** The class of files that lie in no folder. */
export const ROOT = '(root)';

/** The first `depth` folders of a key, the way of one system a folder; `(root)` for a file in fewer. */
export function leadingFolder(key: string, depth: number): string {
  const folders = key.split('/').slice(0, -1);
  return folders.length < depth ? ROOT : folders.slice(0, depth).join('/');
}
