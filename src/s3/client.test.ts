import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { Fault } from '../lib/fault.ts';
import { openS3, type S3Options } from './client.ts';
import { isObjectGone, type S3 } from './s3.ts';

const KEY = { region: 'us-east-1', accessKeyId: 'test', secretAccessKey: 'topsecret' } as const;
const LIST = { bucket: 'logs', prefix: 'std/' } as const;
const EMPTY =
  '<ListBucketResult><Name>logs</Name><KeyCount>0</KeyCount><IsTruncated>false</IsTruncated></ListBucketResult>';

// Nothing of the machine's own: no files, no profile, no metadata service.
beforeEach(() => {
  for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_PROFILE', 'AWS_ACCESS_KEY_ID'])
    vi.stubEnv(name, undefined);
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  vi.stubEnv('AWS_CONFIG_FILE', '/dev/null');
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/dev/null');
});
afterEach(() => vi.unstubAllEnvs());

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

async function serve(answer: Answer): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

async function connectTo(answer: Answer, options: S3Options = KEY): Promise<S3> {
  const s3 = openS3({ ...options, endpoint: await serve(answer) });
  onTestFinished(() => s3.close());
  return s3;
}

function xml(status: number, body: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/xml', ...headers });
    response.end(body);
  };
}

function errorOf(code: string): string {
  return `<Error><Code>${code}</Code><Message>hidden</Message></Error>`;
}

function soon(): AbortSignal {
  return AbortSignal.timeout(10_000);
}

async function faultOf(work: Promise<unknown>): Promise<Fault> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof Fault) return error;
  throw new Error('no fault', { cause: error });
}

