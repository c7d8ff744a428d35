/** `replication diff`: compares two buckets or listings key by key, in this process, and reports to the API. */
import { once } from 'node:events';
import { join } from 'node:path';
import type { Command } from 'commander';
import {
  type Difference,
  type DriftAuditRequest,
  type DriftAuditResult,
  type Place,
  runDriftAudit,
} from '../drift-audit.ts';
import { Fault, reasonOf } from '../lib/fault.ts';
import { systemClock } from '../lib/clock.ts';
import type { Config } from '../config/schema.ts';
import type { SqlResult } from '../serve/api.ts';
import type { AuditReport } from '../serve/replication-audit-api.ts';
import { openStores } from '../sources/all.ts';
import { configOf, globalFlags, reach } from './context.ts';
import { positiveInteger, textOf } from './options.ts';
import { jsonLines, print } from './output.ts';
import { diffText, showDiffProgress } from './replication-diff-text.ts';
import {
  consents,
  estimatedRequests,
  estimateText,
  knownObjects,
  needsConsent,
} from './replication-estimate.ts';
import { durationMsOf, placeOf, targetMsOf } from './replication-place.ts';

type Options = Readonly<Record<string, unknown>>;

const HELP = `
A source or destination is s3://bucket/prefix, a bucket id of the estate with a prefix, inventory:bucket/prefix for the newest
inventory report of a bucket that is loaded, or a file of JSON lines (.jsonl,
.jsonl.gz: key, size, etag, modified, version_id, encryption) in order of the bytes of its keys. Nothing is downloaded: keys, sizes, ETags and times decide.

Exit codes: 0 no drift, 1 drift, 2 wrong use, 3 not finished: something cannot be reached, or it was stopped.

Examples:
  bucketwatch replication diff s3://media s3://media-copy
  bucketwatch replication diff s3://media/2026/ s3://backup/media/2026/ --destination-endpoint https://minio.example:9000
  bucketwatch replication diff media siteB:media --grace 1h
  bucketwatch replication diff inventory:media inventory:media-copy
  bucketwatch replication diff s3://media s3://media-copy --max-requests 5000 --output drift.jsonl
  bucketwatch replication diff s3://media s3://media-copy --max-requests 5000 --output drift.jsonl --resume
  bucketwatch replication diff s3://media s3://media-copy --manifest again.csv --ignore-extra`;

export function addReplicationDiffCommand(replication: Command): void {
  const command = replication
    .command('diff')
    .description('compares two buckets or listings key by key, without downloads')
    .argument('<source>', 'a bucket, an inventory report or a file of JSON lines: see below')
    .argument('<destination>', 'the same');
  for (const side of ['source', 'destination']) {
    command
      .option(`--${side}-endpoint <url>`, `endpoint of the ${side} when it is not AWS`)
      .option(`--${side}-region <name>`, `region of the ${side}; found out when absent`)
      .option(`--${side}-profile <name>`, `profile of the AWS configuration files for the ${side}`);
  }
  command
    .option('--ignore-extra', 'what only the destination has is no drift')
    .option('--opaque-etags', 'ETags are no MD5 (SSE-KMS, SSE-C): where they differ, the time decides')
    .option('--modified-window <duration>', 'times this near are the same', '2s')
    .option(
      '--grace <duration>',
      "what was written this long before the start is in flight, not drift; default: the pair's target",
    )
    .option('--max-requests <number>', 'stop after so many LIST requests; --resume goes on', positiveInteger)
    .option('--resume', 'go on where the same audit was stopped')
    .option('--state <file>', 'where the progress is kept; default: in the data folder')
    .option('--output <file>', 'write every difference as a JSON line')
    .option('--manifest <file>', 'write a CSV manifest for S3 Batch Operations of what copying again mends')
    .option('--manifest-bucket <name>', 'bucket in the manifest when the source is a file')
    .option('--yes', 'do not ask before an audit of many requests')
    .addHelpText('after', HELP)
    .action(async (source: string, destination: string, options: Options, self: Command) => {
      const flags = globalFlags(self);
      const config = configOf(flags);
      const request = requestOf([source, destination], options, config);
      if (!(await isWanted(request, options['yes'] === true, config)))
        throw new Fault('limit', 'Nothing was compared.');
      const result = await run(request, { isJson: flags.json === true, config });
      await keep(result, config);
      if (flags.json === true)
        print(JSON.stringify({ audit: reportOf(result), drift_objects: result.driftObjects }));
      else if (result.failure?.code !== 'unsupported') print(diffText(result));
      if (result.failure !== undefined) process.stderr.write(`${result.failure.message}\n`);
      process.exitCode = exitCodeOf(result);
    });
}

