import { spawnSync } from 'node:child_process';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { checkContent, type ContentKind, type FileEnds, HEAD_BYTES, TAIL_BYTES } from './content.ts';

const TEXT = Buffer.from(Array.from({ length: 5_000 }, (_, index) => `row ${index * 7919}\n`).join(''));
const NOISE = Buffer.from(
  Uint8Array.from({ length: 100_000 }, (_, index) => (index * index * 31 + (index >> 3)) & 255),
);

function endsOf(bytes: Buffer): FileEnds {
  return { head: bytes.subarray(0, HEAD_BYTES), tail: bytes.subarray(-TAIL_BYTES), sizeBytes: bytes.length };
}

/** What Python's standard library makes of the text. */
function python(code: string): Buffer {
  const ran = spawnSync(
    'python3',
    ['-c', `import sys, io, lzma, zipfile, tarfile\ndata = sys.stdin.buffer.read()\n${code}`],
    {
      input: TEXT,
      maxBuffer: 2 ** 24,
    },
  );
  if (ran.status !== 0) throw new Error(ran.stderr.toString());
  return ran.stdout;
}

const ZIP = `out = io.BytesIO()
with zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED) as z: z.writestr('a', data)
sys.stdout.buffer.write(out.getvalue())`;
const TAR = `out = io.BytesIO()
with tarfile.open(fileobj=out, mode='w') as t:
  one = tarfile.TarInfo('a'); one.size = len(data); t.addfile(one, io.BytesIO(data))
sys.stdout.buffer.write(out.getvalue())`;

const MADE: readonly (readonly [kind: ContentKind, bytes: Buffer, whenWhole: string])[] = [
  ['gzip', gzipSync(TEXT), 'whole'],
  ['gzip', gzipSync(NOISE), 'whole'],
  ['gzip', gzipSync(Buffer.alloc(5_000_000)), 'whole'],
  ['gzip', gzipSync(Buffer.alloc(0)), 'whole'],
  ['zstd', zstdCompressSync(TEXT), 'unknown'],
  ['xz', python('sys.stdout.buffer.write(lzma.compress(data))'), 'whole'],
  ['zip', python(ZIP), 'whole'],
  ['tar', python(TAR), 'whole'],
  ['pg_dump', Buffer.concat([Buffer.from('PGDMP\x01\x0e\0'), NOISE]), 'unknown'],
  [
    'sql',
    Buffer.from(
      '--\n-- PostgreSQL database dump\n--\n\nSET x = 1;\n--\n-- PostgreSQL database dump complete\n--\n',
    ),
    'whole',
  ],
  [
    'sql',
    Buffer.from('-- MySQL dump 10.13\n/*!40101 SET */;\n-- Dump completed on 2026-11-21  2:00:01\n'),
    'whole',
  ],
];

describe('checkContent()', () => {
  test.each(MADE)('%s is known by its head, and whole (%#)', (kind, bytes, whenWhole) => {
    expect(checkContent('auto', endsOf(bytes))).toMatchObject({ kind, result: whenWhole });
    expect(checkContent(kind, endsOf(bytes)).result).toBe(whenWhole);
  });

  test.each(MADE.filter(([, bytes, whenWhole]) => whenWhole === 'whole' && bytes.length > 100))(
    '%s cut in half is wrong (%#)',
    (kind, bytes) => {
      const half = bytes.subarray(0, Math.floor(bytes.length / 2) - 3);
      expect(checkContent(kind, endsOf(half))).toMatchObject({ kind, result: 'wrong' });
    },
  );

  test('gzip says how much is in it', () => {
    expect(checkContent('gzip', endsOf(gzipSync(TEXT))).expandedBytes).toBe(TEXT.length);
  });

  test.each([
    ['an empty file', '', 'It is empty.'],
    [
      'a web page',
      '<!DOCTYPE html><html>502 Bad Gateway</html>',
      'It begins like nothing that is known here, not gzip.',
    ],
    ['another kind', 'PGDMP....', 'It is a PostgreSQL archive, not gzip.'],
    [
      'an encrypted file',
      'Salted__12345678',
      'It is encrypted with OpenSSL, and what is in it cannot be told, not gzip.',
    ],
  ])('%s is not gzip', (_what, text, sentence) => {
    expect(checkContent('gzip', endsOf(Buffer.from(text)))).toMatchObject({ result: 'wrong', sentence });
  });

  test.each([
    ['<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', 'wrong'],
    ['{"error": "disk full"}', 'wrong'],
    ['<!doctype html>', 'wrong'],
    ['age-encryption.org/v1\n', 'unknown'],
    ['anything else', 'unknown'],
  ])('unasked, %s is %s', (text, result) => {
    expect(checkContent('auto', endsOf(Buffer.from(text))).result).toBe(result);
  });
});