async function bytesOf(s3: S3): Promise<string> {
  const chunks: Uint8Array[] = [];
  const { body } = await s3.getObject({ bucket: 'logs', key: 'a' }, soon());
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe('listPage()', () => {
  test.each([
    { status: 403, code: 'AccessDenied', fault: 'denied', says: 's3:ListBucket on arn:aws:s3:::logs' },
    { status: 403, code: 'InvalidAccessKeyId', fault: 'denied', says: 'check access_key_id' },
    { status: 403, code: 'SignatureDoesNotMatch', fault: 'denied', says: 'check secret_access_key' },
    { status: 400, code: 'ExpiredToken', fault: 'denied', says: 'renew the credentials' },
    { status: 404, code: 'NoSuchBucket', fault: 'not_found', says: 'there is no such bucket' },
    { status: 501, code: 'NotImplemented', fault: 'unsupported', says: 'does not offer' },
    { status: 503, code: 'SlowDown', fault: 'unavailable', says: 'busy or failing (SlowDown, HTTP 503)' },
    { status: 400, code: 'InvalidBucketName', fault: 'invalid', says: 'not a name' },
    { status: 418, code: 'Teapot', fault: 'invalid', says: 'refused it (Teapot, HTTP 418)' },
  ])('$code is $fault, without what the store said', async ({ status, code, fault, says }) => {
    const s3 = await connectTo(xml(status, errorOf(code)));
    const thrown = await faultOf(s3.listPage(LIST, soon()));
    expect(thrown.code).toBe(fault);
    expect(thrown.message).toContain('Cannot list s3://logs/std/: ');
    expect(thrown.message).toContain(says);
    expect(thrown.message).not.toContain('hidden');
  });

  test('every repeat is counted', async () => {
    const s3 = await connectTo(xml(503, errorOf('SlowDown')));
    await faultOf(s3.listPage(LIST, soon()));
    expect(s3.requests).toEqual({ LIST: 3 });
  });

  test('a web page is told from an empty bucket', async () => {
    const s3 = await connectTo(xml(200, '<html><body>Welcome</body></html>'));
    expect((await faultOf(s3.listPage(LIST, soon()))).message).toContain(
      'not that of an S3 store; check the endpoint',
    );
  });

  test('keys are decoded when the store has encoded them, and only then', async () => {
    const page = (encoding: string): string =>
      `<ListBucketResult>${encoding}<IsTruncated>false</IsTruncated><Contents><Key>std/a+b%2B%C3%A9</Key><ETag>"e"</ETag></Contents></ListBucketResult>`;
    const encoded = await connectTo(xml(200, page('<EncodingType>url</EncodingType>')));
    expect((await encoded.listPage(LIST, soon())).objects).toMatchObject([{ key: 'std/a b+é', etag: 'e' }]);
    const plain = await connectTo(xml(200, page('')));
    expect((await plain.listPage(LIST, soon())).objects).toMatchObject([{ key: 'std/a+b%2B%C3%A9' }]);
  });

  test('a bucket in another region is followed there, once and for all', async () => {
    const regions: string[] = [];
    const s3 = await connectTo(
      (request, response) => {
        const region =
          /Credential=[^/]+\/\d+\/([^/]+)\//.exec(request.headers.authorization ?? '')?.[1] ?? '';
        regions.push(region);
        if (region === 'eu-west-1') xml(200, EMPTY)(request, response);
        else
          xml(301, errorOf('PermanentRedirect'), { 'x-amz-bucket-region': 'eu-west-1' })(request, response);
      },
      { accessKeyId: 'test', secretAccessKey: 'topsecret' },
    );
    await s3.listPage(LIST, soon());
    await s3.listPage(LIST, soon());
    expect(regions).toEqual(['us-east-1', 'eu-west-1', 'eu-west-1']);
  });

  test('a store that names its region in the error is followed too', async () => {
    const s3 = await connectTo((request, response) => {
      const isThere = request.headers.authorization?.includes('/garage/') === true;
      const refusal = `<Error><Code>AuthorizationHeaderMalformed</Code><Region>garage</Region></Error>`;
      xml(isThere ? 200 : 400, isThere ? EMPTY : refusal)(request, response);
    });
    expect(await s3.listPage(LIST, soon())).toEqual({ objects: [], folders: [], isTruncated: false });
  });

  test('an endpoint that does not answer is unavailable, and its password is not shown', async () => {
    const s3 = openS3({ ...KEY, endpoint: 'http://user:hidden@127.0.0.1:9' });
    onTestFinished(() => s3.close());
    const thrown = await faultOf(s3.listPage(LIST, soon()));
    expect(thrown).toMatchObject({ code: 'unavailable', retry: true });
    expect(thrown.message).toBe(
      'Cannot list s3://logs/std/: http://127.0.0.1:9 does not answer (ECONNREFUSED).',
    );
  });

  test('an abort ends the wait with its reason', async () => {
    const s3 = await connectTo(() => undefined);
    const stop = new AbortController();
    const page = s3.listPage(LIST, stop.signal);
    stop.abort(new Error('enough'));
    await expect(page).rejects.toThrow('enough');
  });
});

describe('getObject()', () => {
  test('gives bytes, etag and size', async () => {
    const s3 = await connectTo(xml(200, 'hello', { etag: '"e"', 'content-length': '5' }));
    expect(await bytesOf(s3)).toBe('hello');
    expect(await s3.getObject({ bucket: 'logs', key: 'a' }, soon())).toMatchObject({
      etag: 'e',
      sizeBytes: 5,
    });
    expect(s3.requests).toEqual({ GET: 2 });
  });

  test('bytes that end too early are a fault, not a short object', async () => {
    const s3 = await connectTo((_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half', () => response.destroy());
    });
    expect(await faultOf(bytesOf(s3))).toMatchObject({ code: 'unavailable' });
  });

  test('an object that is gone is told from a bucket that is gone', async () => {
    const object = await faultOf(bytesOf(await connectTo(xml(404, errorOf('NoSuchKey')))));
    const bucket = await faultOf(bytesOf(await connectTo(xml(404, errorOf('NoSuchBucket')))));
    expect([object.code, bucket.code]).toEqual(['not_found', 'not_found']);
    expect([isObjectGone(object), isObjectGone(bucket)]).toEqual([true, false]);
  });

  test('denied names the action; archived says so', async () => {
    const denied = await faultOf(bytesOf(await connectTo(xml(403, errorOf('AccessDenied')))));
    expect(denied.message).toContain('s3:GetObject on arn:aws:s3:::logs/*');
    const archived = await faultOf(bytesOf(await connectTo(xml(403, errorOf('InvalidObjectState')))));
    expect(archived).toMatchObject({
      code: 'conflict',
      message: 'Cannot read s3://logs/a: it is archived; restore it first.',
    });
  });
});

describe('credentials', () => {
  test('none anywhere is denied and says where to put some', async () => {
    const s3 = await connectTo(xml(200, EMPTY), {});
    const thrown = await faultOf(s3.listPage(LIST, soon()));
    expect(thrown.code).toBe('denied');
    expect(thrown.message).toContain('set profile, or access_key_id and secret_access_key');
  });

  test('a role that may not be assumed is denied and names it', async () => {
    const refusal =
      '<ErrorResponse><Error><Code>AccessDenied</Code><Message>hidden</Message></Error></ErrorResponse>';
    vi.stubEnv('AWS_ENDPOINT_URL_STS', await serve(xml(403, refusal)));
    const s3 = await connectTo(xml(200, EMPTY), { ...KEY, roleArn: 'arn:aws:iam::123456789012:role/reader' });
    const thrown = await faultOf(s3.listPage(LIST, soon()));
    expect(thrown.code).toBe('denied');
    expect(thrown.message).toContain(
      'Cannot assume the role arn:aws:iam::123456789012:role/reader: refused (AccessDenied)',
    );
    expect(thrown.message).not.toContain('hidden');
  });

  test('an assumed role signs with what it was given', async () => {
    const given = `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ROLEKEY</AccessKeyId>
      <SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>
      </Credentials></AssumeRoleResult></AssumeRoleResponse>`;
    vi.stubEnv('AWS_ENDPOINT_URL_STS', await serve(xml(200, given)));
    let authorization = '';
    const s3 = await connectTo(
      (request, response) => {
        authorization = request.headers.authorization ?? '';
        xml(200, EMPTY)(request, response);
      },
      { ...KEY, roleArn: 'arn:aws:iam::123456789012:role/reader' },
    );
    await s3.listPage(LIST, soon());
    expect(authorization).toContain('Credential=ROLEKEY/');
  });

  test('half a key is refused', () => {
    expect(() => openS3({ accessKeyId: 'a' })).toThrow(
      'give access_key_id and secret_access_key, or neither',
    );
  });
});
