/** Every kind of source: one line each. */
import type { Config, SourceConfig, StoreConfig } from '../config/schema.ts';
import type { FormatName } from '../formats/format.ts';
import type { Clock } from '../lib/clock.ts';
import { openCloudWatch } from '../s3/cloudwatch.ts';
import { openS3 } from '../s3/client.ts';
import { type Estate, openEstate, type Store } from '../s3/estate.ts';
import { openQueue } from '../s3/queue-client.ts';
import { openBucketListing } from './bucket-listing.ts';
import { openCursorFiles } from './bucket-listing-cursor.ts';
import { openCloudWatchMetrics } from './cloudwatch.ts';
import { openEstateSource } from './estate.ts';
import { openFiles } from './files.ts';
import { openQueueSource } from './queue.ts';
import type { Parking, Source } from './source.ts';
import { inNamespace } from './namespaced.ts';
import { openWebhook } from './webhook.ts';

export interface SourceParts {
  readonly clock: Clock;
  /** Folder in which sources keep how far they got. */
  readonly folder: string;
}

/** How a location of the command line is read. */
export interface LocationOptions {
  readonly format?: FormatName | undefined;
  readonly endpoint?: string | undefined;
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
}

const FILES_POLL_MS = 2_000;
const LISTING_POLL_MS = 60_000;

/** The source of a location from the command line: an s3:// URI, a path, a glob, or `-`. Its name is the location. */
export function sourceOf(location: string, options: LocationOptions, parts: SourceParts): Source {
  const format = options.format === undefined ? {} : { format: options.format };
  if (location.startsWith('s3://')) {
    const { endpoint, region, profile } = options;
    const s3 = openS3(present({ endpoint, region, profile }));
    const request = { name: location, uri: location, pollMs: LISTING_POLL_MS, ...format };
    return openBucketListing(request, { s3, clock: parts.clock, cursors: openCursorFiles(parts.folder) });
  }
  const stdin = location === '-' ? { stdin: process.stdin } : {};
  return openFiles(
    { name: location, path: location, pollMs: FILES_POLL_MS, ...format },
    { ...parts, ...stdin },
  );
}

/** The source a section of the configuration describes. */
export function openSource(config: SourceConfig, parts: SourceParts & { readonly parking: Parking }): Source {
  return inNamespace(openPlain(config, parts), 'namespace' in config ? config.namespace : undefined);
}

function openPlain(config: SourceConfig, parts: SourceParts & { readonly parking: Parking }): Source {
  const format = !('format' in config) || config.format === undefined ? {} : { format: config.format };
  switch (config.kind) {
    case 'files':
      return openFiles({ name: config.name, path: config.path, pollMs: config.poll, ...format }, parts);
    case 'bucket-listing': {
      const s3 = openS3(
        present({
          endpoint: config.endpoint,
          region: config.region,
          pathStyle: config.path_style,
          ...identityOf(config),
        }),
      );
      const request = {
        name: config.name,
        uri: config.uri,
        pollMs: config.poll,
        overlapMs: config.overlap,
        since: Math.max(0, parts.clock.nowMs() - config.since),
        ...format,
      };
      return openBucketListing(request, { s3, clock: parts.clock, cursors: openCursorFiles(parts.folder) });
    }
    case 'cloudwatch': {
      const cloudWatch = openCloudWatch({
        region: config.region,
        ...present({
          endpoint: config.endpoint,
          ...identityOf(config),
        }),
      });
      const request = {
        name: config.name,
        region: config.region,
        pollMs: config.poll,
        lookBackMs: config.overlap,
        sinceMs: Math.max(config.since, config.overlap),
      };
      return openCloudWatchMetrics(request, {
        cloudWatch,
        clock: parts.clock,
        cursors: openCursorFiles(parts.folder),
      });
    }
    case 'queue': {
      const { messages, logs, receivers, visibility } = config;
      const request = { name: config.name, messages, logs, receivers, visibilityMs: visibility, ...format };
      return openQueueSource(request, { ...queueConnections(config), ...parts });
    }
    case 'webhook': {
      const { name, secret, hmac_header: header } = config;
      const signature = header === undefined ? {} : { signatureHeader: header };
      return openWebhook({ name, secret, format: config.format, ...signature }, parts);
    }
  }
}

/** The stores of the configuration; what they do not offer is kept in the folder. */
export function openStores(stores: readonly StoreConfig[], parts: SourceParts): Estate {
  const options = stores.map((store) => ({
    name: store.name,
    namespace: store.namespace ?? '',
    patterns: store.buckets,
    ...present({
      endpoint: store.endpoint,
      region: store.region,
      pathStyle: store.path_style,
      ...identityOf(store),
    }),
  }));
  return openEstate({ stores: options, folder: parts.folder }, parts);
}

/** The source that looks at a store. */
export function openStoreSource(store: Store, config: StoreConfig, parts: SourceParts): Source {
  const cursors = openCursorFiles(parts.folder);
  return openEstateSource({ pollMs: config.poll }, { store, clock: parts.clock, cursors });
}

/** Connections of a queue source: the queue, and the objects it announces. */
export function queueConnections(config: Extract<SourceConfig, { kind: 'queue' }>) {
  const queue = openQueue(
    present({
      url: config.url,
      name: config.queue,
      accountId: config.account_id,
      region: config.region,
      endpoint: config.endpoint,
      ...identityOf(config),
    }),
  );
  const s3 = openS3(
    present({
      endpoint: config.s3_endpoint ?? config.endpoint,
      region: config.region,
      pathStyle: config.path_style,
      ...identityOf(config),
    }),
  );
  return { queue, s3 };
}

/** Who we are to what a section describes. */
export function identityOf(
  config:
    | Extract<SourceConfig, { kind: 'queue' | 'bucket-listing' | 'cloudwatch' }>
    | StoreConfig
    | NonNullable<Config['cloudwatch']>,
) {
  return {
    profile: config.profile,
    roleArn: config.role_arn,
    accessKeyId: config.access_key_id,
    secretAccessKey: config.secret_access_key,
  };
}

type Present<Options> = { [Name in keyof Options]: Exclude<Options[Name], undefined> };

/** The options that are given; an absent one must not be there at all. */
export function present<Options extends object>(options: Options): Partial<Present<Options>> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<
    Present<Options>
  >;
}
