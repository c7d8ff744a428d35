import type { Place } from '../../routes/place.ts';

/** One object, and where it is known which of its versions. */
export interface ObjectName {
  readonly bucket: string;
  readonly key: string;
  readonly version: string | null;
}

/** What to set in the address to open the panel of an object; null closes it. */
export function objectParams(object: ObjectName | null): Readonly<Record<string, string | null>> {
  return {
    object_bucket: object?.bucket ?? null,
    object_key: object?.key ?? null,
    object_version: object?.version ?? null,
  };
}

/** The object whose panel the address opens. */
export function objectInAddress({ params }: Place): ObjectName | null {
  const bucket = params.get('object_bucket');
  const key = params.get('object_key');
  if (bucket === null || key === null) return null;
  return { bucket, key, version: params.get('object_version') };
}
