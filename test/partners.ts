/** Programs nobody here wrote that some suites run against, and where they are on this machine. */
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unavailableReason } from './cluster-nodes/nodes.ts';

export interface Partner {
  readonly suite: string;
  /** Why the suite is left out, in one line; absent when it runs. */
  readonly missing: string | undefined;
}

/** Path of the first of these programs that is installed. */
export function findProgram(names: readonly string[]): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(':');
  return names
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((path) => existsSync(path));
}

export function chromiumPath(): string | undefined {
  return (
    process.env['CHROMIUM'] ??
    findProgram(['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'])
  );
}

export function goaccessPath(): string | undefined {
  return findProgram(['goaccess']);
}

export function prometheusPath(): string | undefined {
  return process.env['PROMETHEUS'] ?? findProgram(['prometheus']);
}

export function alertmanagerPath(): string | undefined {
  return process.env['ALERTMANAGER'] ?? findProgram(['prometheus-alertmanager', 'alertmanager']);
}

/** Where moto is installed: once, into the temporary folder. */
export const MOTO_FOLDER = join(tmpdir(), 'bucketwatch-moto');

/** Where PyArrow is installed: once, into the temporary folder. */
export const PYARROW_FOLDER = join(tmpdir(), 'bucketwatch-pyarrow');

export function partners(): Partner[] {
  return [
    { suite: 'cluster of two ClickHouse nodes', missing: unavailableReason() },
    {
      suite: 'page in a browser',
      missing:
        chromiumPath() === undefined
          ? 'no Chromium on this machine (apt install chromium, or set CHROMIUM)'
          : undefined,
    },
    {
      suite: 'CloudWatch and queues of moto',
      missing: existsSync(MOTO_FOLDER) ? undefined : 'moto could not be installed (Python 3 with venv, PyPI)',
    },
    {
      suite: 'inventory reports written by PyArrow',
      missing: existsSync(PYARROW_FOLDER)
        ? undefined
        : 'PyArrow could not be installed (Python 3 with venv, PyPI)',
    },
    {
      suite: 'Prometheus scrapes',
      missing:
        prometheusPath() === undefined
          ? 'no prometheus on this machine (apt install prometheus, or set PROMETHEUS)'
          : undefined,
    },
    {
      suite: 'alarms at Alertmanager',
      missing:
        alertmanagerPath() === undefined
          ? 'no alertmanager on this machine (apt install prometheus-alertmanager, or set ALERTMANAGER)'
          : undefined,
    },
    {
      suite: 'counts beside GoAccess',
      missing:
        goaccessPath() === undefined ? 'no goaccess on this machine (apt install goaccess)' : undefined,
    },
  ];
}