function requestOf(
  [source, destination]: readonly [string, string],
  options: Options,
  config: Config,
): DriftAuditRequest {
  const sourcePlace = placeOf(source, 'source', options);
  const destinationPlace = placeOf(destination, 'destination', options);
  const grace = textOf(options, 'grace');
  const [state, output, manifest] = [
    textOf(options, 'state'),
    textOf(options, 'output'),
    textOf(options, 'manifest'),
  ];
  const requestsMax = typeof options['maxRequests'] === 'number' ? options['maxRequests'] : Infinity;
  if (requestsMax < 2)
    throw new Fault('invalid', 'Cannot compare with --max-requests 1: a page of each side is the least.');
  return {
    source: sourcePlace,
    destination: destinationPlace,
    ignoresExtra: options['ignoreExtra'] === true,
    hasOpaqueEtags: options['opaqueEtags'] === true,
    modifiedWindowMs: durationMsOf(textOf(options, 'modified-window') ?? '', 'modified-window'),
    graceMs:
      grace === undefined ? targetMsOf(sourcePlace, destinationPlace, config) : durationMsOf(grace, 'grace'),
    requestsMax,
    resumes: options['resume'] === true,
    folder: config.data,
    ...(state === undefined ? {} : { state }),
    ...(output === undefined ? {} : { output }),
    ...(manifest === undefined
      ? {}
      : { manifest: { path: manifest, bucket: manifestBucket(sourcePlace, options) } }),
  };
}

function manifestBucket(source: Place, options: Options): string {
  if (source.kind === 'bucket') return source.bucket;
  if (source.kind === 'estate' || source.kind === 'inventory')
    return source.bucketId.slice(source.bucketId.indexOf(':') + 1);
  const named = textOf(options, 'manifest-bucket');
  if (named !== undefined) return named;
  throw new Fault(
    'invalid',
    'Cannot write a manifest: the source is a file; name its bucket with --manifest-bucket.',
  );
}

/** Says what the audit will cost, and asks when that is much and somebody is there. */
async function isWanted(request: DriftAuditRequest, yes: boolean, config: Config): Promise<boolean> {
  const places = [request.source, request.destination];
  if (places.every(({ kind }) => kind === 'file' || kind === 'inventory')) return true;
  const requests = await estimate(places, config);
  process.stderr.write(`${estimateText(requests, request.requestsMax)}\n`);
  const isInteractive = process.stdin.isTTY && process.stderr.isTTY;
  return !needsConsent(requests, { isInteractive, yes }) || consents();
}

async function estimate(places: readonly Place[], config: Config): Promise<number | undefined> {
  try {
    const client = await reach(config);
    try {
      const known: { place: Place; objects: number | undefined }[] = [];
      for (const place of places) known.push({ place, objects: await knownObjects(place, client) });
      return estimatedRequests(known);
    } finally {
      await client.close();
    }
  } catch (error) {
    process.stderr.write(`What earlier audits counted cannot be read: ${reasonOf(error)}\n`);
    return undefined;
  }
}

async function run(
  request: DriftAuditRequest,
  { isJson, config }: { readonly isJson: boolean; readonly config: Config },
): Promise<DriftAuditResult> {
  const stop = new AbortController();
  const onSignal = (): void => stop.abort(new Error('stopped'));
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  const progress = showDiffProgress();
  const estate = openStores(config.estate, { clock: systemClock, folder: join(config.data, 'cursors') });
  // A place that is a report is read through the API; nothing else needs the store while the audit runs.
  const isOfStore = [request.source, request.destination].some(({ kind }) => kind === 'inventory');
  const client = isOfStore ? await reach(config) : undefined;
  const ask = async (query: string): Promise<SqlResult['rows']> =>
    (await client?.post<SqlResult>('/sql', { query }))?.rows ?? [];
  try {
    return await runDriftAudit(request, {
      clock: systemClock,
      signal: stop.signal,
      estate,
      ask,
      onProgress: (now) => progress.show(now),
      onNote: (note) => process.stderr.write(`${note}\n`),
      ...(isJson ? { tell: printDifferences } : {}),
    });
  } finally {
    await client?.close();
    estate.close();
    progress.end();
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}

/** Waits for who reads them: a slow reader must not fill the memory. */
async function printDifferences(differences: readonly Difference[]): Promise<void> {
  if (differences.length === 0) return;
  if (!process.stdout.write(`${jsonLines(differences)}\n`)) await once(process.stdout, 'drain');
}

/** Keeps the result in the store; the progress of a complete audit is then forgotten. */
async function keep(result: DriftAuditResult, config: Config): Promise<void> {
  try {
    const client = await reach(config);
    try {
      await client.post('/replication/audits', reportOf(result));
    } finally {
      await client.close();
    }
  } catch (error) {
    process.stderr.write(`The result is not kept in the store: ${reasonOf(error)}\n`);
  }
  if (result.audit.ending === 'complete') await result.discard();
}

function reportOf({ audit }: DriftAuditResult): AuditReport {
  return {
    source: audit.source,
    destination: audit.destination,
    source_bucket: audit.sourceBucket,
    destination_bucket: audit.destinationBucket,
    started_at: new Date(audit.startedMs).toISOString(),
    ended_at: new Date(audit.endedMs).toISOString(),
    ending: audit.ending,
    problem: audit.problem.slice(0, 4_000),
    answers: [...audit.answers],
    source_objects: audit.sourceObjects,
    destination_objects: audit.destinationObjects,
    ignores_extra: audit.ignoresExtra,
    grace_seconds: audit.graceSeconds,
    requests: audit.requests,
  };
}

function exitCodeOf({ audit, driftObjects, failure }: DriftAuditResult): number {
  if (failure?.code === 'invalid' || failure?.code === 'not_found') return 2;
  if (audit.ending !== 'complete') return 3;
  return driftObjects > 0 ? 1 : 0;
}
