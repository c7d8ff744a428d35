/**
 * `node test/screenshots.ts`: pictures of every page of the demo estate, for README and docs, into docs/screenshots.
 * The page's tests start the same demo from here.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { Alarms } from '../src/serve/alarm-api.ts';
import type { Status } from '../src/serve/api.ts';
import type { Backups } from '../src/serve/backup-api.ts';
import type { Pairs } from '../src/serve/replication-api.ts';
import { chromiumPath } from './partners.ts';
import { keptFolder } from './temp.ts';

export interface Demo {
  /** Where it listens: `http://127.0.0.1:<port>`. */
  readonly url: string;
  stop(): Promise<void>;
}

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const START_MS_MAX = 480_000;
const POLL_MS = 500;
const JUDGED_MS_MAX = 180_000;
/** Of pairs and of backups. */
const ALARMS_MIN = 5;
/** Most of the demo's history; the rest follows within seconds. */
const REQUESTS_MIN = 200_000;
const BROWSER_ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts the product's demo on a free port of loopback and waits until its history is loaded. */
export async function startDemo(): Promise<Demo> {
  const folder = keptFolder();
  const args = ['bin/bucketwatch.js', '--data', join(folder, 'data'), 'demo', '--listen', '127.0.0.1:0'];
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
  const stop = async (): Promise<void> => {
    await endChild(child);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const url = await urlOf(child);
    await untilLoaded(url);
    return { url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Opens the Chromium of this machine. */
export function openBrowser(): Promise<Browser> {
  const executablePath = chromiumPath();
  if (executablePath === undefined) throw new Error('Cannot open a browser: no Chromium on this machine.');
  return chromium.launch({ executablePath, args: BROWSER_ARGS });
}

async function urlOf(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('no standard output');
  for await (const line of createInterface(child.stdout)) {
    const url = /^Bucketwatch is at (http:\S+)/.exec(line)?.[1];
    if (url === undefined) continue;
    child.stdout.resume();
    return url;
  }
  throw new Error('Cannot start the demo: it ended before it listened.');
}

async function untilLoaded(url: string): Promise<void> {
  const signal = AbortSignal.timeout(START_MS_MAX);
  for (;;) {
    const response = await fetch(`${url}/api/v1/status`, { signal });
    const { facts, spool } = (await response.json()) as Status;
    if (facts.requests > REQUESTS_MIN && spool.loads_waiting === 0) return;
    await sleep(POLL_MS, undefined, { signal });
  }
}

/** What was written is judged after it is loaded: backups first, then pairs, then alarms on both. */
async function untilJudged(url: string): Promise<void> {
  const signal = AbortSignal.timeout(JUDGED_MS_MAX);
  const get = async <Answer>(path: string): Promise<Answer> =>
    (await (await fetch(`${url}/api/v1${path}`, { signal })).json()) as Answer;
  for (;;) {
    const { judged_at } = await get<Backups>('/backups');
    const { rows } = await get<Pairs>('/replication/pairs');
    const { counts } = await get<Alarms>('/alarms');
    const isKnown = rows.every(({ verdict }) => verdict !== 'unknown');
    if (judged_at !== null && isKnown && (counts.ALARM ?? 0) >= ALARMS_MIN) return;
    await sleep(POLL_MS, undefined, { signal });
  }
}

async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

interface Shot {
  readonly name: string;
  readonly path: string;
  readonly theme: 'light' | 'dark';
  readonly widthPx: number;
  readonly heightPx: number;
  /** What is done before the picture is taken. */
  readonly act?: (page: Page) => Promise<void>;
}

const WIDE = { widthPx: 1400, heightPx: 900 };
const PHONE = { widthPx: 390, heightPx: 844 };
const PAGES = {
  overview: '/?range=7d',
  replication: '/replication?range=24h',
  backups: '/backups?range=14d',
  activity: '/activity?range=7d',
  requests: '/requests?range=7d&http_status=!2xx',
  calls: '/calls?range=7d',
  alarms: '/alarms?range=7d',
  sources: '/sources?range=7d',
};
const PAIR = `${PAGES.replication}&pair=${encodeURIComponent('nimbus-data-lake/nimbus-lake-replica/curated-to-stockholm')}`;
const SERIES = `${PAGES.backups}&series_bucket=nimbus-backups&series=${encodeURIComponent('postgres/forecast')}`;
const LANES = `${PAGES.alarms}&part=history`;
const SIZE_BYTES_MAX = 300_000;

/** Every page, wide in both themes and on a phone; then what opens over them. */
function shots(): Shot[] {
  const pages = Object.entries(PAGES).flatMap(([name, path]): Shot[] => [
    { name: `${name}-light`, path, theme: 'light', ...WIDE },
    { name: `${name}-dark`, path, theme: 'dark', ...WIDE },
    { name: `${name}-phone`, path, theme: 'light', ...PHONE },
  ]);
  const palette = async (page: Page): Promise<void> => {
    await page.keyboard.press('/');
    await page.keyboard.type('den');
  };
  const panel = async (page: Page): Promise<void> => {
    await page.locator('.rows > tr').nth(3).click();
    await page.locator('.side-panel .field').first().waitFor();
  };
  return [
    ...pages,
    { name: 'pair-light', path: PAIR, theme: 'light', ...WIDE },
    { name: 'pair-dark', path: PAIR, theme: 'dark', ...WIDE },
    { name: 'pair-phone', path: PAIR, theme: 'light', ...PHONE },
    { name: 'backup-light', path: SERIES, theme: 'light', ...WIDE },
    { name: 'backup-dark', path: SERIES, theme: 'dark', ...WIDE },
    { name: 'backup-phone', path: SERIES, theme: 'light', ...PHONE },
    { name: 'lanes-light', path: LANES, theme: 'light', ...WIDE },
    { name: 'lanes-dark', path: LANES, theme: 'dark', ...WIDE },
    { name: 'palette-light', path: PAGES.activity, theme: 'light', ...WIDE, act: palette },
    { name: 'panel-light', path: PAGES.requests, theme: 'light', ...WIDE, act: panel },
    { name: 'panel-dark', path: PAGES.calls, theme: 'dark', ...WIDE, act: panel },
  ];
}

async function takeShots(): Promise<void> {
  const images = join(ROOT, 'docs/screenshots');
  mkdirSync(images, { recursive: true });
  const demo = await startDemo();
  try {
    await untilJudged(demo.url);
    const browser = await openBrowser();
    try {
      for (const shot of shots()) await takeShot(shot, { browser, demo, images });
    } finally {
      await browser.close();
    }
  } finally {
    await demo.stop();
  }
}

interface ShotParts {
  readonly browser: Browser;
  readonly demo: Demo;
  readonly images: string;
}

/** Waits until nothing on the page is on its way. */
async function untilShown(page: Page): Promise<void> {
  const signal = AbortSignal.timeout(START_MS_MAX);
  while ((await page.locator('.skeleton').count()) > 0) await sleep(POLL_MS, undefined, { signal });
}

async function takeShot(shot: Shot, { browser, demo, images }: ShotParts): Promise<void> {
  const page = await browser.newPage({
    viewport: { width: shot.widthPx, height: shot.heightPx },
    colorScheme: shot.theme,
    reducedMotion: 'reduce',
  });
  try {
    await page.goto(`${demo.url}${shot.path}&live=off`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await untilShown(page);
    await page.waitForLoadState('networkidle');
    await shot.act?.(page);
    const path = join(images, `${shot.name}.png`);
    await page.screenshot({ path });
    const sizeBytes = statSync(path).size;
    process.stdout.write(`${path} ${Math.round(sizeBytes / 1000)} kB\n`);
    if (sizeBytes > SIZE_BYTES_MAX) throw new Error(`${path} is larger than ${SIZE_BYTES_MAX} bytes`);
  } finally {
    await page.close();
  }
}

if (import.meta.main) await takeShots();
