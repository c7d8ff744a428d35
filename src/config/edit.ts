/** Writes series of backups into the configuration file; everything else in it stays as it stands. */
import { access, constants, readFile, realpath, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { replaceFile } from '../lib/durable.ts';
import { Fault, reasonOf } from '../lib/fault.ts';
import { type ConfigProblem, configFileOf, isReference, parseConfig } from './load.ts';
import type { Config } from './schema.ts';
import { appendedYaml } from './yaml-append.ts';
import { yamlText } from './yaml-text.ts';

/** A series as `backups.series` has it. */
export interface NewSeries {
  readonly name: string;
  readonly bucket: string;
  readonly pattern: string;
  readonly [setting: string]: unknown;
}

export interface AppendedSeries {
  /** The whole path of the file. */
  readonly file: string;
  /** What each of the series is called in it, in the order they were given. */
  readonly names: readonly string[];
  /** The section as the file has it now. */
  readonly backups: Config['backups'];
}

const NAME_LENGTH_MAX = 200;
const NEW_FILE_MODE = 0o644;

/**
 * Adds the series to the file, or to `bucketwatch.yaml` in this folder, which is made when there is none. A name that is
 * taken becomes `<bucket>/<name>`; what has the bucket and the pattern of a series there is left out, under its name there.
 * Nothing is written unless all of the file would be read again. Throws a `Fault` that has the lines to paste.
 */
export async function appendBackupSeries(
  file: string | undefined,
  series: readonly NewSeries[],
  environment: NodeJS.ProcessEnv = process.env,
): Promise<AppendedSeries> {
  const given = configFileOf(file);
  const from = { environment, folder: dirname(given) };
  const paste = yamlText({ backups: { series } });
  const fail = (code: 'invalid' | 'denied', why: string, cause?: unknown): Fault =>
    new Fault(code, `Cannot write ${given}: ${why}. To do it by hand, add this to it:\n\n${paste}`, {
      cause,
    });
  const path = await realpath(given).catch(() => given);
  const before = await textOf(path).catch((error: unknown) => {
    throw fail('denied', reasonOf(error), error);
  });
  const current = parseConfig(before, from);
  if (!current.ok) throw fail('invalid', `as it stands it cannot be used: ${problemsText(current.problems)}`);
  const { names, added } = named(series, current.config.backups.series);
  if (added.length === 0) return { file: given, names, backups: current.config.backups };
  if (added.flatMap(textsOf).some(isReference))
    throw fail('invalid', 'what is to be added would be taken for a reference to a variable or a file');
  const after = appendedYaml(before, ['backups', 'series'], added);
  if (after === undefined) throw fail('invalid', 'its backups.series is no list that can be added to');
  const reading = parseConfig(after, from);
  if (!reading.ok) throw fail('invalid', `it could not be used then: ${problemsText(reading.problems)}`);
  await write(path, after).catch((error: unknown) => {
    throw fail('denied', whyNot(error, path), error);
  });
  return { file: given, names, backups: reading.config.backups };
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return '';
    throw error;
  }
}

/** A file that says of itself that it is read-only is left alone, even by who may write everything. */
async function write(path: string, text: string): Promise<void> {
  const mode = await stat(path).then(
    (found) => found.mode & 0o7777,
    () => undefined,
  );
  if (mode !== undefined) await access(path, constants.W_OK);
  if (mode !== undefined && (mode & 0o222) === 0)
    throw Object.assign(new Error('read-only'), { code: 'EACCES' });
  try {
    await replaceFile(path, text, mode ?? NEW_FILE_MODE);
  } catch (error) {
    await rm(`${path}.partial`, { force: true }).catch(() => undefined);
    throw error;
  }
}

function whyNot(error: unknown, path: string): string {
  switch (codeOf(error)) {
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `the file or the folder ${dirname(path)} is read-only for this user`;
    case 'EBUSY':
      return 'it is mounted as a single file, which cannot be replaced whole; mount its folder';
    default:
      return reasonOf(error);
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

function problemsText(problems: readonly ConfigProblem[]): string {
  return problems
    .map(({ path, message, line }) => `${line === undefined ? '' : `line ${line}: `}${path} ${message}`)
    .join('; ');
}

type Present = Pick<NewSeries, 'name' | 'bucket' | 'pattern'>;

function named(
  series: readonly NewSeries[],
  there: readonly Present[],
): { readonly names: string[]; readonly added: NewSeries[] } {
  const present = [...there];
  const added: NewSeries[] = [];
  const names = series.map((one) => {
    const same = present.find(({ bucket, pattern }) => bucket === one.bucket && pattern === one.pattern);
    if (same !== undefined) return same.name;
    const name = freeName(one, new Set(present.map((other) => other.name)));
    present.push({ ...one, name });
    added.push({ ...one, name });
    return name;
  });
  return { names, added };
}

function freeName({ name, bucket }: Present, taken: ReadonlySet<string>): string {
  let free = shortened(name, '');
  if (taken.has(free)) free = shortened(`${bucket}/${name}`, '');
  for (let count = 2; taken.has(free); count += 1) free = shortened(`${bucket}/${name}`, ` ${count}`);
  return free;
}

function shortened(name: string, ending: string): string {
  return `${name.slice(0, NAME_LENGTH_MAX - ending.length).toWellFormed()}${ending}`;
}

/** Every text in a value. */
function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
}
