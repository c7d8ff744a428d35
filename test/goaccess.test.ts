/** The same log through GoAccess, which nobody here wrote: the same requests, by status and by object. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { accessLog } from '../src/formats/access-log/format.ts';
import { openTestStore } from './format-store.ts';
import { accessLogLines } from './log-lines.ts';
import { goaccessPath, partners } from './partners.ts';
import { tempFolder } from './temp.ts';

const LINES = 5_000;

interface GoAccessReport {
  readonly general: {
    readonly total_requests: number;
    readonly valid_requests: number;
    readonly failed_requests: number;
  };
  readonly status_codes: {
    readonly data: readonly { readonly data: string; readonly hits: { readonly count: number } }[];
  };
}

function goaccess(program: string, log: string): GoAccessReport {
  const folder = tempFolder();
  const [input, output] = [join(folder, 'access.log'), join(folder, 'report.json')];
  writeFileSync(input, log);
  execFileSync(program, [input, '--log-format=AWSS3', '--no-global-config', '--no-progress', '-o', output], {
    stdio: 'ignore',
  });
  return JSON.parse(readFileSync(output, 'utf8')) as GoAccessReport;
}

const program = goaccessPath();
const missing = partners().find(({ suite }) => suite === 'counts beside GoAccess')?.missing;

describe.skipIf(program === undefined)(
  `counts beside GoAccess${missing === undefined ? '' : ` (${missing})`}`,
  () => {
    test('both read every line, and agree on the status of each', async () => {
      const log = accessLogLines({ seed: 11, count: LINES });
      const report = goaccess(program ?? '', log);
      expect(report.general).toMatchObject({ valid_requests: LINES, failed_requests: 0 });
      const store = await openTestStore();
      try {
        const [{ facts } = { facts: [] }] = await store.load(accessLog, [Buffer.from(log)]);
        expect(facts).toHaveLength(LINES);
        const ours = new Map<string, number>();
        for (const { http_status: status } of facts) {
          const name = `${String(status)[0]}xx`;
          ours.set(name, (ours.get(name) ?? 0) + 1);
        }
        const theirs = new Map(
          report.status_codes.data.map(({ data, hits }) => [data.slice(0, 3), hits.count]),
        );
        expect(ours).toEqual(theirs);
      } finally {
        await store.close();
      }
    });
  },
);
