/** Where an archive is kept: a folder of this machine, or a prefix of a bucket. */
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { replaceFile, syncFolder } from '../../lib/durable.ts';
import { Fault, reasonOf } from '../../lib/fault.ts';
import type { S3 } from '../../s3/s3.ts';

export interface ArchivePlace {
  /** Stores an object below the place, whole or not at all; one of that name is replaced. Names have `/` between folders. */
  put(name: string, bytes: Uint8Array, signal: AbortSignal): Promise<void>;
}

/** The stores of the estate, as far as an archive needs them. */
export interface ArchiveStores {
  locate(
    bucketId: string,
    signal?: AbortSignal,
  ): Promise<{ readonly store: { readonly s3: Pick<S3, 'putObject'> }; readonly bucket: string } | undefined>;
}

/** The place of `replication.archive.to`: `s3://<bucket id>/<prefix>`, or a folder. */
export function archivePlace(to: string, stores: ArchiveStores): ArchivePlace {
  const [, bucketId, prefix = ''] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(to) ?? [];
  return bucketId === undefined ? folderPlace(to) : bucketPlace({ bucketId, prefix: closed(prefix) }, stores);
}

function bucketPlace(
  { bucketId, prefix }: { readonly bucketId: string; readonly prefix: string },
  stores: ArchiveStores,
): ArchivePlace {
  return {
    put: async (name, bytes, signal) => {
      const found = await stores.locate(bucketId, signal);
      if (found === undefined) {
        const mend = 'add the store that has it to estate, and check the name';
        throw new Fault(
          'not_found',
          `Cannot write the archive to ${bucketId}: no store of the estate has it; ${mend}.`,
        );
      }
      const { store, bucket } = found;
      await store.s3.putObject({ bucket, key: `${prefix}${name}`, body: bytes, metadata: {} }, signal);
    },
  };
}

function folderPlace(folder: string): ArchivePlace {
  return {
    put: async (name, bytes) => {
      const path = join(folder, name);
      try {
        await makeFolder(dirname(path));
        await replaceFile(path, bytes);
      } catch (error) {
        throw new Fault('unavailable', `Cannot write the archive to ${folder}: ${reasonOf(error)}.`, {
          cause: error,
        });
      }
    },
  };
}

/** Makes the folder and those above it that are missing, so that their entries survive a power failure. */
async function makeFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  if (first === undefined) return;
  for (let made = path; made.length >= first.length; made = dirname(made)) await syncFolder(dirname(made));
}

function closed(prefix: string): string {
  return prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
}
