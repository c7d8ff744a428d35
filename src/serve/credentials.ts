/** What a request shows to be let in: a bearer token, or the password of HTTP Basic; empty when neither. */
export function tokenOf(request: Request): string {
  const [scheme, credentials = ''] = (request.headers.get('authorization') ?? '').split(' ');
  if (scheme === 'Bearer') return credentials;
  if (scheme !== 'Basic') return '';
  const decoded = Buffer.from(credentials, 'base64').toString('utf8');
  return decoded.slice(decoded.indexOf(':') + 1);
}
