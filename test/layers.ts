/** The layer rules: who may import whom, which vendor belongs where. Pure, so that a test can plant a violation. */

export interface SourceFile {
  /** Path below the repository, e.g. `src/lib/clock.ts`. */
  readonly path: string;
  readonly text: string;
}

/**
 * What a folder of src may import of ours, beside itself: folders or single files. Files directly in src wire
 * everything and may import anything.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  lib: [],
  config: [
    'lib',
    'formats/format.ts',
    'intake/limits.ts',
    // A mistake in a pattern or schedule is told where it stands.
    'monitors/backups/content.ts',
    'monitors/backups/key-pattern.ts',
    'monitors/backups/schedule.ts',
    'notify/channel.ts',
    'notify/digest-times.ts',
    'notify/rules.ts',
    // So is a mistake in an alarm.
    'alarms/definition.ts',
    'alarms/limit.ts',
    'alarms/composite-rule.ts',
    'alarms/metric-rule.ts',
    'metrics/catalogue.ts',
    'metrics/plan.ts',
    'monitors/default-alarms.ts',
    'health/health-feed.ts',
    // And in a metric that is published.
    'monitors/backups/metrics.ts',
    'export/publication.ts',
  ],
  engine: ['lib'],
  s3: ['lib'],
  formats: ['lib', 'engine/engine.ts', 'engine/migrate.ts', 'engine/sql-file.ts'],
  sources: [
    'lib',
    's3',
    'config/schema.ts',
    'formats/format.ts',
    // A queue has to look inside its messages.
    'formats/s3-event/decode.ts',
    'formats/s3-event/object-event.ts',
    // A manifest stands for the files it names, and says how they read.
    'formats/inventory/manifest.ts',
  ],
  intake: [
    'lib',
    'engine/engine.ts',
    'engine/sql-file.ts',
    'formats/format.ts',
    'formats/all.ts',
    'sources/source.ts',
  ],
  monitors: [
    'lib',
    'engine/engine.ts',
    'engine/sql-file.ts',
    's3/s3.ts',
    's3/estate.ts',
    's3/spared-stores.ts',
    // What is worth an alarm, and what there is to say of it.
    'alarms/feed.ts',
    'alarms/definition.ts',
    // What a monitor looks up itself goes the way of everything else: as batches of a source.
    'sources/source.ts',
  ],
  // SNS is AWS's.
  notify: ['lib', 's3/topic.ts', 'engine/engine.ts', 'engine/sql-file.ts'],
  serve: [
    'lib',
    'config/schema.ts',
    // An alarm is tried before it is configured.
    'config/alarm-definitions.ts',
    // Proposals are shown as the lines they would become.
    'config/yaml-text.ts',
    'engine/engine.ts',
    'formats/format.ts',
    'intake/intake.ts',
    'intake/arrival.ts',
    'intake/counts.ts',
    'alarms',
    'export',
    'health',
    'metrics',
    'monitors',
    'notify',
    'sources/source.ts',
    'version.ts',
  ],
  // Pure: what is stored and who is told is wired elsewhere.
  alarms: ['lib', 'engine/engine.ts', 'engine/sql-file.ts'],
  metrics: ['lib', 'engine/engine.ts', 'monitors', 'alarms/feed.ts', 'intake/counts.ts'],
  export: ['lib', 'metrics', 'alarms/feed.ts', 's3/metric-data.ts'],
  // What is read off the other parts is handed to it.
  health: ['lib', 'engine/engine.ts', 'alarms/feed.ts', 'alarms/definition.ts', 'sources/source.ts'],
  // It asks what is configured, and changes nothing.
  doctor: [
    'lib',
    'config/schema.ts',
    'config/publications.ts',
    's3',
    'health/readings.ts',
    'health/machine-items.ts',
  ],
  demo: ['lib'],
  commands: [
    'lib',
    'app.ts',
    'backup-check.ts',
    // Backups are judged without a server too.
    'monitors/backups/check.ts',
    'monitors/backups/content.ts',
    'monitors/backups/proposal-section.ts',
    // Timelines are run without a server too.
    'alarms/timeline-run.ts',
    'alarms/timeline-text.ts',
    'claim.ts',
    'doctor',
    'doctor-check.ts',
    'drift-audit.ts',
    // Channels are tried without a server.
    'notify-try.ts',
    'formats/format.ts',
    'config',
    'serve',
    'sources/all.ts',
    'sources/files.ts',
    'demo',
    'version.ts',
  ],
};

/** Folders whose subfolders are alike and must not know one another. */
const PATHS = ['formats', 'monitors'];

