/** README and docs name everything there is, their examples work, and their links lead somewhere. */
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type App, openApp } from '../src/app.ts';
import { program } from '../src/commands/program.ts';
import { configJsonSchema, parseConfig } from '../src/config/load.ts';
import { configSchema } from '../src/config/schema.ts';
import { systemClock } from '../src/lib/clock.ts';
import { silentLog } from '../src/lib/log.ts';
import { catalogueOf, statisticsOf } from '../src/metrics/catalogue.ts';
import { gaugeNames } from '../src/metrics/gauge-names.ts';
import { keptFolder } from './temp.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const folder = keptFolder();
let app: App;
beforeAll(async () => {
  app = await openApp(
    configSchema.parse({ data: join(folder, 'data') }),
    {},
    { clock: systemClock, log: silentLog },
  );
});
afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Page {
  /** Path below the repository. */
  readonly path: string;
  readonly text: string;
}

function pageAt(path: string): Page {
  return { path, text: readFileSync(join(ROOT, path), 'utf8') };
}

const PAGES = ['*.md', 'docs/*.md'].flatMap((pattern) => globSync(pattern, { cwd: ROOT })).map(pageAt);
const README = pageAt('README.md').text;
const TABLES = pageAt('docs/tables.md').text;

test('the pages that link to one another are all here', () => {
  expect(PAGES.map(({ path }) => path).sort()).toEqual([
    'ARCHITECTURE.md',
    'CHANGELOG.md',
    'CONTRIBUTING.md',
    'README.md',
    'docs/alarms.md',
    'docs/backups.md',
    'docs/configuration.md',
    'docs/formats.md',
    'docs/http-api.md',
    'docs/metrics.md',
    'docs/notifications.md',
    'docs/operating.md',
    'docs/replication.md',
    'docs/sources.md',
    'docs/tables.md',
  ]);
});

/** Those of the names that stand nowhere in the text as code. */
function undocumented(names: readonly string[], text: string): string[] {
  return names.filter((name) => !text.includes(`\`${name}\``));
}

test('undocumented() finds a name that is missing or only part of another', () => {
  expect(undocumented(['a', 'b', 'c.d'], 'the `a` and b, and `c.de`')).toEqual(['b', 'c.d']);
});

describe('configuration', () => {
  test('every setting is in docs/configuration.md', () => {
    const settings = settingsOf(configJsonSchema());
    expect(settings.length).toBeGreaterThan(35);
    expect(undocumented(settings, pageAt('docs/configuration.md').text)).toEqual([]);
  });

  test('settingsOf() walks sections, lists and kinds', () => {
    const kinds = { oneOf: [{ properties: { kind: {}, a: {} } }, { properties: { kind: {}, b: {} } }] };
    const schema = { properties: { top: {}, list: { items: kinds }, section: { properties: { c: {} } } } };
    expect(settingsOf(schema)).toEqual(['top', 'list[].kind', 'list[].a', 'list[].b', 'section.c']);
  });

  test('every default that is a text is the one documented', () => {
    const text = pageAt('docs/configuration.md').text;
    const wrong = defaultsOf(configJsonSchema()).filter(([name, value]) => !defaultIn(text, name, value));
    expect(wrong).toEqual([]);
    expect(defaultIn('| `a` | `1h` | what |', 'a', '2h')).toBe(false);
  });

  const examples = PAGES.flatMap(({ path, text }) =>
    blocks(text, 'yaml').map((yaml, index) => ({ name: `${path} ${index + 1}`, yaml })),
  );
  test.each(examples)('the example $name loads', ({ yaml }) => {
    expect(problemsOf(yaml)).toEqual([]);
  });

  test('an example with a wrong setting is found', () => {
    expect(examples.length).toBeGreaterThan(4);
    expect(problemsOf('retention:\n  fact: 30d\n')).toMatchObject([{ path: 'retention.fact' }]);
  });
});

