/** Whether a file is what it says it is, from its first and last bytes alone. */
import { bytesText } from '../../lib/size-text.ts';

export const CONTENT_KINDS = ['gzip', 'zstd', 'xz', 'zip', 'tar', 'pg_dump', 'sql'] as const;
export type ContentKind = (typeof CONTENT_KINDS)[number];

/** Bytes to read at either end; a file smaller than both is read whole, as head and tail. */
export const HEAD_BYTES = 1024;
export const TAIL_BYTES = 64 * 1024 + 22;

export interface FileEnds {
  readonly head: Uint8Array;
  readonly tail: Uint8Array;
  readonly sizeBytes: number;
}

export interface ContentCheck {
  /** Nothing when it is none of those known. */
  readonly kind: ContentKind | undefined;
  /** Whole at both ends, wrong, or nothing that could tell. */
  readonly result: 'whole' | 'wrong' | 'unknown';
  readonly sentence: string;
  /** As gzip says at its end, modulo 4 GiB; nothing for the others. */
  readonly expandedBytes?: number;
}

/** Checks the ends of a file against what is expected; with `auto` against whatever its head says it is. */
export function checkContent(expected: ContentKind | 'auto', ends: FileEnds): ContentCheck {
  if (ends.sizeBytes === 0) return { kind: undefined, result: 'wrong', sentence: 'It is empty.' };
  const kind = kindOf(ends.head);
  if (expected !== 'auto' && kind !== expected) {
    const found = kind === undefined ? otherKind(ends.head) : `It is ${NAMES[kind]}`;
    return { kind, result: 'wrong', sentence: `${found}, not ${NAMES[expected]}.` };
  }
  if (kind === undefined) {
    const isError = ERROR_PAGE.test(textOf(ends.head));
    const sentence = isError ? 'It is a page that says what went wrong.' : `${otherKind(ends.head)}.`;
    return { kind, result: isError ? 'wrong' : 'unknown', sentence };
  }
  return { kind, ...CHECKS[kind](ends) };
}

const NAMES: Readonly<Record<ContentKind, string>> = {
  gzip: 'gzip',
  zstd: 'zstd',
  xz: 'xz',
  zip: 'zip',
  tar: 'tar',
  pg_dump: 'a PostgreSQL archive',
  sql: 'an SQL dump',
};

const MAGIC: readonly (readonly [kind: ContentKind, offset: number, bytes: string])[] = [
  ['gzip', 0, '\x1f\x8b\x08'],
  ['zstd', 0, '\x28\xb5\x2f\xfd'],
  ['xz', 0, '\xfd7zXZ\0'],
  ['zip', 0, 'PK\x03\x04'],
  ['zip', 0, 'PK\x05\x06'],
  ['tar', 257, 'ustar'],
  ['pg_dump', 0, 'PGDMP'],
];

/** What cannot be looked into, by its beginning. */
const ENCRYPTED: readonly (readonly [bytes: string, name: string])[] = [
  ['age-encryption.org/', 'age'],
  ['Salted__', 'OpenSSL'],
  ['-----BEGIN PGP MESSAGE', 'PGP'],
];

const SQL_HEAD =
  /^(?:\s|--[^\n]*\n|\/\*)*(?:--\s*(?:PostgreSQL database|MySQL|MariaDB|SQLite)|\/\*!|create |insert |begin|set |drop |pragma )/i;
const SQL_TAIL = /-- PostgreSQL database (?:cluster )?dump complete|-- Dump completed|(?:^|\n)\s*COMMIT;/i;
const ERROR_PAGE =
  /^\s*(?:<!doctype html|<html|<\?xml[^>]*>\s*<error|<error>|\{\s*"(?:error|message|errors)")/i;

function kindOf(head: Uint8Array): ContentKind | undefined {
  const bytes = latin1(head);
  const magic = MAGIC.find(([, offset, mark]) => bytes.startsWith(mark, offset));
  if (magic !== undefined) return magic[0];
  return !bytes.includes('\0') && SQL_HEAD.test(textOf(head)) ? 'sql' : undefined;
}

function otherKind(head: Uint8Array): string {
  const bytes = latin1(head);
  const encrypted = ENCRYPTED.find(([mark]) => bytes.startsWith(mark));
  if (encrypted !== undefined)
    return `It is encrypted with ${encrypted[1]}, and what is in it cannot be told`;
  return 'It begins like nothing that is known here';
}

type Checked = Omit<ContentCheck, 'kind'>;

const CHECKS: Readonly<Record<ContentKind, (ends: FileEnds) => Checked>> = {
  gzip: checkGzip,
  zstd: () => ({
    result: 'unknown',
    sentence: 'It begins as zstd; nothing at the end of zstd says that it is whole.',
  }),
  xz: ({ tail }) => ended(latin1(tail).replace(/\0+$/, '').endsWith('YZ'), 'the footer of xz'),
  zip: ({ tail }) => ended(latin1(tail).includes('PK\x05\x06'), 'the directory of zip'),
  tar: checkTar,
  pg_dump: () => ({
    result: 'unknown',
    sentence: 'It begins as a PostgreSQL archive; nothing at its end says that it is whole.',
  }),
  sql: ({ tail }) => ended(SQL_TAIL.test(textOf(tail)), 'the line with which a dump ends'),
};

function ended(isThere: boolean, what: string): Checked {
  return isThere
    ? { result: 'whole', sentence: `It ends with ${what}.` }
    : { result: 'wrong', sentence: `It is cut off: ${what} is not there.` };
}

/** Deflate makes 1 byte of 1,032 at most, and of noise 5 bytes more for each 16 KiB. */
const EXPANSION_MAX = 1032;
const GZIP_FRAME_BYTES = 18;

/**
 * The last four bytes of gzip are the size of what is in it, modulo 4 GiB; of a file cut off they are any number, which
 * its own size rules out three times of four or more. Source: RFC 1952.
 */
function checkGzip({ tail, sizeBytes }: FileEnds): Checked {
  if (sizeBytes < GZIP_FRAME_BYTES)
    return { result: 'wrong', sentence: 'It is cut off: shorter than gzip can be.' };
  const end = tail.subarray(-4);
  const expandedBytes = new DataView(end.buffer, end.byteOffset, 4).getUint32(0, true);
  const dataBytes = sizeBytes - GZIP_FRAME_BYTES;
  const most = dataBytes * EXPANSION_MAX + EXPANSION_MAX;
  const fewest = Math.max(0, dataBytes - Math.ceil(dataBytes / 16_384) * 5 - 300);
  const says = `${bytesText(expandedBytes)} by its own last bytes, in ${bytesText(sizeBytes)}`;
  // Beyond 4 GiB the number has wrapped, and several members have one number each: then it only may be right.
  const isPlausible = expandedBytes <= most && expandedBytes >= fewest;
  if (isPlausible && most < 2 ** 32) return { result: 'whole', sentence: `${says}.`, expandedBytes };
  if (isPlausible || fewest >= 2 ** 32 || most >= 2 ** 32)
    return { result: 'unknown', sentence: 'Too large for gzip to say how much is in it.', expandedBytes };
  return {
    result: 'wrong',
    sentence: `It is cut off or several in one: ${says}, which cannot be.`,
    expandedBytes,
  };
}

function checkTar({ tail, sizeBytes }: FileEnds): Checked {
  const end = tail.subarray(-1024);
  if (sizeBytes % 512 !== 0)
    return { result: 'wrong', sentence: 'It is cut off: not whole blocks of 512 bytes.' };
  return ended(end.length === 1024 && end.every((byte) => byte === 0), 'the two empty blocks of tar');
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}
