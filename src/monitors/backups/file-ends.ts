/** The first and last bytes of a file, by requests for just those. */
import type { ObjectRequest, S3Object } from '../../s3/s3.ts';
import type { Unanswered } from '../../s3/spared-stores.ts';
import { HEAD_BYTES, TAIL_BYTES } from './content.ts';

/** Both ends; of a file no longer than the tail both are all of it. */
export interface Ends {
  readonly kind: 'ends';
  readonly head: Uint8Array;
  readonly tail: Uint8Array;
}

type Part = NonNullable<ObjectRequest['part']>;

/** Sends one request for a part, and reads its answer. */
export type AskPart = (
  part: Part,
  read: (object: S3Object) => Promise<Uint8Array | undefined>,
) => Promise<Uint8Array | undefined | Unanswered>;

/** Asks for the ends of a file of this size. A store that sends more than was asked for is read no further, and refused. */
export async function endsOf(sizeBytes: number, ask: AskPart): Promise<Ends | Unanswered> {
  if (sizeBytes === 0) return { kind: 'ends', head: new Uint8Array(), tail: new Uint8Array() };
  if (sizeBytes <= TAIL_BYTES) {
    // Not as its last bytes: there are stores that know no range which begins before the file does.
    const all = await partOf({ first: sizeBytes }, ask);
    return 'kind' in all ? all : { kind: 'ends', head: all.subarray(0, HEAD_BYTES), tail: all };
  }
  const head = await partOf({ first: HEAD_BYTES }, ask);
  if ('kind' in head) return head;
  const tail = await partOf({ last: TAIL_BYTES }, ask);
  return 'kind' in tail ? tail : { kind: 'ends', head, tail };
}

async function partOf(part: Part, ask: AskPart): Promise<Uint8Array | Unanswered> {
  const wantedBytes = 'first' in part ? part.first : part.last;
  const bytes = await ask(part, (object) => bytesOf(object, wantedBytes));
  if (bytes === undefined) return refused('It was not read: the store sends all of a file, not its ends.');
  if ('kind' in bytes) return bytes;
  // Fewer bytes than were asked for look like a file that is cut off, which this one need not be.
  return bytes.length < wantedBytes
    ? refused(`It was not read: the store sent ${bytes.length} of ${wantedBytes} bytes.`)
    : bytes;
}

/** Nothing when there are more; these are not fetched. */
async function bytesOf({ body }: S3Object, bytesMax: number): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > bytesMax) return undefined;
  }
  return Buffer.concat(chunks);
}

function refused(reason: string): Unanswered {
  return { kind: 'refused', reason, isSent: true, mayPass: false };
}
