import { randomOf } from '../src/demo/random.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Ordinary access-log lines, a second apart, that depend on the seed alone; about 330 bytes each. */
export function accessLogLines(request: {
  readonly seed: number;
  readonly count: number;
  readonly startMs?: number;
}): string {
  const random = randomOf(request.seed);
  const startMs = request.startMs ?? Date.UTC(2026, 3, 1);
  const lines: string[] = [];
  for (let index = 0; index < request.count; index += 1) {
    const status = [200, 200, 200, 206, 304, 403, 404, 503][Math.floor(random() * 8)] ?? 200;
    const requestId = Math.floor(random() * 2 ** 52)
      .toString(16)
      .toUpperCase()
      .padStart(16, '0');
    const bucket = `bucket-${Math.floor(random() * 3)}`;
    const key = `prefix-${Math.floor(random() * 20)}/object-${index}`;
    const sent = Math.floor(random() * 1e6);
    lines.push(
      `79a59df900b949e5 ${bucket} [${logTime(startMs + index * 1000)}] 192.0.2.${Math.floor(random() * 250)} ` +
        `arn:aws:iam::111122223333:user/u${Math.floor(random() * 5)} ${requestId} REST.GET.OBJECT ${key} ` +
        `"GET /${key} HTTP/1.1" ${status} ${status < 400 ? '-' : 'AccessDenied'} ${sent} ${sent} ${Math.floor(random() * 900)} ${Math.floor(random() * 90)} ` +
        `"-" "aws-cli/2.15" - hostid${index}= SigV4 TLS_AES_128_GCM_SHA256 AuthHeader ${bucket}.s3.amazonaws.com TLSv1.3 - - us-east-1`,
    );
  }
  return `${lines.join('\n')}\n`;
}

/** One line of a request to a bucket at a time. */
export function accessLogLine(request: {
  readonly bucket: string;
  readonly timeMs: number;
  readonly operation?: string;
}): string {
  const { bucket, timeMs, operation = 'REST.GET.OBJECT' } = request;
  return `79a5 ${bucket} [${logTime(timeMs)}] 192.0.2.3 - ${timeMs.toString(16)} ${operation} a.txt "GET /a.txt HTTP/1.1" 200 - 113 113 7 6 "-" "curl" -`;
}

function logTime(ms: number): string {
  const time = new Date(ms);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(time.getUTCDate())}/${MONTHS[time.getUTCMonth()]}/${time.getUTCFullYear()}:${two(time.getUTCHours())}:${two(time.getUTCMinutes())}:${two(time.getUTCSeconds())} +0000`;
}
