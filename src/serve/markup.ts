/** Text in markup. */

// oxlint-disable-next-line no-control-regex -- these are the characters this is about
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/g;

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text from outside as HTML and XML take it, in elements and in quoted attributes; control and direction characters are spelled out. */
export function escapedText(text: string): string {
  return text
    .toWellFormed()
    .replace(UNSAFE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
}
