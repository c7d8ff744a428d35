/** Parts of the formats' SELECTs that take secrets out of what is stored. */

/**
 * Signatures, tokens and passwords in a query string replaced, also in a URL that is itself percent-encoded; the cheap
 * search comes first, as few URIs have any.
 */
export const REDACTED = String.raw`uri -> if(
    multiSearchAnyCaseInsensitive(uri, ['signature', 'token', 'key=', 'key%3d', 'secret', 'passw', 'sig=', 'sig%3d']),
    replaceRegexpAll(
      uri,
      '(?i)((?:^|[?&]|%3f|%26)(?:x(?:-|%2d)amz(?:-|%2d)(?:signature|security(?:-|%2d)token)|signature|sig|(?:access_|id_|refresh_|auth_)?token|api_?key|password|passwd|(?:client_)?secret)(?:=|%3d))[^&\\s"]*',
      '\\1REDACTED'),
    uri) as redacted`;