interface Schema {
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

/** Settings as `section.name` and `list[].name`, each once. */
function settingsOf(schema: Schema): string[] {
  return [...new Set(leavesOf(schema, '').map(([name]) => name))];
}

function defaultsOf(schema: Schema): [name: string, value: string][] {
  return leavesOf(schema, '').flatMap(([name, { default: value }]): [string, string][] =>
    typeof value === 'string' ? [[name, value]] : [],
  );
}

function leavesOf(schema: Schema, path: string): [name: string, schema: Schema][] {
  const variants = schema.oneOf ?? schema.anyOf;
  if (variants !== undefined) return variants.flatMap((variant) => leavesOf(variant, path));
  if (schema.items?.oneOf !== undefined || schema.items?.properties !== undefined)
    return leavesOf(schema.items, `${path}[]`);
  if (schema.properties === undefined) return [[path, schema]];
  return Object.entries(schema.properties).flatMap(([name, inner]) =>
    leavesOf(inner, path === '' ? name : `${path}.${name}`),
  );
}

/** Whether one of the rows of a setting has the default. */
function defaultIn(text: string, name: string, value: string): boolean {
  return text.split('\n').some((line) => line.startsWith(`| \`${name}\``) && line.includes(`\`${value}\``));
}

/** What is wrong with a configuration whose variables are set and whose secret files are there. */
function problemsOf(yaml: string): readonly unknown[] {
  writeFileSync(join(folder, 'secret'), 'a secret of some length');
  const environment = new Proxy(
    {},
    {
      get: (_, name) =>
        String(name).endsWith('WEBHOOK') ? 'https://example.org/hook' : 'a value of some length',
    },
  );
  const reading = parseConfig(yaml.replace(/file:\S+/g, 'file:secret'), { environment, folder });
  return reading.ok ? [] : reading.problems;
}

/** The fenced blocks of one language. */
function blocks(text: string, language: string): string[] {
  const found = text.matchAll(/^( *)```(\w+)\n([\s\S]*?)^ *```$/gm);
  return [...found].flatMap((match) => (match[2] === language ? [match[3] ?? ''] : []));
}

describe('HTTP API', () => {
  const text = pageAt('docs/http-api.md').text;

  test('every route, query parameter and member of a body is in docs/http-api.md', async () => {
    const response = await app.api.request('/api/v1/openapi.json');
    const names = namesOf((await response.json()) as OpenApi);
    expect(names).toEqual(expect.arrayContaining(['GET /api/v1/status', 'dimension', 'retry_rejected']));
    expect(undocumented([...names, 'GET /api/v1/openapi.json'], text)).toEqual([]);
  });

  test('no other route is', async () => {
    const response = await app.api.request('/api/v1/openapi.json');
    const known = [...namesOf((await response.json()) as OpenApi), 'GET /api/v1/openapi.json'];
    const named = [...text.matchAll(/`((?:GET|POST|PUT|DELETE) \/[^`]*)`/g)].map((match) => match[1] ?? '');
    expect(named.filter((name) => !known.includes(name))).toEqual([]);
  });

  test('examples in JSON are JSON', () => {
    for (const { text: page } of PAGES) for (const json of blocks(page, 'json')) JSON.parse(json);
  });
});

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

interface Operation {
  readonly parameters?: readonly { readonly name: string }[];
  readonly requestBody?: {
    readonly content: { readonly 'application/json': { readonly schema: { readonly $ref: string } } };
  };
}

function namesOf({ paths, components }: OpenApi): string[] {
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([method, { parameters = [], requestBody }]) => {
      const body = requestBody?.content['application/json'].schema.$ref.split('/').at(-1) ?? '';
      const members = Object.keys(components.schemas[body]?.properties ?? {}).filter(
        (name) => name !== 'query',
      );
      return [`${method.toUpperCase()} ${path}`, ...parameters.map(({ name }) => name), ...members];
    }),
  );
}

describe('metrics', () => {
  const rows = pageAt('docs/metrics.md')
    .text.split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.slice(2, -2).split(' | '));

  test('each has a row with its unit, statistics and name in Prometheus', () => {
    const catalogue = [...catalogueOf({ backups: { name: 'Backups', dimension: 'System' } }).values()];
    const names = gaugeNames(catalogue);
    const wrong = catalogue.filter((metric) => {
      const [, unit, , statistics, what, gauge] = rows.find(([name]) => name === `\`${metric.name}\``) ?? [];
      const isRight =
        unit === metric.unit &&
        statistics === statisticsOf(metric).join(', ') &&
        what?.startsWith(metric.description) === true &&
        gauge === `\`${names.get(metric)?.name}\``;
      return !isRight;
    });
    expect(wrong.map(({ name }) => name)).toEqual([]);
    expect(catalogue.length).toBeGreaterThan(40);
  });

  test('no two have the same name in Prometheus', () => {
    const catalogue = [...catalogueOf({ backups: { name: 'all requests', dimension: 'bucket!' } }).values()];
    const names = [...gaugeNames(catalogue).values()].map(({ name }) => name);
    expect(new Set(names).size).toBe(catalogue.length);
  });
});

