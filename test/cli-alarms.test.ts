/** The commands about alarms, with a server over alarms as the evaluator leaves them. It is noon of 21 November 2026. */
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Evaluation } from '../src/alarms/alarm.ts';
import { AlarmStore } from '../src/alarms/alarm-store.ts';
import { expand } from '../src/alarms/definition.ts';
import { type App, openApp } from '../src/app.ts';
import { addSilenceCommand } from '../src/commands/alarms-act.ts';
import { addAlarmsCommand } from '../src/commands/alarms.ts';
import { addNotifyCommand } from '../src/commands/notify.ts';
import { configSchema } from '../src/config/schema.ts';
import { systemClock } from '../src/lib/clock.ts';
import { engineTime } from '../src/lib/engine-time.ts';
import { silentLog } from '../src/lib/log.ts';
import { BACKUP_ALARMS } from '../src/monitors/backups/default-alarms.ts';
import { listen } from '../src/serve/listen.ts';
import { storeRuns, storeSeries } from './backup-rows.ts';
import { type CommandRun, runCommand } from './command-line.ts';
import { keptFolder } from './temp.ts';

const BIN = fileURLToPath(new URL('../bin/bucketwatch.js', import.meta.url));
const NOW = '2026-11-21T12:00:00Z';
const NOW_MS = Date.parse(NOW);
const MINUTE_MS = 60_000;
const HOSTILE = 'web\u001b[31m';
const ORDERS = 'backups/missing{bucket="dumps",series="orders"}';
const folder = keptFolder();
const data = join(folder, 'data');
let app: App;
let server: Awaited<ReturnType<typeof listen>>;

function run(...args: readonly string[]): Promise<CommandRun> {
  const add = (root: Parameters<typeof addAlarmsCommand>[0]) => {
    addAlarmsCommand(root);
    addSilenceCommand(root);
    addNotifyCommand(root);
  };
  return runCommand(add, ['--data', data, ...args]);
}

