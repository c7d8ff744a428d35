/** Public keys for the digests of CloudTrail: those of the configuration, and those AWS lists when it may be asked. */
import type { Config } from './config/schema.ts';
import type { Clock } from './lib/clock.ts';
import { reasonOf } from './lib/fault.ts';
import type { TrailKeys } from './monitors/completeness/trails.ts';
import { listTrailKeys, type PublicTrailKey, type TrailKeyOptions } from './s3/trail-keys.ts';

/** Keys change about once a year; what was asked is good for this long, and a refusal for as long. */
const KEPT_MS = 3_600_000;
const DAY_MS = 86_400_000;
const KEPT_MAX = 1_000;

type Section = Config['trail_keys'];

interface Kept {
  readonly keys: Promise<readonly PublicTrailKey[]>;
  readonly atMs: number;
}

/** The keys of a configuration; asks AWS only when it says so, once an hour for each region and range of days. */
export function openTrailKeys(section: Section, clock: Clock): TrailKeys {
  const given = section.public_keys.map(
    ({ fingerprint, value }) => [fingerprint, new Uint8Array(Buffer.from(value, 'base64'))] as const,
  );
  const kept = new Map<string, Kept>();
  let problem = '';
  const listed = (region: string, startMs: number, endMs: number): Promise<readonly PublicTrailKey[]> => {
    const id = `${region} ${startMs} ${endMs}`;
    const known = kept.get(id);
    if (known !== undefined && clock.nowMs() - known.atMs < KEPT_MS) return known.keys;
    const keys = listTrailKeys({ region, startMs, endMs }, optionsOf(section)).then(
      (found) => {
        problem = '';
        return found;
      },
      (error: unknown) => {
        problem = reasonOf(error);
        return [];
      },
    );
    if (kept.size >= KEPT_MAX) kept.clear();
    kept.set(id, { keys, atMs: clock.nowMs() });
    return keys;
  };
  return {
    keysOf: async (homeRegions, range) => {
      if (!section.list) return new Map(given);
      const startMs = Math.floor(range.startMs / DAY_MS) * DAY_MS;
      const endMs = Math.ceil(range.endMs / DAY_MS) * DAY_MS;
      const found = await Promise.all(homeRegions.map((region) => listed(region, startMs, endMs)));
      return new Map([...given, ...found.flat().map(({ fingerprint, der }) => [fingerprint, der] as const)]);
    },
    get problem() {
      return problem;
    },
  };
}

function optionsOf(section: Section): TrailKeyOptions {
  return {
    ...(section.profile === undefined ? {} : { profile: section.profile }),
    ...(section.role_arn === undefined ? {} : { roleArn: section.role_arn }),
    ...(section.endpoint === undefined ? {} : { endpoint: section.endpoint }),
    ...(section.access_key_id === undefined ? {} : { accessKeyId: section.access_key_id }),
    ...(section.secret_access_key === undefined ? {} : { secretAccessKey: section.secret_access_key }),
  };
}
