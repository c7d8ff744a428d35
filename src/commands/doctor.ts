/** `doctor`: what is missing for the configuration to work, and what to do about it. */
import type { Command } from 'commander';
import { readConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import { type Finding, isStopping, ok } from '../doctor/finding.ts';
import { freshnessFindings } from '../doctor/freshness.ts';
import { needsOf } from '../doctor/needs.ts';
import { policiesOf } from '../doctor/policy.ts';
import { examine, notificationsFor } from '../doctor-check.ts';
import { systemClock } from '../lib/clock.ts';
import { Fault, reasonOf } from '../lib/fault.ts';
import type { Sources } from '../serve/api.ts';
import type { OwnHealth } from '../serve/health-api.ts';
import { configOf, type GlobalFlags, globalFlags, reach } from './context.ts';
import { print, tableText, visible } from './output.ts';

interface DoctorFlags {
  readonly policy?: boolean;
  readonly notifications?: string;
  readonly queue?: string;
  readonly buckets: string;
}

/** Room for a sentence. */
const CELL_WIDTH = 140;
const TIME_MS_MAX = 600_000;

export function addDoctorCommand(root: Command): void {
  root
    .command('doctor')
    .description('say what is missing for the configuration to work, and what to do about it')
    .option('--buckets <count>', 'ask so many buckets of each store', '20')
    .option('--policy', 'print the IAM policy that the configuration takes, and ask nothing')
    .option(
      '--notifications <bucket>',
      "print a bucket's event notifications with ours added, to put by hand",
    )
    .option('--queue <arn>', 'with --notifications: the queue; default: that of the queue source')
    .addHelpText(
      'after',
      `
Everything is asked with requests that only read; nothing is changed. Exit code 1 when something needed is missing.

Examples:
  bucketwatch doctor
  bucketwatch doctor --json
  bucketwatch doctor --policy > policy.json
  bucketwatch doctor --notifications media > notifications.json`,
    )
    .action(async (options: DoctorFlags, command: Command) => {
      const flags = globalFlags(command);
      const signal = AbortSignal.timeout(TIME_MS_MAX);
      if (options.policy === true) printPolicy(configOf(flags));
      else if (options.notifications !== undefined)
        await printNotifications({ ...options, bucketId: options.notifications }, flags, signal);
      else printFindings(await findingsOf(options, flags, signal), flags);
    });
}

async function findingsOf(
  { buckets }: DoctorFlags,
  flags: GlobalFlags,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const bucketsMax = Number(buckets);
  if (!Number.isInteger(bucketsMax) || bucketsMax < 1)
    throw new Fault('invalid', `Cannot ask "${buckets}" buckets: it is not a whole number from 1.`);
  const { finding, config } = configuration(flags);
  if (config === undefined) return [finding];
  const findings = await examine({ config, bucketsMax }, { clock: systemClock, signal });
  return [finding, ...findings, ...(await running(config))];
}

function configuration(flags: GlobalFlags): { finding: Finding; config?: Config } {
  const check = 'configuration';
  const reading = readConfig(flags.config);
  if (reading.ok) {
    const sentence =
      reading.file === undefined ? 'None is here: the defaults apply.' : `${reading.file} is right.`;
    return { finding: ok(check, sentence), config: configOf(flags) };
  }
  const problems = reading.problems.map(
    ({ path, message, line }) => `line ${line ?? '?'}: ${path} ${message}`,
  );
  const sentence = `${reading.file}: ${problems.join('; ')}`;
  return {
    finding: { check, result: 'failed', sentence, firstStep: 'Mend these lines.', isNeeded: true },
  };
}

/** What the server that has the folder says, or the engine opened here. */
async function running(config: Config): Promise<Finding[]> {
  const check = 'engine';
  try {
    const client = await reach(config);
    try {
      const { items } = await client.get<OwnHealth>('/health');
      const { rows } = await client.get<Sources>('/sources');
      const names = [...config.sources, ...config.estate].map(({ name }) => name);
      const sentence =
        client.app === undefined ? 'The running server answers.' : 'No server runs; the engine opens.';
      return [ok(check, sentence), ...freshnessFindings(names, rows), ...items.flatMap(healthFinding)];
    } finally {
      await client.close();
    }
  } catch (error) {
    const firstStep = 'Mend what it says; a command that has the folder ends by itself.';
    return [{ check, result: 'failed', sentence: reasonOf(error), firstStep, isNeeded: true }];
  }
}

/** What is not good; the disk is among our own checks. */
function healthFinding(item: OwnHealth['items'][number]): Finding[] {
  const { check, of, verdict, sentence, first_step: firstStep } = item;
  if (verdict === 'good' || check === 'disk') return [];
  const name = of === '' ? `health: ${check}` : `health: ${check} ${of}`;
  return [
    { check: name, result: verdict === 'bad' ? 'failed' : 'warn', sentence, firstStep, isNeeded: true },
  ];
}

function printFindings(findings: readonly Finding[], flags: GlobalFlags): void {
  const stopping = findings.filter(isStopping);
  if (flags.json === true) {
    const rows = findings.map(({ firstStep, isNeeded, ...rest }) => ({
      ...rest,
      first_step: firstStep,
      needed: isNeeded,
    }));
    print(JSON.stringify({ ok: stopping.length === 0, findings: rows }));
  } else {
    const rows = findings.map(({ check, result, sentence, firstStep }) => ({
      check,
      result,
      sentence,
      'what to do': firstStep,
    }));
    print(tableText(rows, ['check', 'result', 'sentence', 'what to do'], CELL_WIDTH));
    const missing = stopping.length;
    print(
      missing === 0
        ? '\nNothing needed is missing.'
        : `\n${missing} of ${findings.length} checks: something needed is missing.`,
    );
  }
  process.exitCode = stopping.length === 0 ? 0 : 1;
}

/** One policy as AWS takes it; of several identities an object with one for each. */
function printPolicy(config: Config): void {
  const policies = policiesOf(needsOf(config));
  const [first] = policies.values();
  if (first === undefined)
    throw new Fault(
      'not_found',
      'Cannot make a policy: the configuration has no store, no source and no channel that needs one.',
    );
  print(JSON.stringify(policies.size === 1 ? first : Object.fromEntries(policies), null, 2));
}

async function printNotifications(
  { bucketId, queue }: { readonly bucketId: string; readonly queue?: string },
  flags: GlobalFlags,
  signal: AbortSignal,
): Promise<void> {
  const request = { config: configOf(flags), bucketId, ...(queue === undefined ? {} : { queue }) };
  const {
    configuration: merged,
    isChanged,
    notes,
  } = await notificationsFor(request, { clock: systemClock, signal });
  print(JSON.stringify(merged, null, 2));
  const bucket = bucketId.slice(bucketId.indexOf(':') + 1);
  const put = `aws s3api put-bucket-notification-configuration --bucket ${bucket} --notification-configuration file://notifications.json`;
  const how = isChanged
    ? `Nothing was changed. To have it so: ${put}`
    : 'The queue is told of everything already: nothing is to do.';
  process.stderr.write(`${[...notes, how].map(visible).join('\n')}\n`);
}
