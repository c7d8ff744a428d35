/** What `replication diff` is to compare, from the arguments. */
import type { Config } from '../config/schema.ts';
import { parseDuration } from '../config/units.ts';
import { bucketIdOf, type Place } from '../drift-audit.ts';
import { Fault } from '../lib/fault.ts';

type Options = Readonly<Record<string, unknown>>;

/** The place that a location and the options of its side name. Throws `invalid` when it is neither a bucket nor a file. */
export function placeOf(location: string, side: 'source' | 'destination', options: Options): Place {
  const option = (name: string): string | undefined => {
    const value = options[side + name];
    return typeof value === 'string' ? value : undefined;
  };
  const match = /^s3:\/\/([^/]+)(?:\/(.*))?$/s.exec(location);
  if (match === null) return fileOrEstateOf(location, side);
  const [endpoint, region, profile] = [option('Endpoint'), option('Region'), option('Profile')];
  const [, bucket = '', prefix = ''] = match;
  return {
    kind: 'bucket',
    name: `s3://${bucket}/${prefix}${endpoint === undefined ? '' : ` at ${originOf(endpoint)}`}`,
    bucket,
    prefix,
    bucketId: endpoint === undefined ? bucket : '',
    store: {
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(region === undefined ? {} : { region }),
      ...(profile === undefined ? {} : { profile }),
    },
  };
}

function fileOrEstateOf(location: string, side: string): Place {
  const inventory = /^inventory:([^/]+)(?:\/(.*))?$/s.exec(location);
  if (inventory !== null) {
    const [, bucketId = '', prefix = ''] = inventory;
    return { kind: 'inventory', name: `inventory:${bucketId}/${prefix}`, bucketId, prefix };
  }
  if (/\.jsonl(\.gz)?$/.test(location)) return { kind: 'file', name: location };
  const match = /^((?:[A-Za-z0-9][\w.-]{0,62}:)?[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/s.exec(
    location,
  );
  const [, bucketId = '', prefix = ''] = match ?? [];
  if (match !== null) return { kind: 'estate', name: `${bucketId}/${prefix}`, bucketId, prefix };
  throw new Fault(
    'invalid',
    `Cannot compare the ${side} ${location}: it is neither s3://bucket/prefix, nor a bucket of the estate, nor inventory:bucket/prefix, nor a file of JSON lines (.jsonl, .jsonl.gz).`,
  );
}

/** Without a password that stands in it. */
function originOf(endpoint: string): string {
  if (!URL.canParse(endpoint))
    throw new Fault('invalid', 'Cannot use the endpoint: it is not a URL such as https://host:9000.');
  return new URL(endpoint).origin;
}

/** The duration an option gives, in milliseconds. */
export function durationMsOf(text: string, option: string): number {
  const ms = parseDuration(text);
  if (ms !== undefined) return ms;
  throw new Fault('invalid', `Cannot use --${option} ${text}: it is not a duration such as 2s, 15m or 24h.`);
}

/** How long a copy may take: what the declared pair of the two buckets says, else what holds for all. */
export function targetMsOf(source: Place, destination: Place, { replication }: Config): number {
  const [from, to] = [bucketIdOf(source), bucketIdOf(destination)];
  const pair = replication.pairs.find((one) => one.source === from && one.destination === to);
  return pair?.target ?? replication.target;
}
