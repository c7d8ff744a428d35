/** Parts of the formats' SELECTs that take secrets out of what is stored. */

/**
 * Signatures, tokens and passwords in a query string replaced, also in a URL that is itself percent-encoded; the cheap
 * search comes first, as few URIs have any.
 */
export const REDACTED = String.raw`uri -> if(
    multiSearchAnyCaseInsensitive(uri, ['signature', 'token', 'key=', 'key%3d', 'secret', 'passw', 'sig=', 'sig%3d']),
    replaceRegexpAll(
      uri,
      '(?i)((?:^|[?&]|%3f|%26)(?:x(?:-|%2d)amz(?:-|%2d)(?:signature|(?:security|s3session)(?:-|%2d)token|(?:copy(?:-|%2d)source(?:-|%2d))?server(?:-|%2d)side(?:-|%2d)encryption(?:-|%2d)customer(?:-|%2d)key)|signature|(?:temp_url_)?sig|(?:access_|id_|refresh_|auth_)?token|api_?key|password|passwd|(?:client_)?secret)(?:=|%3d))[^&\\s"]*',
      '\\1REDACTED'),
    uri) as redacted`;

/**
 * The same in text that was meant to be JSON: also headers and members with secrets, whatever quotes are around them.
 * Signatures stand in `Authorization` too, behind who signed, which stays.
 */
export const REDACTED_JSON = String.raw`text -> replaceRegexpAll(
    replaceRegexpAll(
      text,
      '(?i)((?:x[-_]amz[-_](?:signature|(?:security|s3session)[-_]token|(?:copy[-_]source[-_])?server[-_]side[-_]encryption[-_]customer[-_]key)|signature|sig|(?:session|security|access_|id_|refresh_|auth_)?token|secret(?:accesskey)?|client_secret|api_?key|password|passwd)[\\\\"\']*\\s*(?:[:=]|%3d)\\s*[\\\\"\']*)[^&\\s"\'\\\\,]+',
      '\\1REDACTED'),
    '(?i)(authorization[\\\\"\']*\\s*[:=]\\s*[\\\\"\']*(?:AWS [^:"\']*:|(?:Bearer|Basic) )|cookie[\\\\"\']*\\s*[:=]\\s*[\\\\"\']*)[^"\'\\\\]+',
    '\\1REDACTED') as redacted_json`;
