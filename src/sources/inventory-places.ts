/** Where reports of S3 Inventory lie: a bucket, or folders of this machine. */
import { open, stat } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { Fault, reasonOf } from '../lib/fault.ts';
import { isObjectGone, type S3Reader } from '../s3/s3.ts';
import type { ReportPlace } from './inventory-report.ts';

/** A manifest of 100,000 files is some 20 MB. */
const SMALL_BYTES_MAX = 64 * 1024 * 1024;

export function bucketPlace(bucket: string, s3: S3Reader, signal: AbortSignal): ReportPlace {
  return {
    originOf: (key) => `s3://${bucket}/${key}`,
    read: async (key) => {
      try {
        return await wholeOf((await s3.getObject({ bucket, key }, signal)).body, `s3://${bucket}/${key}`);
      } catch (error) {
        if (isObjectGone(error)) return undefined;
        throw error;
      }
    },
    find: async (key) => {
      const page = await s3.listPage({ bucket, prefix: key, maxKeys: 1 }, signal);
      const object = page.objects.find((candidate) => candidate.key === key);
      if (object === undefined) return undefined;
      const { etag, modifiedMs } = object;
      const wanted = { bucket, key, ...(etag === '' ? {} : { etag }) };
      return {
        origin: `s3://${bucket}/${key}`,
        ...(etag === '' ? {} : { etag }),
        ...(modifiedMs === 0 ? {} : { deliveredMs: modifiedMs }),
        content: { kind: 'stream', open: async (fetching) => (await s3.getObject(wanted, fetching)).body },
      };
    },
  };
}

export function filePlace(): ReportPlace {
  return {
    originOf: (path) => pathToFileURL(path).href,
    read: async (path) => {
      const file = await open(path).catch(absent);
      if (file === undefined) return undefined;
      try {
        return await wholeOf(file.createReadStream({ autoClose: false }), path);
      } finally {
        await file.close();
      }
    },
    find: async (path) => {
      const found = await stat(path).catch(absent);
      if (found?.isFile() !== true) return undefined;
      return {
        origin: pathToFileURL(path).href,
        // Reports of two days may have the same bytes, so those alone are no identity.
        etag: `${found.size}-${found.mtimeMs}`,
        deliveredMs: found.mtimeMs,
        content: { kind: 'file', path },
      };
    },
  };
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
  throw new Fault('denied', `Cannot read: ${reasonOf(error)}`, { cause: error });
}

async function wholeOf(chunks: AsyncIterable<Uint8Array>, what: string): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of chunks) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > SMALL_BYTES_MAX)
      throw new Fault('limit', `Cannot read ${what}: longer than ${SMALL_BYTES_MAX} bytes.`);
    parts.push(chunk);
  }
  return Buffer.concat(parts);
}
