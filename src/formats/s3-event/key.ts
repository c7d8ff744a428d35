/**
 * The key of a notification as the object has it: form-encoded text decoded once.
 * What is not valid encoding stays as it is; never throws.
 *
 * @example
 * decodeKey('a+b%2Bc%2520d'); // 'a b+c%20d'
 */
export function decodeKey(encoded: string): string {
  const spaced = encoded.replaceAll('+', ' ');
  return percentDecoded(spaced) ?? spaced.replace(/(?:%[\da-f]{2})+/gi, (run) => percentDecoded(run) ?? run);
}

function percentDecoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
