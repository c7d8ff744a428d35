/** `ingest`: loads files, folders, globs, standard input or s3:// prefixes once, and sums up. */
import { type Command, Option } from 'commander';
import { resolve } from 'node:path';
import type { App } from '../app.ts';
import { FORMAT_NAMES } from '../formats/format.ts';
import { Fault } from '../lib/fault.ts';
import { systemClock } from '../lib/clock.ts';
import type { FormatName, IngestResult } from '../serve/api.ts';
import { type ApiClient, configOf, globalFlags, reach } from './context.ts';
import { bytesText, countText, print, visible } from './output.ts';

interface IngestFlags {
  readonly format?: FormatName;
  readonly retryRejected?: boolean;
  readonly endpoint?: string;
  readonly region?: string;
  readonly profile?: string;
}

const PROGRESS_MS = 250;
const PLAIN_PROGRESS_MS = 10_000;

export function addIngestCommand(root: Command): void {
  root
    .command('ingest')
    .description('load logs: files, folders, globs, - for standard input, s3://bucket/prefix/')
    .argument('[paths...]', 'what to load; the same bytes again change nothing')
    .addOption(new Option('--format <name>', 'how the files read; guessed when absent').choices(FORMAT_NAMES))
    .option('--retry-rejected', 'load again what was rejected before: batches and single records')
    .option('--endpoint <url>', 'endpoint of an S3 store other than AWS')
    .option('--region <name>', 'region of the bucket; found out when absent')
    .option('--profile <name>', 'profile of the AWS configuration files')
    .addHelpText(
      'after',
      `
Examples:
  bucketwatch ingest ./logs
  bucketwatch ingest 'trail/**/*.json.gz' --format cloudtrail
  zcat old.gz | bucketwatch ingest -
  bucketwatch ingest s3://my-log-bucket/access/
  bucketwatch ingest s3://reports/media/daily/2026-05-03T01-00Z/manifest.json
  bucketwatch ingest s3://logs/ --endpoint http://127.0.0.1:9000`,
    )
    .action(async (paths: string[], options: IngestFlags, command: Command) => {
      const flags = globalFlags(command);
      if (paths.length === 0 && options.retryRejected !== true) {
        throw new Fault(
          'invalid',
          'Cannot ingest nothing: name files, folders, globs, - or s3:// URIs (bucketwatch ingest --help).',
        );
      }
      if (paths.length > 0 && options.retryRejected === true) {
        throw new Fault(
          'invalid',
          'Cannot ingest paths and retry what was rejected at once: do one after the other.',
        );
      }
      const client = await reach(configOf(flags));
      try {
        const result = await ingest(paths, options, client);
        print(flags.json === true ? JSON.stringify(result) : summaryText(result));
        process.exitCode = result.rejected_batches + result.failed > 0 ? 3 : 0;
      } finally {
        await client.close();
      }
    });
}

async function ingest(
  paths: readonly string[],
  options: IngestFlags,
  client: ApiClient,
): Promise<IngestResult> {
  const stop = client.app === undefined ? () => {} : showProgress(client.app);
  try {
    return await client.post<IngestResult>('/ingest', {
      paths: paths.map((path) => (path === '-' || path.startsWith('s3://') ? path : resolve(path))),
      retry_rejected: options.retryRejected === true,
      format: options.format,
      endpoint: options.endpoint,
      region: options.region,
      profile: options.profile,
    });
  } finally {
    stop();
  }
}

/** A line that is rewritten on a terminal, a line now and then elsewhere. Gives how to stop it. */
function showProgress(app: App): () => void {
  const isTerminal = process.stderr.isTTY;
  const startMs = systemClock.nowMs();
  const timer = setInterval(
    () => {
      const counts = app.progress();
      const seconds = (systemClock.nowMs() - startMs) / 1000;
      const text = `${countText(counts.loaded + counts.known)} of ${countText(counts.offered)} batches, ${countText(counts.facts)} facts, ${bytesText(counts.sizeBytes)}, ${seconds.toFixed(0)} s`;
      process.stderr.write(isTerminal ? `\r\x1b[K${text}` : `${text}\n`);
    },
    isTerminal ? PROGRESS_MS : PLAIN_PROGRESS_MS,
  );
  return () => {
    clearInterval(timer);
    if (isTerminal) process.stderr.write('\r\x1b[K');
  };
}

function summaryText(result: IngestResult): string {
  const seconds = result.elapsed_ms / 1000;
  const perSecond = seconds > 0 ? ` (${countText(Math.round(result.facts / seconds))}/s)` : '';
  const lines = [
    `${countText(result.batches)} batches loaded, ${bytesText(result.size_bytes)} in ${seconds.toFixed(1)} s`,
    `${countText(result.facts)} facts${perSecond}, ${countText(result.rejects)} records rejected, ${countText(result.skipped)} skipped`,
  ];
  if (result.known > 0)
    lines.push(`${countText(result.known)} batches were known already; nothing changed for them`);
  if (result.rejected_batches > 0)
    lines.push(
      `${countText(result.rejected_batches)} batches rejected: bucketwatch sources --batches says why`,
    );
  if (result.failed > 0) lines.push(`${countText(result.failed)} batches could not be fetched`);
  lines.push(...result.notes.map(visible));
  if (result.rejects > 0) lines.push('bucketwatch sources --rejects shows the rejected records');
  const requests = Object.entries(result.requests).map(([kind, sent]) => `${countText(sent)} ${kind}`);
  if (requests.length > 0) lines.push(`requests to the store: ${requests.join(', ')}`);
  return lines.join('\n');
}
