/** A store that can only list and give what it lists, in this process, on loopback: any keys in any order, slow or failing as a test wants it. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

export interface StoredObject {
  readonly key: string;
  readonly size?: number;
  readonly etag?: string;
  readonly modifiedMs?: number;
  /** Its bytes; default: none can be had. */
  readonly body?: Uint8Array;
}

export interface ListingServer {
  readonly endpoint: string;
  /** Pages asked for so far. */
  readonly asked: readonly { readonly bucket: string; readonly after: string }[];
  stop(): Promise<void>;
}

/** What becomes of a request; `undefined` is the answer of a healthy store. */
export type Script = (
  request: number,
  bucket: string,
) => Promise<{ readonly status: number; readonly code: string } | undefined>;

const PAGE = 1000;
const MODIFIED_MS = Date.UTC(2026, 4, 3);

/** Serves buckets by name; objects are listed in the order given. */
export async function startListingServer(
  buckets: Readonly<Record<string, readonly StoredObject[]>>,
  script: Script = () => Promise.resolve(undefined),
): Promise<ListingServer> {
  const asked: { bucket: string; after: string }[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const [, bucket = '', ...path] = url.pathname.split('/');
    const key = decodeURIComponent(path.join('/'));
    if (key !== '') {
      giveObject(
        (buckets[bucket] ?? []).findLast((one) => one.key === key),
        request,
        response,
      );
      return;
    }
    const query = url.searchParams;
    const after = query.get('continuation-token') ?? query.get('start-after') ?? '';
    asked.push({ bucket, after });
    const failure = await script(asked.length, bucket);
    if (failure !== undefined) {
      response.writeHead(failure.status, { 'content-type': 'application/xml' });
      response.end(`<Error><Code>${failure.code}</Code><Message>scripted</Message></Error>`);
      return;
    }
    response.writeHead(200, { 'content-type': 'application/xml' });
    response.end(pageText(buckets[bucket] ?? [], query.get('prefix') ?? '', after));
  };
  const server = createServer((request, response) => void answer(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    asked,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Answers HEAD and ranged GET. */
function giveObject(
  object: StoredObject | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  if (object === undefined || (request.method === 'GET' && object.body === undefined)) {
    response
      .writeHead(404, { 'content-type': 'application/xml' })
      .end('<Error><Code>NoSuchKey</Code></Error>');
    return;
  }
  const { size = 10, etag = 'e', modifiedMs = MODIFIED_MS, body = new Uint8Array() } = object;
  const headers = { etag: `"${etag}"`, 'last-modified': new Date(modifiedMs).toUTCString() };
  const range = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? '');
  if (request.method === 'HEAD') response.writeHead(200, { ...headers, 'content-length': size }).end();
  else if (range === null) response.writeHead(200, headers).end(body);
  else {
    const [, from = '', to = ''] = range;
    const part = from === '' ? body.slice(-Number(to)) : body.slice(Number(from), Number(to) + 1);
    response.writeHead(206, { ...headers, 'content-range': `bytes 0-0/${body.length}` }).end(part);
  }
}

function pageText(objects: readonly StoredObject[], prefix: string, after: string): string {
  const ours = objects.filter(({ key }) => key.startsWith(prefix));
  const first = ours.findIndex(({ key }) => key === after) + 1;
  const start = after === '' || first > 0 ? first : ours.findIndex(({ key }) => bytesOrder(key, after) > 0);
  const page = start < 0 ? [] : ours.slice(start, start + PAGE);
  const isTruncated = start >= 0 && start + PAGE < ours.length;
  const token = isTruncated
    ? `<NextContinuationToken>${xmlText(page.at(-1)?.key ?? '')}</NextContinuationToken>`
    : '';
  return `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult><EncodingType>url</EncodingType>
<KeyCount>${page.length}</KeyCount><IsTruncated>${isTruncated}</IsTruncated>${token}${page.map(objectText).join('')}</ListBucketResult>`;
}

function objectText({
  key,
  size = 10,
  etag = 'd41d8cd98f00b204e9800998ecf8427e',
  modifiedMs = MODIFIED_MS,
}: StoredObject): string {
  return `<Contents><Key>${encodeURIComponent(key).replaceAll('%20', '+')}</Key><Size>${size}</Size>
<LastModified>${new Date(modifiedMs).toISOString()}</LastModified><ETag>&quot;${etag}&quot;</ETag></Contents>`;
}

function xmlText(text: string): string {
  return text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function bytesOrder(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}
