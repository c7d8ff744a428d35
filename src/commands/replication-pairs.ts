/** `replication pairs`: every pair with its verdict. */
import type { Command } from 'commander';
import { bytesText } from '../lib/size-text.ts';
import { spanText } from '../lib/span-text.ts';
import type { Pair, Pairs } from '../serve/replication-api.ts';
import { addRangeOptions, instantText, textOf } from './options.ts';
import { jsonLines, print, tableText, visible } from './output.ts';
import { addPairOptions, askReplication } from './replication-client.ts';

const DEFAULT_SINCE = '24h';
/** Room for a sentence. */
const CELL_WIDTH = 100;

export function addReplicationPairsCommand(replication: Command): void {
  const command = replication
    .command('pairs', { isDefault: true })
    .description('show every pair of buckets: its verdict, what waits, failed and arrived')
    .option('--check', 'exit with 1 when a pair is failing or lagging');
  addRangeOptions(addPairOptions(command), DEFAULT_SINCE)
    .addHelpText(
      'after',
      '\nExamples:\n  bucketwatch replication\n  bucketwatch replication pairs --bucket media --since 7d\n  bucketwatch replication pairs --check --json',
    )
    .action(async (options: Readonly<Record<string, unknown>>, self: Command) => {
      const { answer, isJson } = await askReplication(self, async (client, flags) => ({
        answer: await client.get<Pairs>('/replication/pairs', {
          pair: textOf(options, 'pair'),
          bucket: textOf(options, 'bucket'),
          since: instantText(textOf(options, 'since') ?? DEFAULT_SINCE),
          until: instantText(textOf(options, 'until')),
        }),
        isJson: flags.json === true,
      }));
      print(isJson ? jsonLines(answer.rows) : pairsText(answer));
      const isBad = answer.rows.some(({ verdict }) => verdict === 'failing' || verdict === 'lagging');
      if (options['check'] === true && isBad) process.exitCode = 1;
    });
}

function pairsText({ sentence, rows }: Pairs): string {
  if (rows.length === 0) return sentence;
  const table = tableText(
    rows.map(pairRow),
    ['pair', 'verdict', 'RPO', 'target', 'waiting', 'failed', 'arrived', 'p99', 'in time 30 d'],
    CELL_WIDTH,
  );
  const sentences = rows
    .filter(({ verdict }) => verdict !== 'ok' && verdict !== 'idle')
    .map((pair) => `${visible(pair.id)}: ${visible(pair.sentence)}`);
  const notes = rows.flatMap((pair) => pair.notes.map((note) => `${visible(pair.id)}: ${visible(note)}`));
  return [
    sentence,
    '',
    table,
    ...(sentences.length + notes.length > 0 ? ['', ...sentences, ...notes] : []),
  ].join('\n');
}

function pairRow(pair: Pair): Record<string, unknown> {
  const { rpo_seconds: rpo, latency_ms: latency, within_target: share } = pair;
  return {
    pair: pair.id,
    verdict: pair.verdict,
    RPO: rpo === null ? 'unknown' : spanText(rpo),
    target: spanText(pair.target_seconds),
    waiting: `${pair.pending_objects} (${bytesText(pair.pending_bytes)})`,
    failed: pair.failed_objects,
    arrived: pair.replicated_objects,
    p99: latency === null ? '' : spanText(latency.p99 / 1000),
    'in time 30 d': share.month === null ? '' : `${Math.floor(share.month * 10_000) / 100} %`,
  };
}
