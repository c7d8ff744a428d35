/** The machine: space of the data folder, memory. */
import { bytesText } from '../lib/size-text.ts';
import type { HealthItem, HealthState } from './own-health.ts';

export type DiskReading =
  | { readonly freeBytes: number; readonly totalBytes: number }
  /** Why nothing could be read. */
  | { readonly reason: string };

export interface MemoryReading {
  /** What the process has, resident. */
  readonly residentBytes: number;
  /** What the process may still take before the machine or its group has none. */
  readonly availableBytes: number;
}

const GIB = 2 ** 30;
const MIB = 2 ** 20;

/** Low is a share of a small disk and a fixed size of a large one. */
const DISK_LIMITS = { warn: { share: 0.1, bytes: 20 * GIB }, bad: { share: 0.03, bytes: 4 * GIB } } as const;
const MEMORY_LIMITS = { warn: 256 * MIB, bad: 64 * MIB } as const;

/** Free space of the data folder. */
export function diskItem(reading: DiskReading): HealthItem {
  if ('reason' in reading) {
    return {
      check: 'disk',
      of: '',
      state: 'warn',
      sentence: `The free space of the data folder cannot be read: ${reading.reason}.`,
      firstStep: 'Look whether the data folder is there and mounted.',
      numbers: {},
    };
  }
  const { freeBytes, totalBytes } = reading;
  const isBelow = ({ share, bytes }: { share: number; bytes: number }): boolean =>
    freeBytes < Math.min(totalBytes * share, bytes);
  const state = stateBy(isBelow(DISK_LIMITS.bad), isBelow(DISK_LIMITS.warn));
  return {
    check: 'disk',
    of: '',
    state,
    sentence: `The data folder has ${bytesText(freeBytes)} of ${bytesText(totalBytes)} free.`,
    firstStep:
      state === 'good'
        ? ''
        : 'Make room on its disk, shorten retention, or move the data folder to a larger one.',
    numbers: { free_bytes: freeBytes, total_bytes: totalBytes },
  };
}

/** Memory that is left. */
export function memoryItem({ residentBytes, availableBytes }: MemoryReading): HealthItem {
  const state = stateBy(availableBytes < MEMORY_LIMITS.bad, availableBytes < MEMORY_LIMITS.warn);
  return {
    check: 'memory',
    of: '',
    state,
    sentence: `The process has ${bytesText(residentBytes)} of memory; ${bytesText(availableBytes)} are left.`,
    firstStep:
      state === 'good' ? '' : 'Lower engine.memory, or give the machine or the container more memory.',
    numbers: { resident_bytes: residentBytes, available_bytes: availableBytes },
  };
}

/** The worse of two claims. */
export function stateBy(isBad: boolean, isWarn: boolean): HealthState {
  if (isBad) return 'bad';
  return isWarn ? 'warn' : 'good';
}