describe('command line', () => {
  const commands = commandsBelow([]);

  test('what is read here is what the program says', () => {
    const [{ name } = { name: '' }] = commands;
    for (const path of [[], name.split(' ')]) {
      const args = ['bin/bucketwatch.js', ...path, '--help'];
      const run = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
      expect(run).toMatchObject({ status: 0, stdout: expect.stringContaining(help(path)) });
    }
  });

  test('every command and its options are in the table of the README', () => {
    expect(commands.length).toBeGreaterThan(8);
    expect(commands.flatMap((command) => missingIn(README, command))).toEqual([]);
  });

  test('every global option is in the README', () => {
    const options = optionsIn(help([]));
    expect(options).toContain('--data');
    expect(options.filter((option) => !hasOption(README, option))).toEqual([]);
  });

  test('a command or option that is not there is found', () => {
    const table = '| `serve [locations]` | `--listen <host>` and `--listening` |';
    expect(missingIn(table, { name: 'serve', options: ['--listen', '--list'] })).toEqual(['serve --list']);
    expect(missingIn(table, { name: 'stop', options: ['--now'] })).toEqual(['stop', 'stop --now']);
  });
});

interface Documented {
  readonly name: string;
  readonly options: readonly string[];
}

/** Of a command, in this process: one of its own takes a second. */
function help(path: readonly string[]): string {
  const found = path.reduce<Command | undefined>(
    (command, name) => command?.commands.find((one) => one.name() === name),
    program(),
  );
  if (found === undefined) throw new Error(`no command ${path.join(' ')}`);
  return found.helpInformation();
}

function commandsBelow(path: readonly string[]): Documented[] {
  const section = help(path).split('\nCommands:\n')[1]?.split('\n\n')[0] ?? '';
  const names = [...section.matchAll(/^ {2}(\w[\w-]*)/gm)].map((match) => match[1] ?? '');
  return names
    .filter((name) => name !== 'help')
    .flatMap((name): Documented[] => {
      const below = commandsBelow([...path, name]);
      if (below.length > 0) return below;
      return [{ name: [...path, name].join(' '), options: optionsIn(help([...path, name])) }];
    });
}

