/** Patterns that say which keys are of a series, with named parts. */
import { Fault } from '../../lib/fault.ts';
import { DATE_SOURCES } from './key-stem.ts';

export interface KeyMatch {
  /** What `{date}` and the other parts of time stood for: files that share it are of one run. */
  readonly stamp: string;
  /** What `{member}` stood for. */
  readonly member: string;
  /** What every other named part stood for: a series for each. */
  readonly names: Readonly<Record<string, string>>;
}

export interface KeyPattern {
  /** Everything before the first part: what a listing asks for. */
  readonly prefix: string;
  /** Names of the parts that make a series each. */
  readonly names: readonly string[];
  /** Nothing when the key is not of the pattern. */
  match(key: string): KeyMatch | undefined;
}

const TIMES: Readonly<Record<string, string>> = {
  // The separator of a date is the same all through it; here any will do.
  date: DATE_SOURCES.map((source) =>
    source.replace('([-_./]?)', '[-_./]?').replace(String.raw`\1`, '[-_./]?'),
  ).join('|'),
  year: '(?:19|20)[0-9]{2}',
  month: '(?:0[1-9]|1[0-2])',
  day: '(?:0[1-9]|[12][0-9]|3[01])',
  hour: '(?:[01][0-9]|2[0-3])',
  week: '[0-9]{4}[-_]?[Ww][0-9]{2}',
  weekday: '[A-Za-z]{3,9}',
  epoch: '[0-9]{10}(?:[0-9]{3})?',
};

/** Anything, and nothing that makes runs or series. */
const IGNORED: Readonly<Record<string, string>> = {
  n: '[0-9]+',
  uuid: '[0-9a-fA-F-]{32,36}',
  id: '[0-9a-fA-F]{16,}',
};

/**
 * Reads a pattern: `{name}` is a part within one folder, `*` anything within one folder, `**` anything at all.
 * `{date}`, `{year}`, `{month}`, `{day}`, `{hour}`, `{week}`, `{weekday}` and `{epoch}` tell the run, `{member}` the member of a set;
 * `{n}`, `{uuid}` and `{id}` are left alone; every other name makes a series for each of its values.
 * Throws `invalid` for a pattern that cannot be read.
 *
 * @example
 * keyPattern('db/{database}/{date}.dump.gz').match('db/orders/2026-11-21.dump.gz');
 * // { stamp: '2026-11-21', member: '', names: { database: 'orders' } }
 */
export function keyPattern(text: string): KeyPattern {
  const pieces = text.split(/(\{[^{}]*\}|\*\*|\*)/);
  const stray = pieces.find((piece, index) => index % 2 === 0 && /[{}]/.test(piece));
  if (stray !== undefined) throw noPart(stray, text);
  const parts: string[] = [];
  const source = pieces.map((piece, index) =>
    index % 2 === 0 ? escaped(piece) : partSource(piece, { text, parts }),
  );
  const pattern = new RegExp(`^${source.join('')}$`, 's');
  const seriesNames = [...new Set(parts.filter((name) => TIMES[name] === undefined && name !== 'member'))];
  return {
    prefix: pieces[0] ?? '',
    names: seriesNames,
    match(key) {
      const found = pattern.exec(key);
      if (found === null) return undefined;
      const valueOf = (name: string): string => found[parts.indexOf(name) + 1] ?? '';
      return {
        stamp: parts
          .flatMap((name, index) => (TIMES[name] === undefined ? [] : [found[index + 1] ?? '']))
          .join('-'),
        member: parts.includes('member') ? valueOf('member') : '',
        names: Object.fromEntries(seriesNames.map((name) => [name, valueOf(name)])),
      };
    },
  };
}

function partSource(piece: string, into: { readonly text: string; readonly parts: string[] }): string {
  if (piece === '**') return '.*';
  if (piece === '*') return '[^/]*';
  const name = piece.slice(1, -1);
  if (!/^[a-z][a-z0-9_]{0,30}$/.test(name)) throw noPart(piece, into.text);
  const ignored = IGNORED[name];
  if (ignored !== undefined) return ignored;
  const before = into.parts.indexOf(name);
  if (before !== -1 && TIMES[name] === undefined) return `(?:\\${before + 1})`;
  into.parts.push(name);
  return `(${TIMES[name] ?? '[^/]+?'})`;
}

function noPart(piece: string, text: string): Fault {
  return new Fault(
    'invalid',
    `Cannot read the key pattern: a part is a name in braces such as {date} or {database}, got "${piece}" in "${text}".`,
  );
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** Keys that never are a backup: markers of folders, and what is still being written. */
export function isPart(key: string, sizeBytes: number): boolean {
  return (
    (key.endsWith('/') && sizeBytes === 0) ||
    /(?:\.(?:tmp|temp|part|partial|incomplete|crdownload)|~)$/i.test(key)
  );
}
