/**
 * Stores that do not know a sub-resource often answer as if it had not been asked for, mostly with a listing of the
 * bucket, and the SDK reads of that an empty configuration. So it is looked at how an answer begins.
 */
import type { S3Client } from '@aws-sdk/client-s3';

/** Name of the error for an answer to another question. */
export const OTHER_ANSWER = 'OtherAnswer';

const BODY_BYTES_MAX = 16 * 2 ** 20;

/** Makes requests fail with `OTHER_ANSWER` when a body does not begin as `roots` says of the command. */
export function checkAnswers(client: S3Client, roots: Readonly<Record<string, string>>): void {
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const result = await next(args);
      const root = roots[context.commandName ?? ''];
      const response = result.response as { statusCode?: number; body?: unknown };
      if (root === undefined || response.statusCode !== 200) return result;
      const bytes = await bytesOf(response.body);
      if (!beginsWith(bytes, root)) {
        const error = new Error(`an answer that is not ${root}`);
        error.name = OTHER_ANSWER;
        throw error;
      }
      response.body = bytes;
      return result;
    },
    // Between the connection and what reads the answer.
    { step: 'deserialize', priority: 'low', name: 'checkAnswers' },
  );
}

async function bytesOf(body: unknown): Promise<Uint8Array> {
  if (body instanceof Uint8Array) return body;
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > BODY_BYTES_MAX) throw new Error('the answer is longer than 16 MiB');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function beginsWith(bytes: Uint8Array, root: string): boolean {
  const head = Buffer.from(bytes.subarray(0, 4096))
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart();
  if (root === '{') return head.startsWith('{');
  const element = head.replace(/^(?:<\?[^>]*\?>\s*|<!--[\s\S]*?-->\s*)*/, '');
  const name = /^<(?:[\w.-]+:)?([\w.-]+)/.exec(element)?.[1] ?? '';
  // Some stores name the element after the operation, e.g. GetBucketVersioningResponse.
  return name === root || /(?:Response|Output)$/.test(name);
}
