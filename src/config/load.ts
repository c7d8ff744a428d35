/** Reads `bucketwatch.yaml`: validates it, names what is wrong and where, resolves `${ENV}` and `file:` references. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import { toJSONSchema as toJsonSchema, type z } from 'zod';
import { Fault, reasonOf } from '../lib/fault.ts';
import { nearest } from '../lib/nearest.ts';
import { isTokenUrl } from './health.ts';
import { publicationProblems } from './publications.ts';
import { type Config, configSchema } from './schema.ts';

const CONFIG_FILE = 'bucketwatch.yaml';

export interface ConfigProblem {
  /** Dotted path of the field, e.g. `sources.0.uri`; empty for the whole file. */
  readonly path: string;
  readonly message: string;
  readonly line?: number;
}

export type ConfigReading =
  | { readonly ok: true; readonly config: Config; readonly file?: string }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[]; readonly file: string };

/** Fields that must not hold a secret in clear. */
const SECRETS =
  /(^|\.)(token|password|secret_access_key|secret|webhook_url|service_urls|routing_key|api_key)$/;
/** Fields with a URL that may hold one. */
const SECRET_URLS = /^health\.ping\.(fail_)?url$/;

/** The whole path of the file that is read, whether it is there or not: the one given, or `bucketwatch.yaml` in this folder. */
export function configFileOf(file: string | undefined): string {
  return resolve(file ?? CONFIG_FILE);
}

/** Whether a text would be taken for a reference to the environment or to a file. */
export function isReference(text: string): boolean {
  return /\$\{[A-Za-z_][A-Za-z0-9_]*\}/.test(text) || text.startsWith('file:');
}

/** Reads a file, or `bucketwatch.yaml` in this folder if there is one, or gives the defaults. */
export function readConfig(
  file: string | undefined,
  environment: NodeJS.ProcessEnv = process.env,
): ConfigReading {
  const path = file ?? (existsSync(CONFIG_FILE) ? CONFIG_FILE : undefined);
  if (path === undefined) return { ok: true, config: configSchema.parse({}) };
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new Fault('invalid', `Cannot read the configuration ${path}: ${reasonOf(error)}`, { cause: error });
  }
  const reading = parseConfig(text, { environment, folder: dirname(resolve(path)) });
  return reading.ok ? { ...reading, file: path } : { ...reading, file: path };
}

/** The configuration of a YAML text. */
export function parseConfig(
  text: string,
  from: { readonly environment: NodeJS.ProcessEnv; readonly folder: string },
): { ok: true; config: Config } | { ok: false; problems: ConfigProblem[] } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [syntax] = document.errors;
  if (syntax !== undefined) {
    return {
      ok: false,
      problems: [{ path: '', message: syntax.message, line: lines.linePos(syntax.pos[0]).line }],
    };
  }
  const lineOf = (path: readonly PropertyKey[]): number | undefined => {
    for (let length = path.length; length > 0; length -= 1) {
      const node = document.getIn(path.slice(0, length), true) as { range?: [number] } | undefined;
      if (node?.range !== undefined) return lines.linePos(node.range[0]).line;
    }
    return undefined;
  };
  const problems: ConfigProblem[] = [];
  const report = (path: readonly PropertyKey[], message: string): void => {
    const line = lineOf(path);
    problems.push({ path: path.join('.'), message, ...(line === undefined ? {} : { line }) });
  };
  const resolved = resolveReferences(document.toJS() ?? {}, [], from, report);
  const parsed = configSchema.safeParse(resolved);
  if (parsed.success && problems.length === 0) {
    const duplicate = duplicateName(parsed.data);
    const { cloudwatch, backups } = parsed.data;
    const published = cloudwatch === undefined ? [] : publicationProblems({ cloudwatch, backups });
    if (duplicate === undefined && published.length === 0) return { ok: true, config: parsed.data };
    if (duplicate !== undefined) report([duplicate.section], duplicate.message);
    for (const { path, message } of published) report(['cloudwatch', ...path], message);
  }
  const unresolved = new Set(problems.map(({ path }) => path));
  for (const issue of parsed.error?.issues ?? [])
    if (!unresolved.has(issue.path.join('.'))) reportIssue(issue, resolved, report);
  return { ok: false, problems };
}

type Report = (path: readonly PropertyKey[], message: string) => void;

