/** An object of a bucket as a batch. */
import type { FormatName } from '../formats/format.ts';
import { isObjectGone, type S3Reader } from '../s3/s3.ts';
import type { Wanted } from './bucket-listing-retries.ts';
import type { OfferedBatch } from './source.ts';

/** What is heard of an object that is under way. */
export interface Ending {
  readonly acknowledge: () => Promise<void>;
  readonly failed: (reason: string, isGone?: boolean) => void;
}

interface OfferParts {
  readonly bucket: string;
  readonly format?: FormatName;
  readonly s3: S3Reader;
}

export function objectOffer(wanted: Wanted, ending: Ending, parts: OfferParts): OfferedBatch {
  const { key, etag, modifiedMs } = wanted;
  const { bucket, format, s3 } = parts;
  let isGone = false;
  return {
    origin: `s3://${bucket}/${key}`,
    ...(etag === '' ? {} : { etag }),
    ...(modifiedMs === 0 ? {} : { deliveredMs: modifiedMs }),
    ...(format === undefined ? {} : { format }),
    content: {
      kind: 'stream',
      open: async (signal) => {
        try {
          return (await s3.getObject({ bucket, key }, signal)).body;
        } catch (error) {
          isGone = isObjectGone(error);
          throw error;
        }
      },
    },
    acknowledge: ending.acknowledge,
    failed: (reason) => ending.failed(reason, isGone),
  };
}
