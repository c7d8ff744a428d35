/** Requests as CloudWatch counts them. */

/** Operations as the access log names them, by what CloudWatch counts them as. A copy writes two records and is one request. */
export const FAMILIES = {
  GetRequests:
    '(REST|WEBSITE)\\\\.GET\\\\.(OBJECT|OBJECT_TAGGING|OBJECT_ATTRIBUTES|OBJECT_LEGAL_HOLD|OBJECT_RETENTION|TORRENT|UPLOAD)',
  PutRequests:
    'REST\\\\.(PUT\\\\.(OBJECT|PART|OBJECT_TAGGING|OBJECT_LEGAL_HOLD|OBJECT_RETENTION)|COPY\\\\.(OBJECT|PART))',
  DeleteRequests: 'REST\\\\.(DELETE\\\\.(OBJECT|OBJECT_TAGGING|UPLOAD)|POST\\\\.MULTI_OBJECT_DELETE)',
  HeadRequests: '(REST|WEBSITE)\\\\.HEAD\\\\.OBJECT',
  PostRequests: 'REST\\\\.POST\\\\.(OBJECT|UPLOAD|UPLOADS|RESTORE)',
  SelectRequests: 'REST\\\\.POST\\\\.SELECT',
  ListRequests: 'REST\\\\.GET\\\\.(BUCKET|BUCKETVERSIONS)',
} as const;

/** A condition on `operation`: requests that CloudWatch counts. */
export const COUNTED = `match(operation, '^(?:${Object.values(FAMILIES)
  .map((family) => `(?:${family})`)
  .join('|')})$')`;

/** A condition on `operation`: requests of a family. */
export function isOf(family: keyof typeof FAMILIES): string {
  return `match(operation, '^(?:${FAMILIES[family]})$')`;
}
