import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { type SourceFile, violations } from './layers.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

function repository(): SourceFile[] {
  return globSync('src/**/*.ts', { cwd: ROOT }).map((path) => ({
    path,
    text: readFileSync(`${ROOT}/${path}`, 'utf8'),
  }));
}

test('the source keeps the layer rules', () => {
  const files = repository();
  expect(files.length).toBeGreaterThan(40);
  expect(violations(files)).toEqual([]);
});

describe('a planted violation is found:', () => {
  test.each<readonly [what: string, path: string, text: string, found: RegExp]>([
    [
      'lib imports one of our folders',
      'src/lib/a.ts',
      "import { x } from '../engine/engine.ts';",
      /must not import/,
    ],
    ['a format imports another', 'src/formats/a/a.ts', "import { b } from '../b/b.ts';", /its sibling/],
    [
      'a monitor imports another',
      'src/monitors/a/a.ts',
      "import type { b } from '../b/b.ts';",
      /its sibling/,
    ],
    [
      'intake reaches past the port',
      'src/intake/a.ts',
      "import { openEmbedded } from '../engine/embedded.ts';",
      /must not import/,
    ],
    ['a vendor outside its folder', 'src/serve/a.ts', "import { Session } from 'chdb';", /belongs in engine/],
    ['a folder without a rule', 'src/stray/a.ts', "import { x } from '../lib/clock.ts';", /has no rule/],
    ['the environment outside config', 'src/serve/a.ts', 'const x = process.env.HOME;', /process\.env/],
    ['the time of day outside the clock', 'src/intake/a.ts', 'const x = Date.now();', /time of day/],
    [
      'an import over several lines',
      'src/lib/a.ts',
      "import {\n  x,\n} from '../serve/range.ts';",
      /must not import/,
    ],
  ])('%s', (_what, path, text, found) => {
    expect(violations([{ path, text }]).join('\n')).toMatch(found);
  });

  test('a cycle', () => {
    const files = [
      { path: 'src/lib/a.ts', text: "import { b } from './b.ts';" },
      { path: 'src/lib/b.ts', text: "import { a } from './a.ts';" },
    ];
    expect(violations(files).join('\n')).toMatch(/a cycle of imports/);
  });

  test('a cycle of types alone is none', () => {
    const files = [
      { path: 'src/lib/a.ts', text: "import type { b } from './b.ts';" },
      { path: 'src/lib/b.ts', text: "import { a } from './a.ts';" },
    ];
    expect(violations(files)).toEqual([]);
  });
});