const VENDORS: readonly (readonly [pattern: RegExp, folders: readonly string[]])[] = [
  [/^chdb$/, ['engine']],
  [/^@clickhouse\/client$/, ['engine']],
  [/^@(aws-sdk|smithy)\//, ['s3']],
  [/^(hono|@hono\/.*)(\/|$)/, ['serve']],
  [/^commander$/, ['commands', 'main.ts']],
  [/^pino$/, ['lib']],
  [/^yaml$/, ['config']],
  [/^croner$/, ['monitors', 'notify']],
  [/^nodemailer(\/|$)/, ['notify']],
  [/^zod$/, ['config']],
  [/^hyparquet-writer$/, ['monitors']],
];

const TEXT_RULES: readonly (readonly [pattern: RegExp, allowed: RegExp, what: string])[] = [
  [/\bprocess\.env\b/, /^src\/config\//, 'process.env belongs in config/'],
  [/\bDate\.now\(|\bnew Date\(\)/, /^src\/lib\/clock\.ts$/, 'the time of day comes through lib/clock.ts'],
  [/\bMath\.random\(/, /^$/, 'randomness is an argument'],
];

/** Every rule broken, as `path: what is wrong`. */
export function violations(files: readonly SourceFile[]): string[] {
  const production = files.filter(({ path }) => path.startsWith('src/') && !path.endsWith('.test.ts'));
  return [
    ...production.flatMap(importViolations),
    ...production.flatMap(textViolations),
    ...cycles(production),
  ];
}

function importViolations(file: SourceFile): string[] {
  return importsOf(file).flatMap((imported) => {
    if (imported.startsWith('src/')) return ownViolation(file.path, imported);
    if (imported.startsWith('node:')) return [];
    const vendor = VENDORS.find(([pattern]) => pattern.test(imported));
    if (vendor === undefined || vendor[1].includes(folderOf(file.path))) return [];
    return [`${file.path}: imports ${imported}, which belongs in ${vendor[1].join(' or ')}`];
  });
}

function ownViolation(from: string, to: string): string[] {
  const [fromFolder, toFolder] = [folderOf(from), folderOf(to)];
  if (fromFolder.endsWith('.ts')) return [];
  if (fromFolder === toFolder) {
    const [fromPath, toPath] = [from.split('/')[2] ?? '', to.split('/')[2] ?? ''];
    const isSibling =
      PATHS.includes(fromFolder) &&
      fromPath !== toPath &&
      !fromPath.endsWith('.ts') &&
      !toPath.endsWith('.ts');
    return isSibling ? [`${from}: imports ${to}, its sibling`] : [];
  }
  const allowed = MAY_IMPORT[fromFolder];
  if (allowed === undefined) return [`${from}: the folder src/${fromFolder} has no rule in test/layers.ts`];
  const target = to.slice('src/'.length);
  return allowed.some((entry) => target === entry || target.startsWith(`${entry}/`))
    ? []
    : [`${from}: must not import ${to}`];
}

function textViolations(file: SourceFile): string[] {
  return TEXT_RULES.filter(([pattern, allowed]) => pattern.test(file.text) && !allowed.test(file.path)).map(
    ([, , what]) => `${file.path}: ${what}`,
  );
}

/** Folder of src a file is in, or its own name when it lies directly in src. */
function folderOf(path: string): string {
  return path.split('/')[1] ?? '';
}

function importsOf(file: SourceFile): string[] {
  const found = [
    ...file.text.matchAll(
      /^\s*(?:import|export)\b[^'";]*?from\s+'([^']+)'|^\s*import\s+'([^']+)'|\bimport\('([^']+)'\)/gm,
    ),
  ];
  return found
    .map((match) => match[1] ?? match[2] ?? match[3] ?? '')
    .map((specifier) => resolved(file.path, specifier));
}

function resolved(from: string, specifier: string): string {
  if (!specifier.startsWith('.')) return specifier;
  const parts = from.split('/').slice(0, -1);
  for (const part of specifier.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}

function cycles(files: readonly SourceFile[]): string[] {
  const edges = new Map(files.map((file) => [file.path, valueImportsOf(file)]));
  const state = new Map<string, 'open' | 'done'>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (state.get(path) === 'done') return;
    if (state.get(path) === 'open') {
      found.push(`${[...trail.slice(trail.indexOf(path)), path].join(' -> ')}: a cycle of imports`);
      return;
    }
    state.set(path, 'open');
    for (const next of edges.get(path) ?? []) visit(next, [...trail, path]);
    state.set(path, 'done');
  };
  for (const path of edges.keys()) visit(path, []);
  return found;
}

function valueImportsOf(file: SourceFile): string[] {
  const text = file.text.replace(/^\s*(?:import|export) type\b[^;]*;/gm, '');
  return importsOf({ ...file, text }).filter((imported) => imported.startsWith('src/'));
}
