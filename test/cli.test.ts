/** The command line as a user types it: processes, exit codes, what is printed. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessLogLines } from './log-lines.ts';
import { keptFolder } from './temp.ts';

const BIN = fileURLToPath(new URL('../bin/bucketwatch.js', import.meta.url));
const folder = keptFolder();
const data = join(folder, 'data');
const logs = join(folder, 'logs');

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function run(args: readonly string[], input?: string | Buffer): Ran {
  const ran = spawnSync(process.execPath, [BIN, ...args], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    ...(input === undefined ? {} : { input }),
  });
  return { code: ran.status, out: ran.stdout, err: ran.stderr };
}

function rowsOf(text: string): Record<string, unknown>[] {
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** Status of a request that names another host, as one does whose name was pointed at this machine. */
async function statusFor(url: string, host: string): Promise<number | undefined> {
  const [response] = (await once(get(url, { headers: { host } }), 'response')) as [IncomingMessage];
  response.resume();
  return response.statusCode;
}

beforeAll(() => {
  mkdirSync(logs);
  writeFileSync(join(logs, 'a.log'), accessLogLines({ seed: 1, count: 300 }));
  writeFileSync(join(logs, 'b.gz'), gzipSync(accessLogLines({ seed: 2, count: 200 })));
  writeFileSync(join(logs, 'c.log'), `${accessLogLines({ seed: 3, count: 1 })}not a record \u001b[31m\n`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('bucketwatch', () => {
  test('ingest sums up and exits 0; again it changes nothing', () => {
    const first = run(['--data', data, '--json', 'ingest', 'logs']);
    expect(first.code).toBe(0);
    expect(JSON.parse(first.out)).toMatchObject({ batches: 3, facts: 501, rejects: 1, known: 0 });
    const again = run(['--data', data, 'ingest', 'logs/*']);
    expect(again.out).toMatch(/0 facts.*\n3 batches were known already/);
  });

  test('ingest reads standard input', () => {
    const ran = run(
      ['--data', data, '--json', 'ingest', '-'],
      gzipSync(accessLogLines({ seed: 4, count: 7 })),
    );
    expect(JSON.parse(ran.out)).toMatchObject({ batches: 1, facts: 7 });
  });

  test('ingest of a path that does not exist exits 2 and says so', () => {
    const ran = run(['--data', data, 'ingest', 'nowhere.log']);
    expect(ran).toMatchObject({
      code: 2,
      err: expect.stringMatching(/Cannot read .*nowhere\.log: no such file/) as string,
    });
  });

  test('ingest of a damaged file exits 3, and the ledger says why', () => {
    writeFileSync(join(folder, 'bad.gz'), gzipSync(accessLogLines({ seed: 5, count: 100 })).subarray(0, 500));
    expect(run(['--data', data, 'ingest', 'bad.gz']).code).toBe(3);
    const rejected = rowsOf(run(['--data', data, '--json', 'sources', '--batches']).out).find(
      (row) => row['state'] === 'rejected',
    );
    expect(rejected?.['reason']).toMatch(/^damaged gzip/);
  });

  test('requests combines filters', () => {
    const all = rowsOf(run(['--data', data, '--json', 'requests', '--limit', '1000']).out);
    expect(all).toHaveLength(508);
    const found = rowsOf(
      run([
        '--data',
        data,
        '--json',
        'requests',
        '--bucket',
        'bucket-1',
        '--status',
        '4xx',
        '--key',
        'prefix-1*',
        '--limit',
        '1000',
      ]).out,
    );
    const expected = all.filter(
      (row) =>
        row['bucket'] === 'bucket-1' &&
        Math.floor(Number(row['http_status']) / 100) === 4 &&
        String(row['key']).startsWith('prefix-1'),
    );
    expect(expected.length).toBeGreaterThan(0);
    expect(new Set(found.map((row) => row['request_id']))).toEqual(
      new Set(expected.map((row) => row['request_id'])),
    );
  });

  test('requests pages through more rows than one answer holds, newest first, none twice', () => {
    writeFileSync(
      join(folder, 'many.log'),
      accessLogLines({ seed: 6, count: 2500, startMs: Date.UTC(2026, 4, 1) }).replaceAll(
        ' bucket-',
        ' paged-',
      ),
    );
    run(['--data', data, 'ingest', 'many.log']);
    const rows = rowsOf(
      run(['--data', data, '--json', 'requests', '--bucket', 'paged-*', '--limit', '5000']).out,
    );
    expect(new Set(rows.map((row) => row['request_id'])).size).toBe(2500);
    const times = rows.map((row) => String(row['time']));
    expect(times).toEqual([...times].sort().reverse());
  });

  test('requests --csv has a heading and quotes what needs it', () => {
    const [heading, row] = run(['--data', data, 'requests', '--csv', '--limit', '1']).out.split('\r\n');
    expect(heading).toMatch(/^line_number,record_number,bucket_owner,bucket,time/);
    expect(row).toContain('aws-cli/2.15');
  });

  test('a control character of a log never reaches the terminal raw', () => {
    const { out } = run(['--data', data, 'sources', '--rejects']);
    expect(out).toContain('not a record \\x1b[31m');
    expect(out).not.toContain('\u001b');
  });

  test('sql answers, and refuses what reaches beyond the store', () => {
    expect(rowsOf(run(['--data', data, '--json', 'sql', 'select count() as n from requests']).out)).toEqual([
      { n: 3008 },
    ]);
    expect(run(['--data', data, 'sql', "select * from file('/etc/passwd')"])).toMatchObject({
      code: 3,
      err: expect.stringMatching(/reaches beyond this store/) as string,
    });
    expect(run(['--data', data, 'sql', 'selekt 1']).code).toBe(2);
  });

  test('config check names the line and what was meant', () => {
    writeFileSync(join(folder, 'wrong.yaml'), 'listen: 127.0.0.1:8484\nretenton:\n  facts: 3d\n');
    expect(run(['--config', 'wrong.yaml', 'config', 'check'])).toMatchObject({
      code: 2,
      out: expect.stringMatching(
        /wrong\.yaml:\d: retenton is not a known setting; did you mean "retention"\?/,
      ) as string,
    });
    expect(run(['config', 'check'])).toMatchObject({ code: 0 });
  });

  test('an unknown command suggests the known one', () => {
    expect(run(['ingst'])).toMatchObject({
      code: 2,
      err: expect.stringMatching(/Did you mean ingest/) as string,
    });
  });

  test('listening beyond loopback without a token is refused', () => {
    expect(run(['--data', data, 'serve', '--listen', '0.0.0.0:0'])).toMatchObject({
      code: 2,
      err: expect.stringMatching(/auth\.token/) as string,
    });
  });

  test('commands talk to the running server, and a second server is told of the first', async () => {
    const server = spawn(process.execPath, [BIN, '--data', data, 'serve', '--listen', '127.0.0.1:0'], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    try {
      const [line] = (await once(server.stdout, 'data')) as [Buffer];
      const url = /http:\/\/\S+/.exec(line.toString())?.[0] ?? '';
      expect(rowsOf(run(['--data', data, '--json', 'sql', 'select count() as n from requests']).out)).toEqual(
        [{ n: 3008 }],
      );
      expect(run(['--data', data, 'serve', '--listen', '127.0.0.1:0'])).toMatchObject({
        code: 3,
        err: expect.stringContaining(`process ${server.pid} has it`) as string,
      });
      expect(await statusFor(`${url}/api/v1/status`, 'evil.example')).toBe(403);
      const elsewhere = await fetch(`${url}/api/v1/sql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: 'http://evil.example' },
        body: '{"query":"select 1"}',
      });
      expect(elsewhere.status).toBe(403);
    } finally {
      server.kill('SIGTERM');
      await once(server, 'exit');
    }
    expect(server.exitCode).toBe(0);
  });

  test('sources --parked shows what a webhook could make nothing of, as text', async () => {
    const secret = 'a-secret-of-the-webhook';
    writeFileSync(
      join(folder, 'hook.yaml'),
      'sources:\n  - kind: webhook\n    name: hook\n    secret: ${HOOK_SECRET}\n',
    );
    const server = spawn(
      process.execPath,
      [BIN, '--config', 'hook.yaml', '--data', data, 'serve', '--listen', '127.0.0.1:0'],
      { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'], env: { ...process.env, HOOK_SECRET: secret } },
    );
    try {
      const [line] = (await once(server.stdout, 'data')) as [Buffer];
      const url = /http:\/\/\S+/.exec(line.toString())?.[0] ?? '';
      const answer = await fetch(`${url}/api/v1/ingest/hook`, {
        method: 'POST',
        headers: { authorization: `Bearer ${secret}` },
        body: 'hello \u001b[31m',
      });
      expect(answer.status).toBe(400);
      const parked = run(['--data', data, 'sources', '--parked']).out;
      expect(parked).toContain('not valid JSON');
      expect(parked).toContain('hello \\x1b[31m');
      expect(run(['--data', data, 'sources']).out).toMatch(/ parked .*\n(.*\n)*hook +webhook +waiting/);
    } finally {
      server.kill('SIGTERM');
      await once(server, 'exit');
    }
  });

  test('config check refuses a secret in clear and a queue without a place', () => {
    writeFileSync(
      join(folder, 'wrong-sources.yaml'),
      'sources:\n  - kind: webhook\n    name: hook\n    secret: 0123456789abcdef\n  - kind: queue\n    name: q\n',
    );
    const { code, out } = run(['--config', 'wrong-sources.yaml', 'config', 'check']);
    expect(code).toBe(2);
    expect(out).toMatch(/sources\.0\.secret is a secret in clear/);
    expect(out).toMatch(/sources\.1\.url needs either url or queue/);
  });
});
