import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { tempFolder } from '../../test/temp.ts';
import { appendBackupSeries, type NewSeries } from './edit.ts';
import { parseConfig } from './load.ts';

function series(name: string, more: Partial<NewSeries> = {}): NewSeries {
  return {
    name,
    bucket: 'dumps',
    pattern: `${name}/{date}.gz`,
    schedule: { cron: '30 1 * * *', timezone: 'Europe/Lisbon' },
    grace: '30m',
    ...more,
  };
}

const ORDERS = `name: orders
bucket: dumps
pattern: orders/{date}.gz
schedule:
  cron: 30 1 * * *
  timezone: Europe/Lisbon
grace: 30m
`;

/** `ORDERS` as an item of a list, so many columns in. */
function item(column: number): string {
  return ORDERS.replace(/^(?=.)/gm, ' '.repeat(column + 2)).replace(/^( *) {2}name/, '$1- name');
}

/** What the file is after `orders` was added to it. */
async function edited(text: string, more: readonly NewSeries[] = [series('orders')]): Promise<string> {
  const file = join(tempFolder(), 'watch.yaml');
  writeFileSync(file, text);
  await appendBackupSeries(file, more, { TOKEN: 'a token of some length' });
  return readFileSync(file, 'utf8');
}

function namesIn(text: string): string[] {
  const reading = parseConfig(text, { environment: { TOKEN: 'a token of some length' }, folder: '.' });
  return reading.ok ? reading.config.backups.series.map(({ name }) => name) : [];
}

const USERS = `    - name: users
      bucket: dumps   # nightly
      pattern: 'users/{date}.gz'
      schedule: {every: 1d}
`;

describe('appendBackupSeries() adds and leaves every other byte', () => {
  test('of a file that is not there, is empty, or has comments alone', async () => {
    const file = join(tempFolder(), 'bucketwatch.yaml');
    const done = await appendBackupSeries(file, [series('orders')], {});
    expect(done).toMatchObject({ file, names: ['orders'], backups: { series: [{ name: 'orders' }] } });
    expect(readFileSync(file, 'utf8')).toBe(`backups:\n  series:\n${item(4)}`);
    expect(await edited('')).toBe(`backups:\n  series:\n${item(4)}`);
    expect(await edited('# ours\n')).toBe(`# ours\n\nbackups:\n  series:\n${item(4)}`);
  });

  test('of a file without the section: references, anchors, odd spaces and quotes stay', async () => {
    const text = `# who we are
auth:
    token: \${TOKEN}     # from the unit file


sources:
- &one {kind: files,   name: "logs", path: /var/log/s3}
# the end`;
    expect(await edited(text)).toBe(`${text}\n\nbackups:\n  series:\n${item(4)}`);
  });

  test('of a section without series, in its own columns', async () => {
    const text = 'backups:\n    timezone: Europe/Lisbon # where we are\n\nlog: info\n';
    expect(await edited(text)).toBe(
      `backups:\n    timezone: Europe/Lisbon # where we are\n    series:\n${item(6)}\nlog: info\n`,
    );
  });

  test('of a list with series: after the last and the comments that are its own', async () => {
    const before = `backups:\n  series:\n${USERS}      # grace: 2h\n`;
    const after = '  # what follows\n  timezone: UTC\nlog: warn\n';
    expect(await edited(before + after)).toBe(before + item(4) + after);
    expect(await edited(before.trimEnd())).toBe(before + item(4));
  });

  test('of a list whose items are not further in than its name', async () => {
    const text =
      'backups:\n  series:\n  - name: users\n    bucket: b\n    pattern: x\n    schedule: {every: 1d}\n';
    expect(await edited(text)).toBe(text + item(2));
  });

  test('of a list with an anchor in it and aliases to it', async () => {
    const text = `backups:
  series:
    - name: users
      bucket: dumps
      pattern: users/{date}
      schedule: &nightly
        every: 1d
    - name: carts
      bucket: dumps
      pattern: carts/{date}
      schedule: *nightly
`;
    expect(await edited(text)).toBe(text + item(4));
  });

  test('with ends of lines as they are in the file', async () => {
    const text = `# ours\r\nbackups:\r\n  series:\r\n${USERS.replaceAll('\n', '\r\n')}log: warn\r\n`;
    const made = await edited(text);
    expect(made.replaceAll('\r\n', '\n')).toBe(`# ours\nbackups:\n  series:\n${USERS}${item(4)}log: warn\n`);
    expect(made).not.toMatch(/(?<!\r)\n/);
  });
});

