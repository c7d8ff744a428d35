/** `replication canary`: small objects written to see how long copying takes, and one written now. */
import { type Command, InvalidArgumentError } from 'commander';
import { parseDuration } from '../config/units.ts';
import { systemClock } from '../lib/clock.ts';
import { spanText } from '../lib/span-text.ts';
import type { Canaries, CanaryRow, CanarySent } from '../serve/replication-api.ts';
import { type ApiClient, configOf, globalFlags, reach } from './context.ts';
import { addLimitOption, addRangeOptions, rangeQueryOf } from './options.ts';
import { print, printRows, visible } from './output.ts';

const COLUMNS = ['sent', 'pair_id', 'state', 'latency', 'give_or_take', 'problem'];
const LOOK_MS = 1000;
const TELL_MS = 10_000;
const DAY_MS = 86_400_000;

interface Options extends Readonly<Record<string, unknown>> {
  readonly once?: string;
  readonly timeout?: number;
}

export function addReplicationCanaryCommand(replication: Command): void {
  const command = replication
    .command('canary')
    .description('list canaries and how long they took, or write one and wait for it')
    .option('--once <pair>', 'write one for this pair now: its id, or <source>/<destination>')
    .option(
      '--timeout <duration>',
      'with --once: how long to wait; default: the target of the pair',
      durationMs,
    );
  addLimitOption(addRangeOptions(command))
    .addHelpText(
      'after',
      `
Canaries are written where replication.canaries of the configuration says. With --once the exit code is 1 when the
canary did not arrive in time.

Examples:
  bucketwatch replication canary --since 24h
  bucketwatch replication canary --once media/media-copy --timeout 5m`,
    )
    .action(async (options: Options, self: Command) => {
      const flags = globalFlags(self);
      const client = await reach(configOf(flags));
      try {
        if (options.once === undefined) await list(options, client, flags.json === true);
        else await once(options.once, { client, isJson: flags.json === true, timeoutMs: options.timeout });
      } finally {
        await client.close();
      }
    });
}

async function list(options: Options, client: ApiClient, isJson: boolean): Promise<void> {
  const { rows } = await client.get<Canaries>('/replication/canaries', {
    ...rangeQueryOf(options),
    limit: String(options['limit']),
  });
  const shown = isJson ? rows : rows.map(forPeople);
  const empty = 'No canaries: replication.canaries of the configuration says which pairs have them.';
  printRows(shown, { form: isJson ? 'json' : 'table', columns: COLUMNS, empty });
}

function forPeople(row: CanaryRow): Record<string, unknown> {
  return {
    ...row,
    latency: row.latency_ms === null ? '' : spanText(row.latency_ms / 1000),
    give_or_take: row.uncertainty_ms === null ? '' : spanText(row.uncertainty_ms / 1000),
  };
}

interface Waiting {
  readonly client: ApiClient;
  readonly isJson: boolean;
  readonly timeoutMs: number | undefined;
}

async function once(pair: string, { client, isJson, timeoutMs }: Waiting): Promise<void> {
  const sent = await client.post<CanarySent>('/replication/canaries', { pair });
  const waitMs = timeoutMs ?? sent.target_seconds * 1000;
  const { canary } = sent;
  if (canary.state !== 'refused' && canary.problem === '')
    tell(
      `Written: ${canary.key}\nWaiting for it in ${canary.destination}, at most ${spanText(waitMs / 1000)}.`,
    );
  const settled = await settledIn(waitMs, canary, client);
  if (settled.state !== 'arrived') process.exitCode = 1;
  print(isJson ? JSON.stringify(settled) : visible(outcome(settled, waitMs)));
}

/** The canary once it arrived, was lost or refused, or as it is when the time is over. */
async function settledIn(waitMs: number, sent: CanaryRow, client: ApiClient): Promise<CanaryRow> {
  const startMs = systemClock.nowMs();
  let canary = sent;
  let toldMs = startMs;
  while (canary.state === 'under-way' && systemClock.nowMs() - startMs < waitMs) {
    await systemClock.sleep(LOOK_MS);
    // Without a server nobody else looks.
    await client.app?.jobs.canaries.attend(new AbortController().signal);
    canary = (await canaryNow(canary, client)) ?? canary;
    if (systemClock.nowMs() - toldMs < TELL_MS || canary.state !== 'under-way') continue;
    toldMs = systemClock.nowMs();
    const reason = canary.problem === '' ? '' : ` ${canary.problem}`;
    tell(`Not there after ${spanText((toldMs - startMs) / 1000)}.${reason}`);
  }
  return canary;
}

async function canaryNow(
  { pair_id: pair, key, sent }: CanaryRow,
  client: ApiClient,
): Promise<CanaryRow | undefined> {
  const until = new Date(Date.parse(sent) + DAY_MS).toISOString();
  const { rows } = await client.get<Canaries>('/replication/canaries', {
    pair,
    since: sent,
    until,
    limit: '10000',
  });
  return rows.find((row) => row.key === key);
}

function outcome({ state, destination, problem, ...row }: CanaryRow, waitMs: number): string {
  if (state === 'arrived') {
    const took = spanText((row.latency_ms ?? 0) / 1000);
    return `Arrived in ${destination} after ${took}, give or take ${spanText((row.uncertainty_ms ?? 0) / 1000)}.`;
  }
  if (problem !== '') return problem;
  return `It was not in ${destination} after ${spanText(waitMs / 1000)}.`;
}

/** Progress is for people: results alone go to standard output. */
function tell(text: string): void {
  process.stderr.write(`${text.split('\n').map(visible).join('\n')}\n`);
}

function durationMs(text: string): number {
  const ms = parseDuration(text);
  if (ms !== undefined) return ms;
  throw new InvalidArgumentError('It is not a duration such as 30s, 5m or 1h.');
}
