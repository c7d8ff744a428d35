/**
 * Sorts a made-up listing into series and learns their schedules. Arguments: the shape, how many keys. Prints
 * milliseconds, what was found, and the most memory it had above the start.
 */
import { checkSeries } from '../../src/monitors/backups/check.ts';
import { Calendars } from '../../src/monitors/backups/schedule.ts';
import { SeriesCollector } from '../../src/monitors/backups/series.ts';

const [shape = '', countText = '0'] = process.argv.slice(2);
const KEYS = Number(countText);
const PAGE = 1000;
const HOUR_MS = 3_600_000;
const NOW_MS = Date.UTC(2026, 10, 21, 12);
const HEX = '0123456789abcdef';

interface Made {
  readonly key: string;
  readonly atMs: number;
}

interface Many {
  readonly runs: number;
  readonly gapMs: number;
  /** Whether keys begin with the date: then a listing gives a run of every series in turn. */
  readonly isDateFirst: boolean;
}

/** In the order in which a listing gives them. */
function dated(index: number, { runs, gapMs, isDateFirst }: Many): Made {
  const series = Math.ceil(KEYS / runs);
  const [run, number] = isDateFirst
    ? [Math.floor(index / series), index % series]
    : [index % runs, Math.floor(index / runs)];
  const dueMs = NOW_MS - (runs - run) * gapMs;
  const stamp = new Date(dueMs).toISOString().slice(0, 19).replaceAll(':', '-');
  const name = `database-${word(number)}`;
  const key = isDateFirst ? `dumps/${stamp}/${name}.dump.gz` : `dumps/${name}/${stamp}.dump.gz`;
  return { key, atMs: dueMs + ((run * 7 + number) % 11) * 60_000 };
}

/** Letters alone: a number would be a counter. */
function word(number: number): string {
  return String(number).replaceAll(/\d/g, (digit) => String.fromCharCode(97 + Number(digit)));
}

/** A UUID of its own for each number; the same from run to run. */
function uuid(number: number): string {
  let state = Math.imul(number + 1, 0x9e3779b1) >>> 0;
  const digits = Array.from({ length: 32 }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return HEX[state >>> 28] ?? '0';
  }).join('');
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    digits.slice(12, 16),
    digits.slice(16, 20),
    digits.slice(20),
  ].join('-');
}

/** Nothing in common: files in the root named by a UUID, by words, or in a folder of their own. */
function odd(index: number): Made {
  const atMs = NOW_MS - index * 60_000;
  switch (index % 3) {
    case 0:
      return { key: `${uuid(index)}.bin`, atMs };
    case 1:
      return { key: `photo of ${word(index)}.jpg`, atMs };
    default:
      return { key: `${word(index)}/${uuid(index)}/notes.txt`, atMs };
  }
}

function made(index: number): Made {
  switch (shape) {
    case 'many-series':
      return dated(index, { runs: 1000, gapMs: 24 * HOUR_MS, isDateFirst: false });
    case 'date-first':
      return dated(index, { runs: 1000, gapMs: 24 * HOUR_MS, isDateFirst: true });
    case 'long-series':
      return dated(index, { runs: 10_000, gapMs: HOUR_MS, isDateFirst: false });
    default:
      return odd(index);
  }
}

function processorMs({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1000;
}

globalThis.gc?.();
const idleBytes = process.memoryUsage.rss();
let mostBytes = idleBytes;
const look = (): void => {
  mostBytes = Math.max(mostBytes, process.memoryUsage.rss());
};

const startMs = performance.now();
const used = process.cpuUsage();
const collector = new SeriesCollector([], { by: 'stem' });
let makingMs = 0;
let makingProcessorMs = 0;
for (let first = 0; first < KEYS; first += PAGE) {
  const makeMs = performance.now();
  const makeUsed = process.cpuUsage();
  const page = Array.from({ length: Math.min(PAGE, KEYS - first) }, (_, place) => made(first + place));
  makingMs += performance.now() - makeMs;
  makingProcessorMs += processorMs(process.cpuUsage(makeUsed));
  page.forEach(({ key, atMs }, place) => {
    const etag = (first + place).toString(16).padStart(32, '0');
    collector.add({ key, versionId: '', atMs, sizeBytes: 1_000_000 + ((first + place) % 977), etag });
  });
  look();
}
const collectMs = performance.now() - startMs - makingMs;
const found = collector.series();
look();
const time = {
  nowMs: NOW_MS,
  calendars: new Calendars(),
  timezone: 'Europe/Lisbon',
  historyMs: 3 * 366 * 24 * HOUR_MS,
};
const verdicts: Record<string, number> = {};
for (const series of found) {
  const { verdict } = checkSeries(series, time);
  verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
  look();
}
const elapsedMs = performance.now() - startMs - makingMs;
const processor = processorMs(process.cpuUsage(used)) - makingProcessorMs;
const series = found.length;
process.stdout.write(
  JSON.stringify({
    elapsedMs,
    processorMs: processor,
    collectMs,
    series,
    overflow: collector.overflow,
    verdicts,
    grownBytes: mostBytes - idleBytes,
  }),
);