function optionsIn(text: string): string[] {
  const options = [...text.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map((match) => match[1] ?? '');
  return options.filter((option) => option !== '--help');
}

function missingIn(text: string, { name, options }: Documented): string[] {
  const rows = text.split('\n').filter((line) => line.startsWith('|'));
  const row = rows.find((line) => new RegExp(`\`${name}[ \`]`).test(line.split('|')[1] ?? ''));
  const missing = options
    .filter((option) => !hasOption(row ?? '', option))
    .map((option) => `${name} ${option}`);
  return row === undefined ? [name, ...missing] : missing;
}

function hasOption(text: string, option: string): boolean {
  return new RegExp(`${option}(?![\\w-])`).test(text);
}

describe('tables', () => {
  interface TableColumns {
    readonly table: string;
    readonly columns: readonly string[];
  }

  test('every table and column is in docs/tables.md', async () => {
    const tables = await app.engine.query<TableColumns>(
      `select table, groupArray(name) as columns from system.columns
       where database = currentDatabase() and table in (
         select name from system.tables
         where database = currentDatabase() and engine not in ('Null', 'MaterializedView') and name != 'migrations')
       group by table`,
    );
    expect(tables.length).toBeGreaterThan(7);
    expect(tables.flatMap(({ table, columns }) => missingColumns(TABLES, table, columns))).toEqual([]);
  });

  test('a table or column that is not there is found', () => {
    const text = '# T\n\n## a\n\n| `x` | | |\n| `yy` | | |\n\n## b\n\n| `y` | | |\n';
    expect(missingColumns(text, 'a', ['x', 'y'])).toEqual(['a.y']);
    expect(missingColumns(text, 'c', ['x'])).toEqual(['c']);
  });

  const queries = [
    ...blocks(TABLES, 'sql'),
    ...[...README.matchAll(/ sql "([^"]+)"/g), ...TABLES.matchAll(/ sql "([^"]+)"/g)].map(
      (match) => match[1] ?? '',
    ),
  ];
  test.each(queries)('people may run %s', async (sql) => {
    await app.engine.query(sql, { untrusted: true });
  });

  test('a query that does not run is found', async () => {
    expect(queries.length).toBeGreaterThan(8);
    await expect(app.engine.query('select nothing from requests', { untrusted: true })).rejects.toThrow(
      'nothing',
    );
  });
});

function missingColumns(text: string, table: string, columns: readonly string[]): string[] {
  const section = text.split(/^## /m).find((part) => part.startsWith(`${table}\n`));
  if (section === undefined) return [table];
  return columns.filter((name) => !section.includes(`\n| \`${name}\` |`)).map((name) => `${table}.${name}`);
}

describe('links', () => {
  test('every link within the project leads somewhere', () => {
    expect(PAGES.flatMap(linksOf).length).toBeGreaterThan(20);
    expect(PAGES.flatMap(brokenLinks)).toEqual([]);
  });

  test('every file named in the text is there', () => {
    expect(PAGES.flatMap(({ text }) => filesIn(text)).length).toBeGreaterThan(40);
    expect(
      PAGES.flatMap(({ text }) => filesIn(text)).filter((path) => !existsSync(join(ROOT, path))),
    ).toEqual([]);
  });

  test('a broken link is found', () => {
    const text =
      '[a](README.md) [b](none.md) [c](README.md#nothing) <img src="no.png"> [d](https://example.com)';
    expect(brokenLinks({ path: 'README.md', text })).toEqual([
      'README.md: none.md',
      'README.md: README.md#nothing',
      'README.md: no.png',
    ]);
  });
});

function linksOf({ text }: Page): string[] {
  const found = text.matchAll(/\]\(([^)\s]+)\)|\b(?:src|srcset)="([^"]+)"/g);
  return [...found].map((match) => match[1] ?? match[2] ?? '').filter((link) => !/^https?:/.test(link));
}

function brokenLinks(page: Page): string[] {
  return linksOf(page)
    .filter((link) => {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? page.path : join(dirname(page.path), path);
      if (!existsSync(join(ROOT, target))) return true;
      return anchor !== undefined && !anchorsIn(readFileSync(join(ROOT, target), 'utf8')).includes(anchor);
    })
    .map((link) => `${page.path}: ${link}`);
}

function anchorsIn(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map((match) =>
    (match[1] ?? '')
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}

/** Paths of the repository in code; those with a placeholder or made by a build apart. */
function filesIn(text: string): string[] {
  return [...text.matchAll(/`((?:src|test|docs|bench|dashboard)\/[\w./-]*)`/g)].map(
    (match) => match[1] ?? '',
  );
}
