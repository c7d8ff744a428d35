import { BUCKETS, type BucketName, OWNER_ID } from './company.ts';
import { logTime } from './times.ts';

const DAY_MS = 86_400_000;

/** Lines nobody can read, as torn deliveries and foreign files leave them: three in a history, oldest first. */
export function brokenLines(
  historyEndMs: number,
): readonly { readonly timeMs: number; readonly bucket: BucketName; readonly line: string }[] {
  const tornMs = historyEndMs - 9.3 * DAY_MS;
  return [
    {
      timeMs: tornMs,
      bucket: 'web',
      line: `${OWNER_ID} ${BUCKETS.web.name} [${logTime(tornMs).slice(0, 11)}`,
    },
    {
      timeMs: historyEndMs - 4.6 * DAY_MS,
      bucket: 'lake',
      line: 'HTTP/1.1" 200 - 5120 5120 21 19 "-" "aws-cli/2.30.4" -',
    },
    {
      timeMs: historyEndMs - 0.4 * DAY_MS,
      bucket: 'media',
      line: 'upload-relay[812]: connection reset, 3 lines skipped',
    },
  ];
}