function resolveReferences(
  value: unknown,
  path: readonly PropertyKey[],
  from: { readonly environment: NodeJS.ProcessEnv; readonly folder: string },
  report: Report,
): unknown {
  if (Array.isArray(value))
    return value.map((item, index) => resolveReferences(item, [...path, index], from, report));
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, item]) => [
      key,
      resolveReferences(item, [...path, key], from, report),
    ]);
    return Object.fromEntries(entries);
  }
  if (typeof value !== 'string') return value;
  if (isSecret(path.join('.'), value) && !isReference(value)) {
    report(path, 'is a secret in clear; write ${NAME} for an environment variable or file:<path>');
    return value;
  }
  return value.startsWith('file:')
    ? fromFile(value, path, from.folder, report)
    : fromEnvironment(value, path, from, report);
}

function isSecret(path: string, value: string): boolean {
  return SECRETS.test(path) || (SECRET_URLS.test(path) && isTokenUrl(value));
}

function fromFile(value: string, path: readonly PropertyKey[], folder: string, report: Report): string {
  try {
    return readFileSync(resolve(folder, value.slice('file:'.length)), 'utf8').trim();
  } catch (error) {
    report(path, `cannot be read from its file: ${reasonOf(error)}`);
    return value;
  }
}

function fromEnvironment(
  value: string,
  path: readonly PropertyKey[],
  from: { readonly environment: NodeJS.ProcessEnv },
  report: Report,
): string {
  return value.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (reference, name: string) => {
    const found = from.environment[name];
    if (found !== undefined) return found;
    report(path, `refers to the environment variable ${name}, which is not set`);
    return reference;
  });
}

function reportIssue(issue: z.core.$ZodIssue, document: unknown, report: Report): void {
  const choices = choicesOf(issue);
  if (choices !== undefined) {
    report(issue.path, choiceText(choices, valueAt(document, issue.path)));
    return;
  }
  if (issue.code !== 'unrecognized_keys') {
    report(issue.path, messageOf(issue));
    return;
  }
  for (const key of issue.keys) {
    const near = nearest(key, knownKeys(issue.path));
    report(
      [...issue.path, key],
      near === undefined ? 'is not a known setting' : `is not a known setting; did you mean "${near}"?`,
    );
  }
}

function messageOf({ message }: z.core.$ZodIssue): string {
  return message
    .replace(/^Invalid input: /, '')
    .replace(/^expected (\w+), received undefined$/, 'is missing: expected $1');
}

/** The words that are allowed, where the issue is that another stands there. */
function choicesOf(issue: z.core.$ZodIssue): readonly string[] | undefined {
  if (issue.code === 'invalid_value') return issue.values.map(String);
  if (issue.code !== 'invalid_union' || !('options' in issue)) return undefined;
  return issue.options?.map(String);
}

function choiceText(choices: readonly string[], value: unknown): string {
  const list = `one of ${choices.join(', ')}`;
  if (typeof value !== 'string') return `has to be ${list}`;
  const near = nearest(value, choices);
  const hint = near === undefined ? '' : `; did you mean "${near}"?`;
  return `is not ${list}, got "${value}"${hint}`;
}

function valueAt(document: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    document,
  );
}

/** Keys a section may have, read off the schema's own JSON Schema. */
function knownKeys(path: readonly PropertyKey[]): string[] {
  let section: JsonSchema | undefined = configJsonSchema();
  for (const step of path) {
    const variants: JsonSchema[] =
      section?.anyOf ?? section?.oneOf ?? (section === undefined ? [] : [section]);
    section = variants
      .map((variant) => (typeof step === 'number' ? variant.items : variant.properties?.[String(step)]))
      .find((next) => next !== undefined);
  }
  const variants = section?.anyOf ?? section?.oneOf ?? (section === undefined ? [] : [section]);
  return variants.flatMap((variant) => Object.keys(variant.properties ?? {}));
}

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly anyOf?: JsonSchema[];
  readonly oneOf?: JsonSchema[];
}

/** The JSON Schema of the configuration file, for editors. */
export function configJsonSchema(): JsonSchema {
  return toJsonSchema(configSchema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
}

/** Stores are sources too: what came of them is kept under their names. */
function duplicateName(config: Config): { section: string; message: string } | undefined {
  const sources = config.sources.map(({ name }) => name);
  const all = [...sources, ...config.estate.map(({ name }) => name)];
  const index = all.findIndex((name, at) => all.indexOf(name) !== at);
  if (index < 0) return undefined;
  if (index < sources.length)
    return { section: 'sources', message: `two sources have the name "${all[index]}"` };
  return { section: 'estate', message: `has the name "${all[index]}", which another store or a source has` };
}
