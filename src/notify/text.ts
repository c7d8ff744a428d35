/** Text from outside, made fit to be shown: nothing unseen, nothing to click, no longer than asked. */

// Controls, format and direction characters, separators other than the space, lone surrogates.
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
const SHORT: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\r': '\\r' };
/** What clients make links of, wherever it stands; `s3://` is none. */
const SCHEME = /(https?|ftps?|slack|msteams|tg):(?=\/\/)|\b(mailto|tel|javascript):(?=\S)/gi;
const WWW = /www\./gi;

/** One line in which nothing is hidden and nothing links: `\x1b`, `https[:]//host`. At most `lengthMax` characters. */
export function shown(text: string, lengthMax: number): string {
  // What is far beyond the cut is not looked at: a text can be of any size.
  const near = cutMiddle(text, lengthMax * 4);
  const visible = near.replace(UNSEEN, spelled).replace(SCHEME, '$1$2[:]').replace(WWW, 'www[.]');
  return cutMiddle(visible, lengthMax);
}

function spelled(character: string): string {
  const short = SHORT[character];
  if (short !== undefined) return short;
  const code = character.codePointAt(0) ?? 0;
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${code.toString(16).padStart(4, '0')}` : `\\u{${code.toString(16)}}`;
}

/** The beginning and the end, with `…` between them, when the text is longer; no character is split. */
export function cutMiddle(text: string, lengthMax: number): string {
  if (text.length <= lengthMax) return text;
  const headLength = Math.ceil((lengthMax - 1) / 2);
  const head = text.slice(0, isSplit(text, headLength) ? headLength - 1 : headLength);
  const tailStart = text.length - (lengthMax - 1 - headLength);
  return `${head}…${text.slice(isSplit(text, tailStart) ? tailStart + 1 : tailStart)}`;
}

/** Whether a cut before this place goes through a character of two units. */
function isSplit(text: string, place: number): boolean {
  const [before, after] = [text.charCodeAt(place - 1), text.charCodeAt(place)];
  return before >= 0xd800 && before <= 0xdbff && after >= 0xdc00 && after <= 0xdfff;
}

/** A link of ours as it may stand in a message; empty when it is no page. */
export function link(address: string): string {
  if (!/^https?:\/\//.test(address) || !URL.canParse(address)) return '';
  // Of what a URL may hold, these end a link in one markup or another.
  return new URL(address).href.replace(/[()'*~|\\]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
}

/** `2026-11-21 02:30 UTC` */
export function timeText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** UTF-8 bytes. */
export function bytesOf(text: string): number {
  return Buffer.byteLength(text);
}
