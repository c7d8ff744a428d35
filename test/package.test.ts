/** What package.json and the lock file promise. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

interface Locked {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

function read<Content>(name: string): Content {
  return JSON.parse(readFileSync(new URL(`../${name}`, import.meta.url), 'utf8')) as Content;
}

/** Adding one is a decision with a sentence of reason in the commit. */
const RUN_TIME = [
  '@aws-sdk/client-cloudtrail',
  '@aws-sdk/client-cloudwatch',
  '@aws-sdk/client-s3',
  '@aws-sdk/client-sns',
  '@aws-sdk/client-sqs',
  '@aws-sdk/client-sts',
  '@aws-sdk/credential-providers',
  '@clickhouse/client',
  '@hono/node-server',
  '@hono/zod-openapi',
  'chdb',
  'commander',
  'croner',
  'hono',
  'hyparquet-writer',
  'nodemailer',
  'p-queue',
  'pino',
  'yaml',
  'zod',
];

test('the run-time dependencies are the ones decided on, at exact versions', () => {
  const { dependencies, devDependencies } = read<Record<string, Record<string, string>>>('package.json');
  expect(Object.keys(dependencies ?? {})).toEqual(RUN_TIME);
  for (const version of Object.values({ ...dependencies, ...devDependencies }))
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
});

test('the lock file knows the optional packages of every platform, or `npm ci` refuses it on the others', () => {
  const { packages } = read<{ packages: Record<string, Locked> }>('package-lock.json');
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) =>
        packages[`${path}/node_modules/${name}`] === undefined &&
        packages[`node_modules/${name}`] === undefined,
    ),
  );
  expect(missing).toEqual([]);
});