function jsonOf(out: string): Record<string, unknown>[] {
  return out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

function said(series: string, state: Evaluation['state'], sentence: string) {
  const definition = BACKUP_ALARMS.find(({ id }) => id === 'backups/missing');
  if (definition === undefined) throw new Error('there is no such default');
  const labels = { monitor: 'backups' };
  const [alarm] = expand({ ...definition, labels }, [{ bucket: 'dumps', series }]).alarms;
  if (alarm === undefined) throw new Error('a definition without an alarm');
  const sinceMs = NOW_MS - 90 * MINUTE_MS;
  const evidence = [
    { due: '2026-11-21T10:30:00Z', verdict: `missing${HOSTILE}` },
    { key: 'a/b', share: 1 / 3 },
  ];
  const evaluation: Evaluation = {
    state,
    sentence,
    numbers: { runs: 3 },
    evidence,
    sinceMs,
    asOfMs: NOW_MS,
    leansOnGaps: false,
  };
  return { alarm, evaluation };
}

beforeAll(async () => {
  const clock = { ...systemClock, nowMs: () => NOW_MS };
  const channels = [{ kind: 'ntfy', name: 'ops', topic: 'x', url: 'http://127.0.0.1:1' }];
  const config = configSchema.parse({ data, notify: { channels } });
  app = await openApp(config, {}, { clock, log: silentLog });
  server = await listen({ api: app.api, address: '127.0.0.1:0', token: undefined });
  await app.claim.announce(server.url);
  const store = new AlarmStore(app.engine);
  await store.read();
  const ago = (minutes: number) => ({ nowMs: NOW_MS - minutes * MINUTE_MS, settledMs: 0 });
  await store.write({ said: [said('orders', 'OK', 'Came.'), said('users', 'OK', 'Came.')] }, ago(90));
  await store.write({ said: [said('orders', 'ALARM', 'Nothing came by the deadline.')] }, ago(60));
  await store.write({ said: [said(HOSTILE, 'INSUFFICIENT_DATA', 'Not known\u001b[0m.')] }, ago(30));
  const orders = { bucket: 'dumps', series: 'orders', judged: NOW };
  await storeSeries([{ ...orders, verdict: 'missing' }], app.engine);
  await storeRuns([{ ...orders, due: '2026-11-21T10:30:00Z', verdict: 'missing' }], app.engine);
}, 60_000);
afterAll(async () => {
  await server.close();
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a process', () => {
  const spawned = (...args: readonly string[]) =>
    spawnSync(process.execPath, [BIN, ...args], { encoding: 'utf8', cwd: folder });

  test('ends with 1 and what is otherwise when a timeline does not hold, with neither server nor store', () => {
    const file = join(folder, 'bad.timeline');
    writeFileSync(file, 'metric alarm a\nthreshold > 1\nat 1m value 5\nby 1m state is OK\n');
    const { status, stdout } = spawned('alarms', 'test', file);
    expect(stdout).toBe(
      `${file}:4: it is ALARM: 1 of 1 point is above 1, the newest is 5 at 1970-01-01T00:00Z.\n` +
        '1 timeline with 1 expectation: 1 problem.\n',
    );
    expect(status).toBe(1);
  });
});

describe('alarms list', () => {
  test('is what alarms alone shows: a sentence, then a table, the worst first; 1 when one is in ALARM', async () => {
    const { out, code } = await run('alarms');
    expect(out).toBe(
      [
        '1 alarm needs attention, critical. Of 1 alarm too little is known.',
        '',
        'state              severity  alarm                                                   since              why                            marked',
        `ALARM              critical  ${ORDERS}         2026-11-21T10:30Z  Nothing came by the deadline.`,
        'INSUFFICIENT_DATA  critical  backups/missing{bucket="dumps",series="web\\u001b[31m"}  2026-11-21T10:30Z  Not known\\x1b[0m.',
        'OK                 critical  backups/missing{bucket="dumps",series="users"}          2026-11-21T10:30Z  Came.',
        '',
      ].join('\n'),
    );
    expect(code).toBe(1);
  });

  test('of a state or a monitor in which nothing is in ALARM ends with 0', async () => {
    const { out, code } = await run('--json', 'alarms', 'list', '--state', 'OK');
    expect(jsonOf(out)).toMatchObject([{ state: 'OK', labels: { series: 'users' } }]);
    expect(code).toBe(0);
    expect(await run('alarms', 'list', '--monitor', 'replication')).toEqual({
      out: 'There are no alarms yet.\n',
      code: 0,
    });
    expect((await run('--json', 'alarms', 'list', '--severity', 'info')).out).toBe('');
  });
});

test('alarms show has everything of one, named by its definition and a label', async () => {
  const { out } = await run('alarms', 'show', 'backups/missing', 'series=orders');
  expect(out).toContain(
    'Backup orders of dumps is missing or incomplete: ALARM since 2026-11-21T10:30Z (critical)\nNothing came by the deadline.\n',
  );
  expect(out).toContain(`\n${ORDERS}\n`);
  expect(out).toContain('\n\nFirst step: Look whether its job ran');
  expect(out).toContain(
    '\n\nLabels:\n  bucket=dumps\n  monitor=backups\n  series=orders\n\nNumbers:\n  runs: 3\n',
  );
  expect(out).toContain(
    '\n\nEvidence:\nkey  share\na/b  0.333\n\nEvidence:\ndue                   verdict\n2026-11-21T10:30:00Z  missingweb\\x1b[31m\n',
  );
  expect(out).toContain(
    'at                 from  to     why\n2026-11-21T11:00Z  OK    ALARM  Nothing came by the deadline.\n2026-11-21T10:30Z        OK     Came.\n',
  );
  const { out: json } = await run('--json', 'alarms', 'show', ORDERS);
  expect(JSON.parse(json)).toMatchObject({ row: { alarm: ORDERS }, definition: { id: 'backups/missing' } });
});

describe('alarms history', () => {
  const since = '2026-11-20T00:00:00Z';

  test('has changes of state, latest first', async () => {
    const { out } = await run('alarms', 'history', '--since', since);
    expect(out.split('\n').map((line) => line.slice(0, 41).trimEnd())).toEqual([
      'at                 change',
      '2026-11-21T11:30Z  new: INSUFFICIENT_DATA',
      '2026-11-21T11:00Z  OK to ALARM',
      '2026-11-21T10:30Z  new: OK',
      '2026-11-21T10:30Z  new: OK',
      '',
    ]);
  });

  test('of one alarm, and as many as asked for', async () => {
    const { out } = await run(
      '--json',
      'alarms',
      'history',
      'backups/missing',
      'series=orders',
      '--since',
      since,
    );
    expect(jsonOf(out).map(({ alarm, from, state }) => [alarm, from, state])).toEqual([
      [ORDERS, 'OK', 'ALARM'],
      [ORDERS, null, 'OK'],
    ]);
    const { out: two } = await run('--json', 'alarms', 'history', '--since', since, '--limit', '2');
    expect(jsonOf(two)).toHaveLength(2);
  });
});

describe('notify', () => {
  const claim = { channel: 'ops', id: 'x', attempt: 2, at: engineTime(NOW_MS) };
  const covers = [{ alarm: ORDERS, up_to: 3, state: 'ALARM' }];

  test('log has what became of a message, and what was not told; of one alarm, or of an outcome', async () => {
    expect((await run('notify', 'log')).out).toBe('Nothing was told yet.\n');
    const rows = [
      { ...claim, number: 1, kind: 'settled', attempt: 0, reason: `silenced by ${HOSTILE}`, covers },
      {
        ...claim,
        number: 2,
        kind: 'claimed',
        told: 'changes',
        headline: `ALARM: ${HOSTILE}`,
        text: 'all',
        covers,
      },
      { ...claim, number: 3, kind: 'failed', reason: 'answered 503' },
    ];
    await app.engine.insertRows({ table: 'notifications', rows });
    const { out } = await run('notify', 'log', 'backups/missing', 'series=orders');
    expect(out).toBe(
      [
        `at                 channel  outcome  try  message${' '.repeat(40)}  reason`,
        `2026-11-21T12:00Z  ops      failed     2  ALARM: web\\x1b[31m${' '.repeat(29)}  answered 503`,
        `2026-11-21T12:00Z  ops      settled       ${ORDERS}  silenced by web\\x1b[31m`,
        '',
      ].join('\n'),
    );
    const { out: json } = await run('--json', 'notify', 'log', '--outcome', 'failed', '--channel', 'ops');
    expect(jsonOf(json)).toMatchObject([{ outcome: 'failed', text: 'all' }]);
    expect((await run('notify', 'log', '--channel', 'pager')).out).toBe('Nothing was told yet.\n');
  });

  test('route says who is told of an alarm', async () => {
    expect((await run('notify', 'route', 'backups/missing', 'series=users')).out).toBe(
      'channel  kind  route       when     told  quiet  waits\nops      ntfy  everything  at once\n',
    );
  });
});

test('alarms definitions has the rules in words', async () => {
  const { out } = await run('alarms', 'definitions');
  expect(out).toMatch(/^id +kind +severity +from +enabled +alarms +rule\n/);
  expect(out).toMatch(/\nbackups\/missing +status +critical +default +true +3 +\S/);
});

describe('alarms test', () => {
  test('of a definition says how often it would have fired', async () => {
    const range = ['--since', '2026-11-14T12:00:00Z', '--until', NOW];
    const { out, code } = await run('alarms', 'test', 'backups/missing', ...range);
    expect(out).toBe(
      [
        'It would have fired once in 7 d, for 1 h. 1 would still be in ALARM.',
        'Runs count as they are judged now, by the rules there are now.',
        '',
        'start              end      alarm                                            why',
        `2026-11-21T11:00Z  goes on  ${ORDERS}`,
        '',
      ].join('\n'),
    );
    expect(code).toBe(0);
  });

  test('of a file with a mistake says where it is, and asks for nothing', async () => {
    const file = join(folder, 'alarms.yaml');
    writeFileSync(file, 'alarms:\n  metrics:\n    - id: a\n      metric: Rejects\n      treshold: 1\n');
    await expect(run('alarms', 'test', file)).rejects.toThrow(
      `Cannot use the alarms of ${file}:\n  ${file}:5: alarms.metrics.0.treshold is not a known setting`,
    );
    writeFileSync(file, 'alarms:\n  defaults: {}\n');
    await expect(run('alarms', 'test', file)).rejects.toThrow('there is none in alarms.metrics');
  });

  test('of what is none says what may be meant', async () => {
    await expect(run('alarms', 'test', 'backups/mising')).rejects.toThrow(
      'Cannot find the definition "backups/mising": is "backups/missing" meant?',
    );
    await expect(run('alarms', 'test', 'a', 'b')).rejects.toThrow(
      'give timelines, or one definition or file',
    );
    await expect(run('alarms', 'test', 'a.timeline', '--since', '1d')).rejects.toThrow('times of their own');
    await expect(run('alarms', 'test', 'a', '--period', 'x')).rejects.toThrow('is not a duration such as 1m');
  });
});

describe('what people say', () => {
  test('a silence is added, listed and ended; meanwhile nobody has to be told', async () => {
    const reason = 'the bucket moves';
    const { out } = await run(
      'silence',
      'add',
      'bucket=dumps',
      'bucket=a*',
      '--for',
      '2h',
      '--reason',
      reason,
    );
    expect(out).toMatch(/ Its id is \S+\.\n$/);
    const listed = await run('alarms', 'list', '--state', 'ALARM');
    expect(listed.out).toMatch(/by the deadline\. +silenced\n/);
    expect(listed.code).toBe(0);
    const { out: table } = await run('silence');
    expect(table).toMatch(
      /^id +state +alarms +from +until +author +reason\n\S+ +active +bucket=dumps bucket=a\* /,
    );
    const [silence] = jsonOf((await run('--json', 'silence', 'list')).out);
    expect(silence).toMatchObject({ reason, matchers: [{ label: 'bucket', values: ['dumps', 'a*'] }] });
    await run('silence', 'end', String(silence?.['id']));
    expect((await run('silence', 'list')).out).toBe('Nothing is silenced.\n');
    expect((await run('silence', 'list', '--all')).out).toMatch(/\n\S+ +ended /);
    expect((await run('alarms', 'list')).code).toBe(1);
  });

  test('a silence needs an end, and labels', async () => {
    await expect(run('silence', 'add', 'bucket=a', '--reason', 'x')).rejects.toThrow('a silence has an end');
    await expect(run('silence', 'add', 'dumps', '--for', '2h', '--reason', 'x')).rejects.toThrow(
      'it is label=value',
    );
    await expect(run('silence', 'end', 'none')).rejects.toThrow('none of this id');
  });

  test('an alarm is taken on', async () => {
    const words = ['backups/missing', 'series=orders'];
    await run('alarms', 'ack', ...words, '--for', '4h', '--author', 'ana', '--reason', 'running it again');
    const { out, code } = await run('alarms', 'list', '--state', 'ALARM');
    expect(out).toMatch(/by the deadline\. +ack\. by ana\n/);
    expect(code).toBe(0);
    expect((await run('alarms', 'show', ...words)).out).toMatch(
      /\nAcknowledged by ana until \S+: running it again\n/,
    );
  });
});
