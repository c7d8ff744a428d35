const PLAIN = /^[\w./~-]*$/;

/** A key as it stands in a URI: everything but letters, digits and `/ . - _ ~` percent-encoded. */
export function encodeKey(key: string): string {
  if (PLAIN.test(key)) return key;
  return encodeURIComponent(key)
    .replaceAll('%2F', '/')
    .replaceAll(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** A key as it stands in a notification: form-encoded, a space is `+`. */
export function formEncodeKey(key: string): string {
  return encodeKey(key).replaceAll('%20', '+');
}

/** The path of an object's URI, virtual-hosted style. */
export function pathOf(key: string): string {
  return `/${encodeKey(key)}`;
}
