/** What the program says of itself: a verdict from what was read off its parts. Pure. */
import type { JobRecord } from '../lib/job-records.ts';
import { deliveryItems, type DeliveryReading } from './delivery-items.ts';
import { diskItem, type DiskReading, memoryItem, type MemoryReading } from './machine-items.ts';
import { engineItems, type EngineReading, spoolItem, type SpoolReading } from './store-items.ts';
import { jobItem } from './job-items.ts';
import { sourceItems, type SourceReading } from './source-items.ts';

export const HEALTH_STATES = ['good', 'warn', 'bad'] as const;
export type HealthState = (typeof HEALTH_STATES)[number];

/** One thing that was looked at. */
export interface HealthItem {
  readonly check: HealthCheck;
  /** Which source, job or channel; empty where there is one of its kind. */
  readonly of: string;
  readonly state: HealthState;
  /** What is so, with the numbers. */
  readonly sentence: string;
  /** What to do first; empty while it is good. */
  readonly firstStep: string;
  readonly numbers: Readonly<Record<string, number>>;
}

export const HEALTH_CHECKS = [
  'engine',
  'engine-errors',
  'disk',
  'memory',
  'spool',
  'source',
  'intake-lag',
  'rejects',
  'queue-age',
  'dead-letters',
  'job',
  'delivery',
] as const;
export type HealthCheck = (typeof HEALTH_CHECKS)[number];

/** All that was read at one time. */
export interface HealthReadings {
  readonly nowMs: number;
  readonly engine: EngineReading;
  readonly disk: DiskReading;
  readonly memory: MemoryReading;
  readonly spool: SpoolReading;
  readonly sources: readonly SourceReading[];
  readonly jobs: readonly JobRecord[];
  readonly deliveries: readonly DeliveryReading[];
}

export interface Health {
  readonly state: HealthState;
  /** E.g. `2 of 14 checks need attention: the data folder has 1.2 GiB free.` */
  readonly sentence: string;
  /** The worst first, then in the order of `HEALTH_CHECKS`. */
  readonly items: readonly HealthItem[];
  readonly atMs: number;
}

/** The verdict on all readings. */
export function judgeHealth(readings: HealthReadings): Health {
  const { nowMs } = readings;
  const items = [
    ...engineItems(readings.engine),
    diskItem(readings.disk),
    memoryItem(readings.memory),
    spoolItem(readings.spool),
    ...readings.sources.flatMap(sourceItems),
    ...readings.jobs.map((record) => jobItem(record, nowMs)),
    ...deliveryItems(readings.deliveries, nowMs),
  ];
  const ordered = [...items].sort(
    (a, b) => rankOf(b) - rankOf(a) || HEALTH_CHECKS.indexOf(a.check) - HEALTH_CHECKS.indexOf(b.check),
  );
  return {
    state: ordered[0]?.state ?? 'good',
    sentence: sentenceOf(ordered),
    items: ordered,
    atMs: nowMs,
  };
}

const WORK: readonly HealthCheck[] = ['engine', 'job', 'delivery'];

/**
 * Whether the program does its work: the engine answers, every job runs and every channel delivers, as an alarm about one that
 * does not may find no other way out. Low space and late logs do not count.
 */
export function isAtWork({ items }: Health): boolean {
  return !items.some(({ check, state }) => state === 'bad' && WORK.includes(check));
}

function rankOf({ state }: HealthItem): number {
  return HEALTH_STATES.indexOf(state);
}

function sentenceOf(items: readonly HealthItem[]): string {
  const wrong = items.filter(({ state }) => state !== 'good');
  const [first] = wrong;
  if (first === undefined) return `All ${items.length} checks of Bucketwatch itself are good.`;
  const verb = wrong.length === 1 ? 'needs' : 'need';
  return `${wrong.length} of ${items.length} checks of Bucketwatch itself ${verb} attention: ${first.sentence}`;
}
