/** Wires the doctor: opens what is configured, asks it, and lets go of it again. */
import { join } from 'node:path';
import type { Config, SourceConfig } from './config/schema.ts';
import { type Finding, refused } from './doctor/finding.ts';
import { folderFindings } from './doctor/machine-findings.ts';
import { queueArn } from './doctor/needs.ts';
import { type Merge, mergeNotifications, type NotificationConfiguration } from './doctor/notifications.ts';
import {
  metricsFindings,
  placeFindings,
  publishFindings,
  queueFindings,
  topicFinding,
} from './doctor/source-findings.ts';
import { storeFindings } from './doctor/store-findings.ts';
import type { Clock } from './lib/clock.ts';
import { Fault } from './lib/fault.ts';
import { openCloudWatch } from './s3/cloudwatch.ts';
import { openS3 } from './s3/client.ts';
import type { Estate } from './s3/estate.ts';
import { identityOf, openStores, present, queueConnections } from './sources/all.ts';

interface DoctorRequest {
  readonly config: Config;
  /** Buckets of each store that are asked. */
  readonly bucketsMax: number;
}

interface DoctorParts {
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** The machine, every store and every source that is read over the network. What is running is not asked. */
export async function examine({ config, bucketsMax }: DoctorRequest, parts: DoctorParts): Promise<Finding[]> {
  const machine = await folderFindings(config.data);
  const estate = estateOf(config, parts.clock);
  try {
    const request = { bucketsMax, readsObjects: config.replication.confirm.requests_per_hour > 0 };
    const stores = await Promise.all(
      estate.stores.map((store) => storeFindings(request, { store, ...parts })),
    );
    const sources = await Promise.all(config.sources.map((source) => sourceFindings(source, parts)));
    const topics = config.notify.channels.filter((channel) => channel.kind === 'sns').map(topicFinding);
    const published = config.cloudwatch === undefined ? [] : publishFindings(config.cloudwatch.budget);
    return [...machine, ...stores.flat(), ...sources.flat(), ...topics, ...published];
  } finally {
    estate.close();
  }
}

async function sourceFindings(source: SourceConfig, parts: DoctorParts): Promise<Finding[]> {
  try {
    return await askSource(source, parts);
  } catch (error) {
    // Options that cannot be, before anything is asked.
    const check = `source ${source.name}`;
    return [refused({ check, action: '', resource: '', isNeeded: true }, error)];
  }
}

async function askSource(source: SourceConfig, { clock, signal }: DoctorParts): Promise<Finding[]> {
  switch (source.kind) {
    case 'files':
    case 'webhook':
      return [];
    case 'bucket-listing': {
      const { endpoint, region, path_style: pathStyle } = source;
      const s3 = openS3(present({ endpoint, region, pathStyle, ...identityOf(source) }));
      return placeFindings(source, { s3, signal }).finally(() => s3.close());
    }
    case 'cloudwatch': {
      const { endpoint, region } = source;
      const cloudWatch = openCloudWatch({ region, ...present({ endpoint, ...identityOf(source) }) });
      return metricsFindings(source.name, { cloudWatch, clock, signal }).finally(() => cloudWatch.close());
    }
    case 'queue': {
      const { queue, s3 } = queueConnections(source);
      try {
        const places = source.messages === 'events' ? [] : source.logs;
        const logs = places.map((uri) => placeFindings({ name: source.name, uri }, { s3, signal }));
        return [...(await queueFindings(source, { queue, signal })), ...(await Promise.all(logs)).flat()];
      } finally {
        queue.close();
        s3.close();
      }
    }
  }
}

/** The notification configuration of a bucket with a rule for a queue added. Reads it; nothing is put. */
export async function notificationsFor(
  {
    config,
    bucketId,
    queue,
  }: { readonly config: Config; readonly bucketId: string; readonly queue?: string },
  { clock, signal }: DoctorParts,
): Promise<Merge> {
  const queueArnGiven = queue ?? onlyQueue(config);
  const estate = estateOf(config, clock);
  try {
    const found = await estate.locate(bucketId, signal);
    if (found === undefined) {
      const mend = 'add the store that has it to estate, and check the name';
      throw new Fault(
        'not_found',
        `Cannot read the notifications of ${bucketId}: no store of the estate has it; ${mend}.`,
      );
    }
    const answer = await found.store.buckets.read(found.bucket, 'notification', signal);
    if (answer.state === 'present')
      return mergeNotifications(JSON.parse(answer.document) as NotificationConfiguration, queueArnGiven);
    if (answer.state === 'absent') return mergeNotifications({}, queueArnGiven);
    throw new Fault(
      answer.state === 'failed' ? 'unavailable' : answer.state,
      `Cannot merge with the notifications of ${bucketId}: what is there is not known: ${answer.reason}. ` +
        'Putting a configuration replaces all of it, so none is proposed.',
    );
  } finally {
    estate.close();
  }
}

/** The ARN of the one queue source. */
function onlyQueue({ sources }: Config): string {
  const arns = sources.flatMap((source) => (source.kind === 'queue' ? [queueArn(source)] : []));
  const [arn] = arns;
  if (arn !== undefined && arns.length === 1 && !arn.includes('*')) return arn;
  const found =
    arns.length === 0 ? 'no source is a queue' : `it is not told by the configuration (${arns.join(', ')})`;
  throw new Fault(
    'invalid',
    `Cannot say which queue events are to go to: ${found}; name it with --queue <arn>.`,
  );
}

function estateOf(config: Config, clock: Clock): Estate {
  return openStores(config.estate, { clock, folder: join(config.data, 'cursors') });
}
