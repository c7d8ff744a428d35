/** A piece of text from outside: ordinary characters, or one that would not be seen, spelled out. */
interface VisiblePiece {
  readonly kind: 'plain' | 'control';
  readonly text: string;
  /** What the control character is, for a hover title; empty for ordinary text. */
  readonly name: string;
}

const NAMES: Readonly<Record<number, string>> = {
  0x00: 'null',
  0x07: 'bell',
  0x08: 'backspace',
  0x09: 'tab',
  0x0a: 'line feed',
  0x0d: 'carriage return',
  0x1b: 'escape',
  0x7f: 'delete',
  0x200b: 'zero-width space',
  0x200e: 'left-to-right mark',
  0x200f: 'right-to-left mark',
  0x202d: 'left-to-right override',
  0x202e: 'right-to-left override',
  0xfeff: 'byte order mark',
  0xfffd: 'bytes that are not UTF-8',
};

const SHORT: Readonly<Record<number, string>> = { 0x09: '\\t', 0x0a: '\\n', 0x0d: '\\r' };

// Everything that is invisible or that reorders what is around it: controls, format characters, separators,
// lone surrogates, and the replacement character.
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\u00a0\ufffd]/gu;

function spelled(code: number): string {
  const short = SHORT[code];
  if (short !== undefined) return short;
  if (code === 0xfffd) return '\ufffd';
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`;
  if (code <= 0xffff) return `\\u${code.toString(16).padStart(4, '0')}`;
  return `\\u{${code.toString(16)}}`;
}

function controlPiece(character: string): VisiblePiece {
  const code = character.codePointAt(0) ?? 0;
  const point = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  return { kind: 'control', text: spelled(code), name: `${NAMES[code] ?? 'invisible character'} (${point})` };
}

/** Splits text so that every invisible or reordering character becomes a piece of its own. */
export function visiblePieces(text: string): readonly VisiblePiece[] {
  const pieces: VisiblePiece[] = [];
  let from = 0;
  for (const match of text.matchAll(UNSEEN)) {
    if (match.index > from) pieces.push({ kind: 'plain', text: text.slice(from, match.index), name: '' });
    pieces.push(controlPiece(match[0]));
    from = match.index + match[0].length;
  }
  if (from < text.length) pieces.push({ kind: 'plain', text: text.slice(from), name: '' });
  return pieces;
}

/** The same as one string, where elements cannot be used: titles, options, labels. */
export function visibleText(text: string): string {
  return visiblePieces(text)
    .map((piece) => piece.text)
    .join('');
}

/** Where to cut so that `tailLength` characters stay at the end and no character is split. */
export function tailStart(text: string, tailLength: number): number {
  const start = Math.max(0, text.length - tailLength);
  const code = text.charCodeAt(start);
  const isLowSurrogate = code >= 0xdc00 && code <= 0xdfff;
  return isLowSurrogate ? start - 1 : start;
}