describe('appendBackupSeries() writes the document anew where lines have no place', () => {
  test.each([
    ['braces', 'log: warn # quiet\nbackups: {series: []}\n'],
    [
      'braces with a series',
      'log: warn # quiet\nbackups: {series: [{name: users, bucket: b, pattern: x, schedule: {every: 1d}}]}\n',
    ],
    ['an empty list', 'log: warn # quiet\nbackups:\n  series: []\n'],
    ['an empty section', 'log: warn # quiet\nbackups: {}\n'],
    ['a document with an end', '---\nlog: warn # quiet\n...\n'],
  ])('%s', async (_, text) => {
    const made = await edited(text);
    expect(made).toContain('log: warn # quiet\n');
    expect(namesIn(made)).toEqual([...namesIn(text), 'orders']);
    expect(made).toContain(item(4));
  });

  test('all of it in braces stays in braces', async () => {
    const made = await edited('{"log": "warn", "backups": {"timezone": "UTC"}}\n');
    expect(namesIn(made)).toEqual(['orders']);
    expect(made.trimEnd().split('\n').at(0)).toMatch(/^\{/);
  });
});

describe('appendBackupSeries() gives names that are free', () => {
  test('<bucket>/<name>, then a number, and 200 characters at most', async () => {
    const long = 'x'.repeat(300);
    const made = await edited(`backups:\n  series:\n${USERS}`, [
      series('users', { bucket: 'other' }),
      series('users', { bucket: 'other', pattern: 'elsewhere/{date}' }),
      series(long),
      series(long, { bucket: 'b' }),
    ]);
    expect(namesIn(made)).toEqual([
      'users',
      'other/users',
      'other/users 2',
      'x'.repeat(200),
      `b/${'x'.repeat(198)}`,
    ]);
  });

  test('names of any kind come back as they were', async () => {
    const names = ['# a: b', 'line\nend', '- \'quoted" {x}', '\u001b[31m\u202e', 'null', '💾 *a &b !c'];
    const made = await edited(
      `backups:\n  series:\n${USERS}`,
      names.map((name, index) => series(name, { pattern: `p${index}` })),
    );
    expect(namesIn(made)).toEqual(['users', ...names]);
  });

  test('what is there already keeps its name and is not added again', async () => {
    const folder = tempFolder();
    const file = join(folder, 'watch.yaml');
    await appendBackupSeries(file, [series('orders')], {});
    const text = readFileSync(file, 'utf8');
    const again = await appendBackupSeries(file, [series('renamed', { pattern: 'orders/{date}.gz' })], {});
    expect(again.names).toEqual(['orders']);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });
});

describe('appendBackupSeries() writes nothing', () => {
  async function refusal(text: string, more: readonly NewSeries[] = [series('orders')]): Promise<string> {
    const file = join(tempFolder(), 'watch.yaml');
    writeFileSync(file, text);
    const error: unknown = await appendBackupSeries(file, more, {}).catch((thrown: unknown) => thrown);
    expect(readFileSync(file, 'utf8')).toBe(text);
    expect(error).toMatchObject({ name: 'Fault' });
    return (error as Error).message;
  }

  test('when the file cannot be used as it stands', async () => {
    expect(await refusal('log: loud\n')).toContain('as it stands it cannot be used: line 1: log');
  });

  test('when it could not be used then', async () => {
    const wrong = series('orders', { grace: 'long' });
    expect(await refusal('log: warn\n', [wrong])).toMatch(
      /it could not be used then: .*backups\.series\.0\.grace/,
    );
  });

  test('when its list is an alias, and says what to paste', async () => {
    const message = await refusal('sources: &none []\nbackups:\n  series: *none\n');
    expect(message).toContain('no list that can be added to');
    expect(message).toContain(`backups:\n  series:\n${item(4)}`);
  });

  test.each(['${HOME}', 'file:/etc/hostname', 'a/${date}'])('when %s would be a reference', async (name) => {
    expect(await refusal('', [series('orders', { name })])).toContain('reference');
  });

  test('when the file is read-only', async () => {
    const file = join(tempFolder(), 'watch.yaml');
    writeFileSync(file, '');
    chmodSync(file, 0o444);
    await expect(appendBackupSeries(file, [series('orders')], {})).rejects.toMatchObject({
      code: 'denied',
      message: expect.stringMatching(/read-only[\s\S]*\n {4}- name: orders\n/) as string,
    });
    expect(readFileSync(file, 'utf8')).toBe('');
  });

  test('when there is no folder, or it takes no files', async () => {
    const file = join(tempFolder(), 'no', 'watch.yaml');
    await expect(appendBackupSeries(file, [series('orders')], {})).rejects.toMatchObject({ code: 'denied' });
    await expect(appendBackupSeries('/sys/watch.yaml', [series('orders')], {})).rejects.toMatchObject({
      code: 'denied',
      message: expect.stringContaining('- name: orders') as string,
    });
  });
});

describe('appendBackupSeries() replaces the file', () => {
  test('whole, with its mode, through a link, and leaves nothing beside it', async () => {
    const folder = tempFolder();
    mkdirSync(join(folder, 'real'));
    const real = join(folder, 'real', 'watch.yaml');
    writeFileSync(real, 'log: warn\n');
    chmodSync(real, 0o640);
    symlinkSync(real, join(folder, 'link.yaml'));
    await appendBackupSeries(join(folder, 'link.yaml'), [series('orders')], {});
    expect(statSync(real).mode & 0o777).toBe(0o640);
    expect(readFileSync(real, 'utf8')).toContain('- name: orders');
    expect(readdirSync(join(folder, 'real'))).toEqual(['watch.yaml']);
    expect(existsSync(join(folder, 'link.yaml.partial'))).toBe(false);
  });
});
